// JSON books: checked and compiled here. Loaded only by who has one.
import init, { check, compile, rendered, typescript } from "../wasm/fewbits_author.js";
import type { WasmSource } from "./engine.js";
import type { Problem } from "./errors.js";
import type { Otherwise } from "./load.js";
import type { Diagnostic, ErrorCode } from "./types.js";

/** Fetches or reads a module that lies beside this file. */
export interface Source {
  asset(address: URL): Promise<WasmSource>;
}

let ready: Promise<unknown> | undefined;
const load = ({ asset }: Source): Promise<unknown> =>
  ready ??= asset(new URL("./fewbits_author_bg.wasm", import.meta.url))
    .then((module_or_path) => init({ module_or_path }))
    .catch((error: unknown) => {
      ready = undefined;
      throw error;
    });

const quote = (text: string): string =>
  `"${text.replace(/[^ !#-[\]-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;

/** Not by `JSON.stringify`: a library that gives all arrays a `toJSON` of its own would write into it. */
function write(value: unknown, indent: string): string {
  if (typeof value === "string") return quote(value);
  if (typeof value !== "object" || value === null) return typeof value === "boolean" || Number.isFinite(value) ? String(value) : "null";
  const list = Array.isArray(value);
  const deeper = `${indent}  `;
  const parts = Object.entries(value)
    .filter(([, inner]) => list || inner !== undefined)
    .map(([key, inner]) => deeper + (list ? "" : `${quote(key)}: `) + write(inner, deeper));
  return (list ? "[" : "{") + parts.join(",") + (parts.length ? indent : "") + (list ? "]" : "}");
}

/** A JSON book as text, with a line for each key, so that findings have a place. */
export const asText = (json: string | object): string => typeof json === "string" ? json : write(json, "\n");

/** The findings on a book, errors and warnings. */
export async function checkBook(json: string, source: Source): Promise<Diagnostic[]> {
  await load(source);
  return check(json) as Diagnostic[];
}

/** The compiled book, or why there is none. */
export async function compileBook(json: string, source: Source): Promise<Uint8Array | Diagnostic[]> {
  await load(source);
  try {
    return compile(json);
  } catch (findings) {
    if (Array.isArray(findings)) return findings as Diagnostic[];
    throw findings;
  }
}

/** What the book names, as a TypeScript declaration; of a book without errors. */
export async function declareBook(json: string, source: Source): Promise<string> {
  await load(source);
  return typescript(json);
}

/** All findings as a compiler would print them, each with its line of the book. */
export async function renderFindings(json: string, file: string, source: Source): Promise<string> {
  await load(source);
  return rendered(json, file);
}

/** Each dimension's and slot's `otherwise`: what a page may fall back to even without the module. */
function otherwiseOf(json: string): Otherwise {
  type Section = Record<string, { otherwise: string }>;
  try {
    const { dimensions, decisions = {} } = JSON.parse(json) as { dimensions: Section; decisions?: Section };
    return {
      ids: Object.entries(dimensions).map(([name, { otherwise }]) => `${name}/${otherwise}`),
      slots: Object.entries(decisions).map(([name, { otherwise }]) => ({ name, otherwise })),
    };
  } catch {
    return { ids: [], slots: [] };
  }
}

/** Somebody is building the site here. */
const DEVELOPMENT = /^(localhost|127\..*|\[::1\]|.*\.localhost|)$/;

/** A page's book that is not a compiled one: compiled, or what is wrong. `known`: what may be said of it even if the module
 * cannot be had; then this rejects. */
export async function compileDocument(
  given: unknown, source: Source, known: (otherwise: Otherwise) => void, hostname: string | undefined,
): Promise<Uint8Array | Problem> {
  let book = given;
  if (book instanceof Uint8Array) {
    // White space, or the mark that some editors put before a text.
    const first = book.find((byte) => ![0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf].includes(byte));
    if (first !== 0x7b) return { code: first === 0x3c ? "book-is-html" : "book-not-json" };
    book = new TextDecoder().decode(book);
  }
  if (typeof book !== "string" && (typeof book !== "object" || book === null)) {
    return { code: "bad-option", detail: ": `book` is missing" };
  }
  const json = asText(book);
  known(otherwiseOf(json));
  const compiled = await compileBook(json, source);
  if (Array.isArray(compiled)) return explainRefusal(json, compiled);
  if (hostname !== undefined && DEVELOPMENT.test(hostname)) try {
    console.info("[fewbits] the book was compiled in the browser; `fewbits compile` does it once, and saves visitors the download.");
  } catch { /* a console that throws is the page's business */ }
  return compiled;
}

/** What to tell about a book with errors. */
function explainRefusal(json: string, diagnostics: readonly Diagnostic[]): Problem {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const [first] = errors;
  let code: ErrorCode = "book-invalid";
  try {
    JSON.parse(json);
  } catch {
    code = "book-not-json";
  }
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  const detail = first ? `: line ${first.line}, column ${first.column}: ${first.message}${more}` : "";
  return { code, detail, diagnostics, ...(first && { help: first.help }) };
}
