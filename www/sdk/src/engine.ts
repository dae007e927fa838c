// Loads the core module and starts a book in it. Its boundary is numbers, and bytes in its memory: this file knows
// where they lie, as `src/wasm/visitor.rs` does on the other side.
import { Call } from "./codes.js";
import { once, type Part } from "./parts.js";
import type { Store } from "./store.js";
import type { ErrorCode } from "./types.js";

export type WasmSource = Response | BufferSource | WebAssembly.Module;

/** What the core does that a first visit may do without: a module of its own over the memory of the first one. */
export type CorePart = "context" | "decide" | "store" | "watch";

/** Where the core comes from. */
export interface CoreSource {
  /** All of it; or, if there are parts, what everybody needs. */
  first(): Promise<WasmSource>;
  readonly part?: (part: CorePart) => Promise<WasmSource>;
}

/** The core, compiled or on its way: whole, or with parts that come when they are asked for. */
export interface CoreModule {
  readonly first: Promise<WebAssembly.Module>;
  readonly part?: (part: CorePart) => WebAssembly.Module | Promise<WebAssembly.Module>;
}

/** What the module exports. */
interface Wasm {
  readonly memory: WebAssembly.Memory;
  /** The address of a new engine. */
  open(): number;
  /** The one door: what an engine is asked for. Times are in seconds. */
  call(engine: number, what: Call, a: number, b: number, c: number, now: number): number;
}

/** One visitor's engine. What returns a number and changes something returns how many segments changed. */
export interface Engine {
  /** The tags of the next event, `key << 16 | value`. A view of the module's memory: to be asked for anew each time. */
  tags(): Uint32Array;
  /** Something happened, with so many `tags`; `value` is NaN if there is none. */
  track(event: number, tags: number, value: number, now: number): number;
  /** A raw value of the environment, which is coarsened and dropped. */
  context(kind: number, raw: string, hint: string, now: number): number;
  /** One number for each signal, read by `declareAll`. A view, as `tags`. */
  inputs(): Float64Array;
  declare(signal: number, value: number, now: number): number;
  declareAll(now: number): number;
  advance(now: number): number;
  /** When time alone may change a membership; Infinity: never. */
  nextChange(now: number): number;
  /** So many bytes, one for each segment, 1 if it holds. A view, as `tags`. */
  flags(count: number): Uint8Array;
  consent(purpose: number, answer: number, now: number): number;
  forget(now: number): number;
  /** Links what the core needs for this; nothing to wait for if it is linked. */
  need(part: CorePart): Promise<void> | undefined;
  attach(store: Store): void;
  detach(): void;
  /** Brings the snapshot and all journals together; false if that could not be written. */
  fold(now: number): boolean;
  /** Why the stored profile was not used, or 0. */
  discarded(): number;
  /** Gives the visitor a seed of 16 random bytes; a stored one takes its place. */
  seed(bytes: Uint8Array): void;
  /** What it was given last. */
  readonly seeded: Uint8Array | undefined;
  /** What a slot shows: see `Call::Decide`. `shown`: the page shows it, so it is kept and told to the memory. */
  decide(slot: number, shown: boolean, now: number): number;
  /** For a preview: an experiment or bandit shows this variant. */
  force(source: number, variant: number): void;
  /** A segment is not the visitor, as they say; or is again. */
  mute(segment: number, muted: boolean, now: number): number;
  /** The segments of which they said so. */
  readonly muted: ReadonlySet<number>;
  /** The numbers of a ranking, NaN where there is none. */
  weigh(ranking: number, count: number, now: number): Float64Array;
  /** The memory as `store` would be given it, for the full module of this page. */
  lend(): Uint8Array | undefined;
}

/** What the core calls the journals; the numbers below are those of records. */
const JOURNALS = 3;

let loaded: CoreModule | undefined;

/** Compiles the core once; a failed attempt may be repeated. */
export function loadCore({ first, part }: CoreSource): CoreModule {
  if (loaded) return loaded;
  const parts: Partial<Record<CorePart, Part<WebAssembly.Module>>> = {};
  return loaded = {
    first: first().then(compile).catch((error: unknown) => {
      loaded = undefined;
      throw error;
    }),
    ...part && { part: (name) => (parts[name] ??= once(() => part(name).then(compile)))() },
  };
}

/** The core, once `loadCore` has been called. */
export const loadedCore = (): CoreModule => loaded!;

export async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  // Not by `instanceof`: at an edge a module comes from another realm.
  if ("byteLength" in source) return WebAssembly.compile(source);
  if (!("headers" in source)) return source;
  // Browsers compile while they load only what is served as wasm.
  return /^application\/wasm/.test(source.headers.get("content-type") ?? "")
    ? WebAssembly.compileStreaming(source) : WebAssembly.compile(await source.arrayBuffer());
}

/** Does the page's policy forbid WebAssembly altogether? Asked after a failure, of the smallest module there is. */
export function wasmBlocked(): boolean {
  try {
    // WebKit compiles under such a policy, and refuses only to instantiate.
    new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)));
    return false;
  } catch {
    return true;
  }
}

/** A view of memory, made anew when that has grown: then the old view is empty. */
function live<V extends ArrayBufferView, A extends unknown[]>(make: (...how: A) => V): (...how: A) => V {
  let view: V | undefined;
  return (...how) => view?.byteLength ? view : view = make(...how);
}

