// What a process has beside the SDK itself: books checked, compiled and read from the disk.
import { readFile } from "node:fs/promises";
import { asText, checkBook, compileBook, declareBook } from "./author.js";
import { asset, here, path } from "./host.node.js";
import { onDemand } from "./ondemand.js";
import { start } from "./start.js";
import type { Book, Diagnostic, Fewbits, Names, NamesOf, Options } from "./types.js";

export type * from "./types.js";

/** Starts Fewbits in Node. Never rejects: if it could not start, `ok` is false and `error` says why. */
export const createFewbits = <const B extends Book | Names = Book>(options: Options<B>): Promise<Fewbits<NamesOf<B>>> =>
  start(options as Options, here(), onDemand) as Promise<Fewbits<NamesOf<B>>>;

/** A book that has errors, with all of them. */
export class BookError extends Error {
  override readonly name = "BookError";
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics.filter(({ severity }) => severity === "error")
      .map(({ line, column, message, help }) => `${line}:${column}: ${message}${help && ` (${help})`}`).join("\n"));
  }
}

/** The findings on a book, errors and warnings; an empty list for a good one. */
export const check = (json: string | object): Promise<Diagnostic[]> => checkBook(asText(json), { asset });

/** Compiles a book; rejects with a `BookError` if it has errors. */
export async function compile(json: string | object): Promise<Uint8Array> {
  const compiled = await compileBook(asText(json), { asset });
  if (Array.isArray(compiled)) throw new BookError(compiled);
  return compiled;
}

/** What a book names, as the TypeScript declaration that `fewbits types` writes; rejects with a `BookError` if it has errors. */
export async function typescript(json: string | object): Promise<string> {
  await compile(json);
  return declareBook(asText(json), { asset });
}

/** Reads a compiled or a JSON book from a file, and compiles it if it has to. */
export async function loadBook(file: string | URL): Promise<Uint8Array> {
  const bytes = await readFile(path(file));
  const text = new TextDecoder().decode(bytes.subarray(0, 64));
  return /^\s*\{/.test(text) ? compile(new TextDecoder().decode(bytes)) : new Uint8Array(bytes);
}
