// The SDK in parts: what the first visit of a memory-only page does not need is loaded when it is needed. A part shares no
// code with the entry; what it needs of it is handed to it.
import type * as context from "./context.js";
import type * as decide from "./decide.js";
import type * as facts from "./facts.js";
import type * as keep from "./keep.js";
import { Kind, Needs } from "./codes.js";
import type { CorePart } from "./engine.js";
import type { Tables } from "./tables.js";
import type { Options } from "./types.js";

/** A part: it is there, or is loaded when it is first asked for. */
export type Part<T> = () => T | Promise<T>;

export interface Parts {
  /** What the environment says. For books that ask for it. */
  readonly context: Part<typeof context>;
  /** Declared facts. For books with declared signals. */
  readonly facts: Part<typeof facts>;
  /** Slots, experiments and bandits. For books that have any. */
  readonly decide: Part<typeof decide>;
  /** What is kept between visits. For visitors who agreed to it, or take it back. */
  readonly keep: Part<typeof keep>;
}

/** The parts without which a book's answers would not be right. */
export const neededBy = ({ signals, slots, sources }: Tables, force: Options["force"]): ("context" | "decide" | "facts")[] => {
  const has = (one: Kind) => signals.some(({ kind }) => kind === one);
  return [
    ...has(Kind.Context) ? ["context" as const] : [],
    ...has(Kind.Declared) ? ["facts" as const] : [],
    ...slots.length || sources.length || force ? ["decide" as const] : [],
  ];
};

/** What is loaded when it is first asked for; from then on it is there. A failed attempt may be repeated. */
export function once<T extends object>(load: () => Promise<T>): Part<T> {
  let loaded: T | undefined, coming: Promise<T> | undefined;
  return () => {
    if (!loaded && !coming) {
      coming = load().then((part) => loaded = part);
      // Who has asked for several at once waits for one after the other.
      coming.catch(() => { coming = undefined; });
    }
    return loaded ?? coming!;
  };
}

/** The same of the core. */
export const coreNeededBy = ({ signals, needs }: Tables): CorePart[] => [
  ...signals.some(({ kind }) => kind === Kind.Context) ? ["context" as const] : [],
  ...needs & Needs.Decide ? ["decide" as const] : [],
];

/** A part that was waited for. */
export const there = <T>(part: Part<T>): T => part() as T;