/** Starts a book in an instance of its own, with the parts that it needs; answers with the code of its refusal. */
export async function openBook(core: CoreModule, book: Uint8Array, needed: readonly CorePart[]): Promise<Engine | ErrorCode> {
  const { imports, open, engine } = link(book);
  const first = await WebAssembly.instantiate(await core.first, imports);
  const linked = new Set<CorePart>();
  const join = async (part: CorePart): Promise<void> => {
    const module = await core.part!(part);
    if (linked.has(part)) return;
    await WebAssembly.instantiate(module, { first: first.exports });
    linked.add(part);
  };
  if (core.part) engine.need = (part) => linked.has(part) ? undefined : join(part);
  for (const part of needed) await engine.need(part);
  return open(first);
}

/** What the module imports, and how the book is opened in the instance that has it. */
export function link(book: Uint8Array) {
  let store: Pick<Store, "write"> & Partial<Store> | undefined;
  let ready: Uint8Array | undefined;
  const view = (at: number, length: number) => new Uint8Array(wasm.memory.buffer, at, length);
  const page = {
    store_read: (slot: number) => {
      ready = slot < JOURNALS ? store?.read?.(slot) : store?.all?.();
      return ready ? ready.length : -1;
    },
    store_take: (at: number, length: number) => view(at, length).set(ready!),
    store_write: (slot: number, at: number, length: number) =>
      slot < JOURNALS ? store?.write(slot, view(at, length)) : store?.append?.(view(at, length)),
    throw: () => { throw new Error("the core is busy"); },
  };
  let wasm: Wasm, me: number;
  const ask = (what: Call, a = 0, b = 0, c = 0, now = 0): number => wasm.call(me, what, a, b, c, now);
  const put = (...parts: Uint8Array[]) => {
    let at = ask(Call.Room, parts.reduce((sum, { length }) => sum + length, 0));
    for (const part of parts) {
      view(at, part.length).set(part);
      at += part.length;
    }
  };
  const encoder = new TextEncoder();
  const muted = new Set<number>();
  const engine: Engine = {
    tags: live(() => new Uint32Array(wasm.memory.buffer, ask(Call.Tags), 16)),
    inputs: live(() => new Float64Array(wasm.memory.buffer, ask(Call.Inputs))),
    flags: live((count: number) => view(ask(Call.Flags), count)),
    track: (event, tags, value, now) => ask(Call.Track, event, tags, value, now),
    context: (kind, raw, hint, now) => {
      // More of an address is not looked at.
      const [a, b] = [raw, hint].map((text) => encoder.encode(text.slice(0, 4096))) as [Uint8Array, Uint8Array];
      put(a, b);
      return ask(Call.Context, kind, a.length, b.length, now);
    },
    declare: (signal, value, now) => ask(Call.Declare, signal, value, 0, now),
    declareAll: (now) => ask(Call.DeclareAll, 0, 0, 0, now),
    advance: (now) => ask(Call.Advance, 0, 0, 0, now),
    nextChange: (now) => ask(Call.NextChange, 0, 0, 0, now),
    consent: (purpose, answer, now) => ask(Call.Consent, purpose, answer, 0, now),
    forget: (now) => {
      muted.clear();
      return ask(Call.Forget, 0, 0, 0, now);
    },
    muted,
    mute: (segment, on, now) => {
      if (on) muted.add(segment);
      else muted.delete(segment);
      return ask(Call.Mute, segment, +on, 0, now);
    },
    need: () => undefined,
    attach: (to) => {
      store = to;
      ask(Call.Attach);
    },
    detach: () => void ask(Call.Detach),
    fold: (now) => ask(Call.Fold, 0, 0, 0, now) === 1,
    discarded: () => ask(Call.Discarded),
    seeded: undefined as Uint8Array | undefined,
    seed: (bytes) => {
      (engine as { seeded?: Uint8Array }).seeded = bytes;
      put(bytes);
      ask(Call.Seed);
    },
    decide: (slot, shown, now) => wasm.call(me, Call.Decide, slot, shown ? 1 : 0, 0, now),
    force: (source, variant) => void ask(Call.Force, source, variant),
    weigh: (ranking, count, now) => {
      // The address first: memory that grows is another buffer.
      const at = ask(Call.Weigh, ranking, 0, 0, now);
      return new Float64Array(wasm.memory.buffer, at, count).slice();
    },
    lend: () => {
      const own = store;
      let lent: Uint8Array | undefined;
      store = { write: (_, bytes) => !!(lent = bytes.slice()) };
      ask(Call.Lend);
      store = own;
      return lent;
    },
  };
  const open = ({ exports }: WebAssembly.Instance): Engine | ErrorCode => {
    wasm = exports as unknown as Wasm;
    me = wasm.open();
    put(book);
    const refusal = ask(Call.Load);
    if (refusal) {
      // A short text that begins like a compiled book is the beginning of one.
      if (refusal === 2 || refusal === 1 && book[0] !== 0x46) return "book-not-json";
      return refusal === 3 ? "book-newer" : "book-corrupt";
    }
    return engine;
  };
  return { imports: { page }, open, engine };
}
