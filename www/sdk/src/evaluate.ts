// `fewbits/evaluate`: segments and decisions from what a server knows of a request, without a memory of anybody.
import { run } from "./client.js";
import { By } from "./codes.js";
import { link, loadedCore, type Engine } from "./engine.js";
import { reporter } from "./errors.js";
import { here } from "./host.js";
import { load } from "./load.js";
import { whole } from "./whole.js";
import type { Book, Context, Decision, Facts, Names, NamesOf, Options, Tags } from "./types.js";

export type * from "./types.js";

/** One event of the past. */
export interface Happened<N extends Names = Names> {
  readonly event: N["event"] | (string & {});
  readonly tags?: Tags | null;
  readonly value?: number | null;
  /** When, in milliseconds since 1970. Default: `now`. */
  readonly at?: number;
}

/** What is known, and nothing else is. */
export interface Situation<N extends Names = Names> {
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: number;
  /** The environment, as `setContext` takes it. Nothing is read from the process. */
  readonly context?: Context;
  /** Declared signals, as `declare` takes them. */
  readonly facts?: Facts<N>;
  /** In any order. */
  readonly events?: readonly Happened<N>[];
  /** What experiments and bandits draw by: 32 hexadecimal digits, such as `crypto.randomUUID()`. Whoever has the same one
   * gets the same variants, so one that is kept tells visitors apart. Without it experiments and bandits have no answer. */
  readonly seed?: string;
}

export interface Evaluation<N extends Names = Names> {
  /** Segments that hold, in the order of the book. */
  readonly segments: readonly N["segment"][];
  /** What a slot shows in this situation. Nothing is kept, so it is never `frozen`, and no experiment hears of it. */
  decide<S extends keyof N["slots"] & string>(slot: S): Decision<N["slots"][S]>;
  /** What every slot shows. */
  decisions(): Decision[];
}

export interface Evaluator<N extends Names = Names> {
  /** Who counts as what and sees what, from this situation alone: no call leaves a trace in the next one. Never throws. */
  evaluate(situation?: Situation<N>): Evaluation<N>;
  /** All segments in the order of the book. */
  readonly ids: readonly N["segment"][];
  /** All slots in the order of the book. */
  readonly slots: readonly (keyof N["slots"] & string)[];
}

const UNDRAWN = "no seed was given, so experiments and bandits were passed over";

/** The bytes of 32 hexadecimal digits; hyphens are passed over. */
function bytesOf(seed: unknown): Uint8Array | undefined {
  const digits = typeof seed === "string" ? seed.replaceAll("-", "") : "";
  return /^[\da-f]{32}$/i.test(digits) ? Uint8Array.from(digits.match(/../g)!, (two) => parseInt(two, 16)) : undefined;
}

/** Loads a book for many evaluations. Rejects if it cannot be used, with what `fb.error` would say in a page. */
export async function createEvaluator<const B extends Book | Names = Book>(
  options: Pick<Options<B>, "book" | "wasm" | "onError">,
): Promise<Evaluator<NamesOf<B>>> {
  const host = here();
  const fail = reporter(options.onError);
  // All of it: every evaluation has an instance of its own, at once.
  const wasm = options.wasm ?? (host.bound ? undefined : new URL("./fewbits_core_bg.wasm", import.meta.url));
  const opened = await load({ ...options, ...wasm !== undefined && { wasm } } as Options, host, whole);
  if ("problem" in opened) {
    const { code, message, help } = await fail(opened.problem);
    throw new Error(`${code}: ${message} (${help})`);
  }
  const { book, tables } = opened;
  const module = await loadedCore().first;
  /** Slots of which an experiment or a bandit may choose. */
  const drawn = new Set(tables.slots.filter(({ rules }) => rules.some(({ by }) => by >= By.Source)).map(({ name }) => name));
  const evaluate = ({ now = Date.now(), context, facts, events = [], seed }: Situation = {}): Evaluation => {
    const past = events.map((one) => ({ ...one, at: one.at ?? now })).sort((a, b) => a.at - b.at);
    let clock = past[0]?.at ?? now;
    // An instance of its own: what one visitor left in it, no other can find.
    const { imports, open } = link(book);
    const engine = open(new WebAssembly.Instance(module, imports)) as Engine;
    const chance = bytesOf(seed);
    if (chance) engine.seed(chance);
    else if (seed !== undefined) void fail({ code: "bad-option", detail: ": `seed` is not 32 hexadecimal digits" });
    // In a page chance is drawn; here it is the caller's, or there is none.
    engine.seed = () => undefined;
    const { fb } = run({ engine, book, tables }, { book, storage: "none", auto: false, preview: false, clock: () => clock }, host, fail, whole);
    if (context) fb.setContext(context);
    if (facts) fb.declare(facts);
    for (const { event, tags, value, at } of past) {
      clock = at;
      fb.track(event, tags, value);
    }
    clock = now;
    const decisions = (): Decision[] => fb.decisions().map((one) =>
      chance || one.by !== "otherwise" || !drawn.has(one.slot) ? one : { ...one, because: UNDRAWN });
    return {
      segments: fb.segments,
      decisions,
      // A slot that the book does not have is told as an error.
      decide: (slot) => decisions().find((one) => one.slot === slot) ?? fb.decide(slot),
    };
  };
  return { ids: tables.ids, slots: tables.slots.map(({ name }) => name), evaluate } as unknown as Evaluator<NamesOf<B>>;
}
