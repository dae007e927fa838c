// The insides, for who shows them: the book in full, and a recording of what comes in. Loaded when somebody looks.
import { Declared, Kind } from "./codes.js";
import type { run } from "./client.js";
import { CONTEXTS, describe } from "./describe.js";
import type { Engine } from "./engine.js";
import type { Fail } from "./errors.js";
import type { Io } from "./io.js";
import type { Host } from "./load.js";
import type { Parts } from "./parts.js";
import type { Vault } from "./store.js";
import type { ErrorCode, Fewbits, Input, Inspection, Options, Recording } from "./types.js";

/** What the running SDK lends. */
export interface Insides extends Io {
  clock(): number;
  readonly gpc: false | "measure" | "share-only";
  readonly options: Options;
  readonly host: Host;
  readonly fail: Fail;
  /** Has the visitor not refused to be observed? Else the core takes nothing in. */
  may(): boolean;
  vault(): Vault | undefined;
  readonly parts: Parts;
  /** What another one is started with. */
  readonly run: typeof run;
  reopen(): Promise<Engine | ErrorCode>;
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
  const { engine, book, tables, clock, gpc } = io;
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
  const muted = () => [...engine.muted].map((index) => tables.ids[index] ?? "");
  const begin = () => {
    const cells = {
      profile: encode(engine.lend()), muted: muted().join(" "),
      // The seed, and what was kept for this session.
      choices: encode(io.vault()?.store.read(CHOICES)),
    };
    const { seeded } = engine;
    return {
      since: clock(), inputs: [], full: false,
      twin: (time: () => number) => twin(io, holding(`fewbits:${tables.book}:`, cells), seeded, time),
    };
  };

  const { track, declare, declareAll, context, consent, forget, mute } = engine;
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
  engine.mute = (segment, on, now) => {
    const changed = mute(segment, on, now);
    take({ call: "mute", what: tables.ids[segment] ?? "", tags: {}, value: on }, (into) => into.engine.mute(segment, on, into.now()));
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
    due: () => (io.vault()?.due() ?? Infinity) * 1000,
    now: clock,
    get muted() { return muted(); },
    mute: (id, on = true) => {
      const dimension = tables.dimensions.find(({ segments }) => segments.includes(id));
      // What holds when nothing else does has to.
      if (!dimension || dimension.segments.at(-1) === id || !io.alive()) return false;
      io.touched(engine.mute(tables.ids.indexOf(id), on, io.now()));
      io.vault()?.setMuted(muted());
      return true;
    },
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

/** What the core calls the record of what was decided. */
const CHOICES = 2;

/** Another one for the same book, which sees no page, keeps everything in an object, and has nowhere to send to. */
async function twin(io: Insides, storage: Storage, seed: Uint8Array | undefined, clock: () => number): Promise<Fewbits> {
  const { book, tables, host, fail, parts, options: { wasm, force } } = io;
  const engine = await io.reopen() as Engine;
  const { fb, answered, begin } = io.run({ engine, book, tables }, {
    book, clock, storage, auto: false, consent: { store: "granted", personalise: "granted" },
    ...wasm !== undefined && { wasm }, ...force && { force },
  }, { ...host, page: () => false }, fail, parts);
  if (seed) engine.seed(seed);
  await answered;
  begin();
  return fb;
}

const encode = (bytes: Uint8Array | undefined): string => bytes ? btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) : "";

/** Storage of a twin: what it begins with, and what it writes itself. */
function holding(prefix: string, begin: Readonly<Record<string, string>>): Storage {
  const cells = new Map(Object.entries(begin).filter(([, text]) => text).map(([name, text]) => [prefix + name, text]));
  return {
    get length() { return cells.size; },
    key: (index) => [...cells.keys()][index] ?? null,
    getItem: (name) => cells.get(name) ?? null,
    setItem: (name, value) => { cells.set(name, value); },
    removeItem: (name) => { cells.delete(name); },
    clear: () => cells.clear(),
  };
}
