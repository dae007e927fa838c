// What `inspect()` gives: types alone.
import type { Fewbits, Purpose } from "./types.js";

/** What the loaded book says, read from its compiled form. Times are in seconds. */
export interface BookDescription {
  readonly book: string;
  readonly version: number;
  /** SHA-256 of its JSON source, in hexadecimal. */
  readonly source: string;
  /** A memory that was not renewed for so long is erased. */
  readonly retention: number;
  readonly signals: readonly SignalDescription[];
  readonly dimensions: readonly DimensionDescription[];
  readonly report: ReportDescription | null;
  readonly slots: readonly SlotDescription[];
}

/** A place of the page of which this browser decides what it shows. */
export interface SlotDescription {
  readonly name: string;
  readonly why: string;
  readonly variants: readonly string[];
  /** What each rule says of itself. */
  readonly because: readonly string[];
  readonly otherwise: string;
  /** May the answer change during a visit? */
  readonly changes: boolean;
}

export interface SignalDescription {
  readonly name: string;
  /** As in the book: `count`, `top`, `context`, ... */
  readonly kind: string;
  /** The events that it listens to, in the book's order; `~dwell` is attention, `~scroll` depth. */
  readonly events: readonly string[];
  /** Of a sequence: the steps, one for each of `events`; true where it must not happen. */
  readonly negated?: readonly boolean[];
  /** Of an affinity or `top`: the tag, and the value. Of a context: which list. */
  readonly of?: string;
  readonly value?: string;
  /** Seconds of its window, or of a sequence. */
  readonly within?: number | "session";
  /** Seconds after which a weight is half of itself. */
  readonly halfLife?: number;
  /** Of `since`: seconds of its unit; since the first time? */
  readonly unit?: number;
  readonly first?: boolean;
  /** Numbers are rounded down to it. */
  readonly step?: number;
  readonly items: readonly string[];
}

export interface DimensionDescription {
  readonly name: string;
  readonly why: string;
  readonly pick: number;
  /** It names a sensitive topic: the gate never asks about it. */
  readonly sensitive: boolean;
  readonly groups: readonly { readonly id: string; readonly under: string | null }[];
  /** The last one is `otherwise`. */
  readonly segments: readonly {
    readonly id: string;
    readonly under: string | null;
    /** Least time of membership, in seconds. */
    readonly hold: number;
    /** From then on it is gone, in seconds since 1970; 0: never. */
    readonly ends: number;
  }[];
}

export interface ReportDescription {
  readonly epsilon: number;
  /** Least crowd that an answer may name. */
  readonly crowd: number;
  readonly cap: number;
  readonly questions: readonly {
    readonly dimension: string;
    readonly weight: number;
    /** Least delay between drawing and answering, and the greatest random part added to it. */
    readonly after: number;
    readonly jitter: number;
    /** The chance that the true answer is given. */
    readonly truth: number;
    readonly bits: number;
    /** As what each segment would be shown; `null`: withheld. */
    readonly shown: readonly (string | null)[];
  }[];
  readonly hints: { readonly window: number; readonly dimensions: readonly { readonly dimension: string; readonly bits: number }[] } | null;
}

/** One thing that came in, as the book names it. */
export interface Input {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly call: "track" | "engage" | "declare" | "setContext" | "mute";
  /** The event, the signal, the context or the segment. */
  readonly what: string;
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly value: string | number | boolean | null;
}

/** What comes in since it was begun, in this page's memory only. */
export interface Recording {
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly inputs: readonly Input[];
  /** There is no room for more. */
  readonly full: boolean;
  /** Another one, that knows what this one knew when the recording began, keeps everything in memory, has the clock
   * that it is given, and sends nothing. */
  twin(clock: () => number): Promise<Fewbits>;
}

/** The insides, for who shows them: `fewbits/inspector`. */
export interface Inspection {
  readonly book: BookDescription;
  /** What Global Privacy Control closes. */
  readonly closed: readonly Purpose[];
  /** When the gate is asked again, in milliseconds since 1970; 0: at once, Infinity: never. */
  due(): number;
  /** Milliseconds since 1970, by the clock that was given. */
  now(): number;
  /** Segments of which the visitor said that they are not them. */
  readonly muted: readonly string[];
  /** The visitor says so, or takes it back: until then the segment holds nowhere, whatever was noticed, and another one
   * holds instead. Kept if storage is agreed to, and forgotten with all else. False if that cannot be said of it: there
   * is no such segment, or it is what holds when nothing else does. */
  mute(id: string, muted?: boolean): boolean;
  /** The recording of this page, from the first call on. */
  record(): Recording;
  /** Lets come in what came in elsewhere: for a twin. */
  repeat(input: Input): void;
  /** Calls back after each input, and when the recording began anew because the memory was erased; returns the function
   * that ends it. */
  watch(listener: () => void): () => void;
}
