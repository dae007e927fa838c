// What is shown: slots, variants and reasons by name, while the core speaks in numbers. Loaded for books with slots.
import { By } from "./codes.js";
import type { Io } from "./io.js";
import type { SlotTable, Tables } from "./tables.js";
import type { Decision, Options } from "./types.js";

/** `NAME:VARIANT,NAME:VARIANT`, as it stands in an address. */
const forcedBy = (text: string): Record<string, string> =>
  Object.fromEntries(text.split(",").map((pair) => pair.split(":") as [string, string]));

export interface Decisions {
  /** What a slot, by its place in the book, would show. */
  peek(slot: number): Decision;
  /** What it shows. */
  show(slot: number): Decision;
  /** A new seed, for a visitor who has none, or none any more. */
  seed(): void;
  /** Decides anew what may change, and tells who listens. */
  again(): void;
}

/** `address`: what the page's address says of a preview. */
export function openDecisions(
  { engine, tables, now, bad }: Io, options: Options, address: () => string | null | false,
  notRunning: (slot: string, variant: string) => Decision, emit: (decision: Decision) => void,
): Decisions {
  const { slots, sources } = tables;
  /** By slot: the core's number, and the answer that was made of it. */
  const codes = slots.map(() => NaN), made: Decision[] = [];
  const given: (Decision | undefined)[] = [];
  let silent = "";
  const text = slots.length > 0 && options.preview !== false && address();
  const { slot: shown, source: arms } = forced(tables, { ...options.force, ...text && forcedBy(text) }, () => bad("bad-force"));
  for (const [source, variant] of arms) engine.force(source, variant);

  const inWords = (slot: SlotTable, code: number): Decision => {
    const frozen = code % 2 === 1, both = code >>> 1, variant = slot.variants[both & 0xffff] ?? slot.otherwise;
    const rule = (both >>> 16) - 1, chosen = slot.rules[rule];
    if (!chosen) return { slot: slot.name, variant, because: "", by: "otherwise", rule: -1, frozen };
    const common = { slot: slot.name, variant, because: chosen.because, rule, frozen };
    const index = chosen.by - By.Source, source = sources[index];
    if (!source) return { ...common, by: chosen.by === By.Rank ? "rank" : "when" };
    return { ...common, by: arms.has(index) ? "forced" : source.bandit ? "bandit" : "experiment", source: source.name };
  };
  const answer = (index: number, isShown: boolean): Decision => {
    const slot = slots[index]!;
    const variant = shown.get(index);
    if (variant !== undefined) return { ...notRunning(slot.name, variant), by: "forced" };
    // The core lets time pass by itself.
    const code = engine.decide(index, isShown, now());
    if (codes[index] !== code) {
      codes[index] = code;
      made[index] = inWords(slot, code);
    }
    return made[index]!;
  };
  const show = (index: number): Decision => {
    const decision = answer(index, true);
    const before = given[index];
    if (before === decision) return decision;
    given[index] = decision;
    if (before?.variant !== decision.variant || before.rule !== decision.rule) emit(decision);
    return decision;
  };

  return {
    show,
    peek: (index) => answer(index, false),
    seed: () => {
      if (sources.length) engine.seed(crypto.getRandomValues(new Uint8Array(16)));
    },
    again: () => {
      // What was kept for the session is free again when the visitor says who they are not.
      const said = [...engine.muted].join(), anew = said !== silent;
      silent = said;
      given.forEach((before, index) => {
        if (before && (anew || slots[index]!.changes)) show(index);
      });
    },
  };
}

/** What a preview shows: by slot its variant, by experiment or bandit the number of its variant. */
function forced({ slots, sources }: Tables, wanted: Readonly<Record<string, string>>, bad: () => void) {
  const slot = new Map<number, string>(), source = new Map<number, number>();
  for (const [name, variant] of Object.entries(wanted)) {
    const place = slots.findIndex((one) => one.name === name);
    const index = sources.findIndex((one) => one.name === name);
    const arm = sources[index]?.variants.indexOf(variant) ?? -1;
    if (slots[place]?.variants.includes(variant)) slot.set(place, variant);
    else if (arm >= 0) source.set(index, arm);
    else bad();
  }
  return { slot, source };
}
