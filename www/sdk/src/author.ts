// JSON books: checked and compiled here. Loaded only by who has one.
import init, { check, compile } from "../wasm/fewbits_author.js";
import type { WasmSource } from "./engine.js";
import type { Problem } from "./errors.js";
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

/** Each dimension's `otherwise`: what a page may fall back to even without the module. */
export function otherwiseOf(json: string): string[] {
  try {
    const { dimensions } = JSON.parse(json) as { dimensions: Record<string, { otherwise: string }> };
    return Object.entries(dimensions).map(([name, { otherwise }]) => `${name}/${otherwise}`);
  } catch {
    return [];
  }
}

/** What to tell about a book with errors. */
export function explainRefusal(json: string, diagnostics: readonly Diagnostic[]): Problem {
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
