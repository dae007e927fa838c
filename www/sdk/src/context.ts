// What the environment says, from the page itself or told by the site: coarsened in the core, and dropped. Loaded for books
// that ask for it.
import { Kind } from "./codes.js";
import type { Io } from "./io.js";
import type { SignalTable } from "./tables.js";
import type { Context } from "./types.js";

/** For each context code: the name of the context, the raw value it is made of, and its hint. */
const CONTEXTS: readonly (readonly [name: keyof Context, raw: keyof Context, hint?: keyof Context])[] = [
  ["referrer", "referrer", "url"], ["medium", "url"], ["device", "userAgent", "touchPoints"], ["language", "language"],
  ["continent", "timeZone"], ["daypart", "utcOffset"], ["weekend", "utcOffset"], ["season", "timeZone"],
];
const CONTEXT_KEYS = new Set(CONTEXTS.flat());

const enum ContextCode { Referrer, Medium, Device, Language, Continent, Daypart, Weekend, Season }

/** By Temporal, where there is one: the first format of a page keeps a slow machine busy for tens of milliseconds. */
const timeZone = (): string => (globalThis as { Temporal?: { Now?: { timeZoneId?(): string } } }).Temporal?.Now?.timeZoneId?.()
  ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What the core coarsens for one context: the raw value and a hint. `undefined` where there is nothing to read. */
function readContext(code: number): readonly [raw: string, hint: string] | undefined {
  switch (code) {
    case ContextCode.Referrer: return [document.referrer, location.href];
    case ContextCode.Medium: return [location.href, ""];
    case ContextCode.Device: return [navigator.userAgent, String(navigator.maxTouchPoints ?? 0)];
    case ContextCode.Language: return [navigator.language, ""];
    case ContextCode.Continent:
    case ContextCode.Season: return [timeZone(), ""];
    case ContextCode.Daypart:
    case ContextCode.Weekend: return [String(-new Date().getTimezoneOffset()), ""];
    default: return undefined;
  }
}

export function openContext({ engine, tables: { signals }, now, alive, bad, caught, touched }: Io, onPage: boolean, may: () => boolean) {
  const attempt = (work: () => number): number => {
    try {
      return alive() ? work() : 0;
    } catch (error) {
      return caught(error);
    }
  };
  const contexts = signals.filter(({ kind }) => kind === Kind.Context);
  const setContext = (facts: Context): number => attempt(() => {
    if (typeof facts !== "object" || facts === null) return bad("bad-context");
    for (const name of Object.keys(facts)) if (!CONTEXT_KEYS.has(name as keyof Context)) bad("bad-context");
    let changed = 0;
    const second = now();
    const said = new Set<number>();
    for (const signal of contexts) {
      const [name, raw, hint] = CONTEXTS[signal.sub]!;
      const item = itemOf(signal, facts[name]);
      if (item !== undefined) changed += engine.declare(signal.index, item, second);
      else if (facts[name] !== undefined && name !== raw) bad("bad-context");
      else if (facts[raw] !== undefined && !said.has(signal.sub)) {
        said.add(signal.sub);
        const here = hint === "url" && facts.url === undefined ? readPage(signal.sub)?.[1] : undefined;
        changed += engine.context(signal.sub, String(facts[raw]), here ?? String(hint && facts[hint] || ""), second);
      }
    }
    return touched(changed);
  });
  const itemOf = ({ find }: SignalTable, value: unknown) => typeof value === "string" ? find.get(value) : undefined;
  const readPage = (code: number) => onPage ? readContext(code) : undefined;
  const readContexts = (): void => void attempt(() => {
    let changed = 0;
    if (may()) for (const code of new Set(contexts.map(({ sub }) => sub))) {
      const read = readPage(code);
      if (read) changed += engine.context(code, read[0], read[1], now());
    }
    return touched(changed);
  });
  return { setContext, readContexts };
}
