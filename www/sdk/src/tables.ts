// The book's tables: the core speaks in numbers, a page in names.

import type { Kind } from "./codes.js";

export interface SignalTable {
  readonly index: number;
  readonly name: string;
  readonly kind: Kind;
  /** Of a window: what is read. Of a context: its code. Of a declared signal: its type. */
  readonly sub: number;
  readonly items: readonly string[];
  readonly find: ReadonlyMap<string, number>;
}

export interface DimensionTable {
  readonly name: string;
  readonly why: string;
  readonly pick: number;
  /** Global index of its first segment. */
  readonly first: number;
  readonly segments: readonly string[];
}

/** An experiment or a bandit. */
export interface SourceTable {
  readonly name: string;
  readonly why: string;
  readonly bandit: boolean;
  readonly variants: readonly string[];
}

export interface SlotTable {
  readonly name: string;
  readonly why: string;
  /** The answer may change within a session. */
  readonly changes: boolean;
  /** The variant that is shown if no rule has an answer. */
  readonly otherwise: string;
  readonly variants: readonly string[];
  /** `by`: see `By`. */
  readonly rules: readonly { readonly because: string; readonly by: number }[];
}

/** The book's tables, as maps from the names that a page uses to the numbers that the core uses. */
export interface Tables {
  readonly book: string;
  readonly version: number;
  readonly events: ReadonlyMap<string, number>;
  readonly keys: ReadonlyMap<string, { readonly index: number; readonly values: ReadonlyMap<string, number> }>;
  readonly signals: readonly SignalTable[];
  readonly dimensions: readonly DimensionTable[];
  /** All segments, `dimension/segment`, by global index. */
  readonly ids: readonly string[];
  /** Segments and groups: the global indexes of which one must hold; `null` for the top of a ladder. */
  readonly lookup: ReadonlyMap<string, readonly number[] | null>;
  readonly reports: boolean;
  /** Bits of `Needs`: what the page may collect by itself. */
  readonly needs: number;
  /** Experiments, then bandits. */
  readonly sources: readonly SourceTable[];
  readonly slots: readonly SlotTable[];
  /** Reads what is behind: rankings, which most pages never ask for. */
  later<T>(read: (from: Reading) => T): T;
}

/** What the book's numbers are read with. */
export interface Reading {
  number(): number;
  name(): string;
  list<T>(read: (index: number) => T): T[];
}

/** Reads what a compiled book says to the page: its texts, and the section behind them. See `src/book/page.rs`. */
export function readTables(bytes: Uint8Array): Tables {
  const decoder = new TextDecoder();
  // Behind the header.
  let at = 40;
  /** Seven bits a byte, the low ones first. */
  const number = (): number => {
    let value = 0, shift = 0, byte;
    do {
      byte = bytes[at++] ?? 0;
      value |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    return value >>> 0;
  };
  // Not by `Array.from`: old libraries have put their own in its place. A damaged book may speak of more than it has.
  const list = <T>(read: (index: number) => T): T[] => Array(Math.min(number(), bytes.length)).fill(0).map((_, index) => read(index));
  const text = (): string => {
    const length = number();
    return decoder.decode(bytes.subarray(at, at += length));
  };
  const names = list(text);
  // The length of the section, for who wants to pass it over.
  number();
  names.push(...list(text));
  const name = (): string => names[number()] ?? "";
  // Reserved names begin with ~, so that no page can use them.
  const index = (all: readonly string[]) => new Map(all.map((one, i) => [one, i] as const).filter(([one]) => one[0] !== "~"));

  const book = name();
  const version = number();
  const events = index(list(name));
  const keys = new Map(list((i) => [name(), { index: i, values: index(list(name)) }] as const));
  const signals = list((i) => {
    const signal = { index: i, name: name(), kind: number() as Kind, sub: number(), items: list(name) };
    return { ...signal, find: index(signal.items) };
  });

  const ids: string[] = [];
  const lookup = new Map<string, number[] | null>();
  const dimensions = list(() => {
    const dimension = name();
    const why = name();
    const pick = number();
    const place = () => ({ id: dimension + "/" + name(), parent: number() });
    const groups = list(place);
    const first = ids.length;
    lookup.set(dimension + "/any", null);
    for (const { id } of groups) lookup.set(id, []);
    const segments = list(place);
    for (const { id, parent } of segments) {
      lookup.set(id, [ids.length]);
      for (let up = parent, steps = 0; up > 0 && steps <= groups.length; steps++) {
        const group = groups[up - 1];
        if (!group) break;
        lookup.get(group.id)?.push(ids.length);
        up = group.parent;
      }
      ids.push(id);
    }
    return { name: dimension, why, pick, first, segments: segments.map(({ id }) => id) };
  });
  const reports = number() === 1;
  const needs = number();
  const sources = list(() => ({ name: name(), why: name(), bandit: number() === 1, variants: list(name) }));
  const slots = list(() => {
    const slot = { name: name(), why: name(), changes: number() === 1 };
    const otherwise = number();
    const variants = list(name);
    return { ...slot, otherwise: variants[otherwise] ?? "", variants, rules: list(() => ({ because: name(), by: number() })) };
  });
  const rest = at;
  const later = <T>(read: (from: Reading) => T): T => {
    at = rest;
    return read({ number, name, list });
  };
  return { book, version, events, keys, signals, dimensions, ids, lookup, reports, needs, sources, slots, later };
}
