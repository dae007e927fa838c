// The insides, for who shows them: the book in full, and a recording of what comes in. Loaded when somebody looks.
import { Declared, Kind } from "./codes.js";
import { CONTEXTS, describe } from "./describe.js";
import type { Io } from "./io.js";
import type { Fewbits, Input, Inspection, Options, Recording } from "./types.js";

/** What the running SDK lends. */
export interface Insides extends Io {
  clock(): number;
  readonly gpc: false | "measure" | "share-only";
  readonly wasm: Options["wasm"];
  /** Has the visitor not refused to be observed? Else the core takes nothing in. */
  may(): boolean;
  /** In seconds since 1970, if there is a store. */
  due(): number | undefined;
  /** Starts another one, which sees no page. */
  another(options: Options): Promise<Fewbits>;
}

type Repeat = (into: Io) => number;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** More than a person steps through; each is a few dozen bytes. */
const ROOM = 1000;

/** How each input is done again. Outside of them, because it holds numbers of the core and raw values. */
const repeats = new WeakMap<Input, Repeat>();
const insides = new WeakMap<Io["engine"], Inspection>();

/** One for each engine, whoever asks. */
export function inspect(from: Insides): Inspection {
  const found = insides.get(from.engine) ?? open(from);
  insides.set(from.engine, found);
  return found;
}

function open(io: Insides): Inspection {
  const { engine, book, tables, clock, gpc, wasm, another } = io;
  const names = (of: ReadonlyMap<string, number>) => new Map([...of].map(([name, index]) => [index, name]));
  const events = names(tables.events).set(0, "~other").set(1, "~dwell").set(2, "~scroll");
  const keys = new Map([...tables.keys].map(([name, { index, values }]) => [index, { name, values: names(values).set(0, "~other") }]));
  const listeners = new Set<() => void>();
  let recording: Mutable<Recording> & { inputs: Input[] } | undefined;

  const tell = (): void => { for (const listener of listeners) listener(); };
  const take = (input: Omit<Input, "at">, repeat: Repeat): void => {
    if (!io.may()) return;
    if (recording && recording.inputs.length < ROOM) {
      const one = { at: clock(), ...input };
      repeats.set(one, repeat);
      recording.inputs.push(one);
    } else if (recording) recording.full = true;
    tell();
  };
  const begin = () => {
    const memory = engine.lend();
    return {
      since: clock(), inputs: [], full: false,
      // Nowhere to send to, and agreed to everything else: it keeps what it is given in an object.
      twin: (time: () => number) => another({
        ...wasm !== undefined && { wasm }, book, clock: time, auto: false, storage: holding(`fewbits:${tables.book}:profile`, memory),
        consent: { store: "granted", personalise: "granted" },
      }),
    };
  };

  const { track, declare, declareAll, context, consent, forget } = engine;
  engine.track = (event, count, value, now) => {
    const used = engine.tags().slice(0, count);
    const tags: Record<string, string[]> = {};
    for (const tag of used) {
      const key = keys.get(tag >>> 16);
      if (key) (tags[key.name] ??= []).push(key.values.get(tag & 0xffff) ?? "");
    }
    const changed = track(event, count, value, now);
    const call = event === 1 || event === 2 ? "engage" : "track";
    take({ call, what: events.get(event) ?? "", tags, value: Number.isNaN(value) ? null : value }, (into) => {
      into.engine.tags().set(used);
      return into.engine.track(event, count, value, into.now());
    });
    return changed;
  };
  engine.declare = (index, number, now) => {
    const changed = declare(index, number, now);
    const signal = tables.signals[index];
    const value = Number.isNaN(number) ? null : signal?.items.length ? signal.items[number] ?? null
      : signal?.sub === Declared.Boolean ? number === 1 : number;
    take({ call: signal?.kind === Kind.Context ? "setContext" : "declare", what: signal?.name ?? "", tags: {}, value },
      (into) => into.engine.declare(index, number, into.now()));
    return changed;
  };
  engine.declareAll = (now) => {
    const all = engine.inputs().slice(0, tables.signals.length);
    const changed = declareAll(now);
    take({ call: "declare", what: "", tags: {}, value: null }, (into) => {
      into.engine.inputs().set(all);
      return into.engine.declareAll(into.now());
    });
    return changed;
  };
  engine.context = (kind, raw, hint, now) => {
    const changed = context(kind, raw, hint, now);
    take({ call: "setContext", what: CONTEXTS[kind] ?? "", tags: {}, value: null }, (into) => into.engine.context(kind, raw, hint, into.now()));
    return changed;
  };
  /** What erases the memory ends what was recorded of it. */
  const anew = <A extends number[]>(work: (...how: A) => number) => (...how: A): number => {
    const changed = work(...how);
    if (recording) Object.assign(recording, begin());
    tell();
    return changed;
  };
  engine.forget = anew(forget);
  engine.consent = (purpose, answer, now) => (answer === 1 ? consent : anew(consent))(purpose, answer, now);

  return {
    book: describe(book),
    closed: gpc === "measure" ? ["measure", "share"] : gpc ? ["share"] : [],
    due: () => (io.due() ?? Infinity) * 1000,
    now: clock,
    record: () => recording ??= begin(),
    repeat: (input) => {
      const again = repeats.get(input);
      if (again && io.alive()) io.touched(again(io));
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => { listeners.delete(listener); };
    },
  };
}

/** Storage of a twin: the memory that it begins with, and what it writes itself. */
function holding(key: string, memory: Uint8Array | undefined): Storage {
  const cells = new Map<string, string>();
  if (memory) cells.set(key, btoa(Array.from(memory, (byte) => String.fromCharCode(byte)).join("")));
  return {
    get length() { return cells.size; },
    key: (index) => [...cells.keys()][index] ?? null,
    getItem: (name) => cells.get(name) ?? null,
    setItem: (name, value) => { cells.set(name, value); },
    removeItem: (name) => { cells.delete(name); },
    clear: () => cells.clear(),
  };
}
