// Brings the book and the module together, from wherever they come, or says what is wrong with them.
import { loadCore, openBook, wasmBlocked, type CorePart, type CoreSource, type Engine, type WasmSource } from "./engine.js";
import type { Problem } from "./errors.js";
import { hostname } from "./signals.js";
import { coreNeededBy, neededBy, type Parts } from "./parts.js";
import { readTables, type SlotTable, type Tables } from "./tables.js";
import type { ErrorCode, Options } from "./types.js";

/** Modules that came with the script, where nothing can be fetched from beside it. */
export interface Bound {
  core(): WasmSource;
  full(): Promise<WasmSource>;
}

/** What differs between a page and a process. */
export interface Host {
  /** Instead of the modules beside the script. */
  readonly bound?: Bound;
  /** Fetches or reads a module. */
  asset(address: URL | string): Promise<WasmSource>;
  /** Fetches or reads a book. */
  book(address: URL | string): Promise<Uint8Array | ErrorCode>;
  /** `undefined` where there is none, `null` where it is forbidden. */
  storage(): Storage | undefined | null;
  /** The storage belongs to this instance alone. */
  readonly own: boolean;
  /** Is there a page to look at? */
  page(): boolean;
}

export interface Core {
  readonly engine: Engine;
  /** The compiled book. */
  readonly book: Uint8Array;
  readonly tables: Tables;
}

/** Each dimension's and each slot's `otherwise`, where the book could be read that far. */
export interface Otherwise {
  readonly ids: readonly string[];
  readonly slots: readonly Pick<SlotTable, "name" | "otherwise">[];
}

export interface Refusal {
  readonly problem: Problem;
  readonly otherwise: Otherwise;
}

/** What a compiled book says without the module, which alone knows whether it is damaged. */
function tablesIn(bytes: Uint8Array): Tables | undefined {
  try {
    // Of this form, and no other.
    if (String.fromCharCode(...bytes.subarray(0, 4)) === "FBK\x05") return readTables(bytes);
  } catch { /* a damaged book says nothing */ }
  return undefined;
}

const fallback = (tables: Tables | undefined): Otherwise => ({
  ids: tables?.dimensions.map(({ name, segments }) => segments.at(-1) ?? name) ?? [], slots: tables?.slots ?? [],
});
export const otherwiseIn = (bytes: Uint8Array): Otherwise => fallback(tablesIn(bytes));

export async function load({ book, wasm, force }: Pick<Options, "book" | "wasm" | "force">, host: Host, parts: Parts): Promise<Core | Refusal> {
  // Both at once: neither needs the other before the end.
  const core = loadCore(coreSource(wasm, host));
  core.first.catch(() => undefined);
  let otherwise = fallback(undefined);
  const refuse = (problem: Problem): Refusal => ({ problem, otherwise });
  const blocked = (detail = "") => refuse({ code: wasmBlocked() ? "wasm-blocked" : "wasm-failed", detail });

  let bytes = bytesOf(book);
  if (book instanceof URL || typeof book === "string" && !/^\s*\{/.test(book)) {
    const answer = await host.book(book);
    if (typeof answer === "string") return refuse({ code: answer, detail: `: ${String(book)}` });
    bytes = answer;
  }
  // A compiled book begins with an F.
  if (bytes?.[0] !== 0x46) {
    try {
      const { compileDocument } = await import("./author.js");
      const compiled = await compileDocument(bytes ?? book, host, (known) => otherwise = known, hostname());
      if ("code" in compiled) return refuse(compiled);
      bytes = compiled;
    } catch {
      return blocked(" (what compiles JSON books)");
    }
  }

  const tables = tablesIn(bytes);
  // Asked for before the module is there, so that they come together.
  const more = tables ? neededBy(tables, force).map((part) => parts[part]()) : [];
  const needed = tables ? coreNeededBy(tables) : [];
  for (const part of needed) core.part?.(part);
  let engine: Engine | ErrorCode;
  try {
    engine = await openBook(core, bytes, needed);
    if (typeof engine === "string") return refuse({ code: engine });
    for (const part of more) await part;
  } catch {
    otherwise = fallback(tables);
    return blocked();
  }
  return { engine, book: bytes, tables: tables! };
}

/** Addresses stand here in full, because that is what bundlers look for. */
const FIRST = () => new URL("./fewbits_first_bg.wasm", import.meta.url);
const PARTS: Record<CorePart, () => URL> = {
  context: () => new URL("./fewbits_context_bg.wasm", import.meta.url),
  decide: () => new URL("./fewbits_decide_bg.wasm", import.meta.url),
  store: () => new URL("./fewbits_store_bg.wasm", import.meta.url),
  watch: () => new URL("./fewbits_watch_bg.wasm", import.meta.url),
};

function coreSource(wasm: Options["wasm"], host: Host): CoreSource {
  if (wasm === undefined && !host.bound) return { first: () => host.asset(FIRST()), part: (part) => host.asset(PARTS[part]()) };
  return { first: async () => wasm === undefined ? host.bound!.core() : typeof wasm === "string" || wasm instanceof URL ? host.asset(wasm) : wasm };
}

const bytesOf = (book: unknown): Uint8Array | undefined =>
  book instanceof ArrayBuffer ? new Uint8Array(book)
  : ArrayBuffer.isView(book) ? new Uint8Array(book.buffer, book.byteOffset, book.byteLength) : undefined;
