// Brings the book and the module together, from wherever they come, or says what is wrong with them.
import { loadCore, openBook, wasmBlocked, type Engine, type WasmSource } from "./engine.js";
import type { Problem } from "./errors.js";
import { inDevelopment } from "./signals.js";
import { neededBy, type Parts } from "./parts.js";
import { readTables, type Tables } from "./tables.js";
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
  ids: string[];
  slots: Record<string, string>;
}

export interface Refusal {
  readonly problem: Problem;
  readonly otherwise: Otherwise;
}

/** What a compiled book says without the module, which alone knows whether it is damaged. */
function tablesIn(bytes: Uint8Array): Tables | undefined {
  try {
    // Of this form, and no other.
    if (String.fromCharCode(...bytes.subarray(0, 4)) === "FBK\x04") return readTables(bytes);
  } catch { /* a damaged book says nothing */ }
  return undefined;
}

const fallback = (tables: Tables | undefined): Otherwise => ({
  ids: tables?.dimensions.map(({ name, segments }) => segments.at(-1) ?? name) ?? [],
  slots: Object.fromEntries(tables?.slots.map(({ name, otherwise }) => [name, otherwise]) ?? []),
});
export const otherwiseIn = (bytes: Uint8Array): Otherwise => fallback(tablesIn(bytes));

export async function load({ book, wasm, force }: Pick<Options, "book" | "wasm" | "force">, host: Host, parts: Parts): Promise<Core | Refusal> {
  // Both at once: neither needs the other before the end.
  const module = loadCore(() => wasmSource(wasm, host));
  module.catch(() => undefined);
  let otherwise: Otherwise = { ids: [], slots: {} };
  const refuse = (problem: Problem): Refusal => ({ problem, otherwise });
  const blocked = (detail = "") => refuse({ code: wasmBlocked() ? "wasm-blocked" : "wasm-failed", detail });

  const { problem, json: document, bytes: given } = await readBook(book, host);
  if (problem) return refuse(problem);
  let bytes = given;
  if (!bytes) {
    try {
      const { asText, compileBook, explainRefusal, otherwiseOf } = await import("./author.js");
      const json = asText(document!);
      otherwise = otherwiseOf(json);
      const compiled = await compileBook(json, host);
      if (Array.isArray(compiled)) return refuse(explainRefusal(json, compiled));
      bytes = compiled;
    } catch {
      return blocked(" (the part that compiles JSON books)");
    }
    if (inDevelopment()) try {
      console.info("[fewbits] the book was compiled in the browser; `fewbits compile` does it once, and saves visitors the download.");
    } catch { /* a console that throws is the page's business */ }
  }

  const tables = tablesIn(bytes);
  otherwise = fallback(tables);
  // Asked for before the module is there, so that they come together.
  const more = tables ? neededBy(tables, force).map((part) => parts[part]()) : [];
  let engine: Engine | ErrorCode;
  try {
    engine = await openBook(await module, bytes);
  } catch {
    return blocked();
  }
  if (typeof engine === "string") {
    otherwise = fallback(undefined);
    return refuse({ code: engine });
  }
  try {
    for (const part of more) await part;
  } catch {
    return refuse({ code: "wasm-failed", detail: " (a part that the book needs)" });
  }
  return { engine, book: bytes, tables: tables! };
}

async function wasmSource(wasm: Options["wasm"], host: Host): Promise<WasmSource> {
  // The address stands here in full, because that is what bundlers look for.
  if (wasm === undefined) return host.bound ? host.bound.core() : host.asset(new URL("./fewbits_core_bg.wasm", import.meta.url));
  return typeof wasm === "string" || wasm instanceof URL ? host.asset(wasm) : wasm;
}

/** Compiled bytes, JSON, or what is wrong. */
async function readBook(book: Options["book"], host: Host): Promise<{ bytes?: Uint8Array; json?: string | object; problem?: Problem }> {
  let bytes: Uint8Array;
  if (book instanceof ArrayBuffer) bytes = new Uint8Array(book);
  else if (ArrayBuffer.isView(book)) bytes = new Uint8Array(book.buffer, book.byteOffset, book.byteLength);
  else if (typeof book === "string" && /^\s*\{/.test(book)) return { json: book };
  else if (typeof book === "string" || book instanceof URL) {
    const answer = await host.book(book);
    if (typeof answer === "string") return { problem: { code: answer, detail: `: ${String(book)}` } };
    bytes = answer;
  } else if (typeof book === "object" && book !== null) return { json: book };
  else return { problem: { code: "bad-option", detail: ": `book` is missing" } };

  let start = 0;
  // White space, or the mark that some editors put before a text.
  while (start < bytes.length && [0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf].includes(bytes[start]!)) start++;
  if (bytes[start] === 0x7b) return { json: new TextDecoder().decode(bytes) };
  return bytes[start] === 0x3c ? { problem: { code: "book-is-html" } } : { bytes };
}
