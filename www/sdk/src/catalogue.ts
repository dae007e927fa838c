// `fewbits/catalogue`: the best of many items. Short lists are ranked as they are; a catalogue, made by
// `fewbits catalogue build`, has a module of its own, and a worker when it is large.
import { compile, type WasmSource } from "./engine.js";
import { here } from "./host.js";
import { planOf, type Query, type Ranked } from "./query.js";
import { Ranker, type Refused } from "./ranker.js";

export { rankItems, type Item, type RankedItem } from "./lists.js";
export type { Because, Between, Query, Ranked } from "./query.js";

export type CatalogueCode = Refused | "catalogue-not-found" | "catalogue-unreachable" | "catalogue-failed";

export interface CatalogueError {
  readonly code: CatalogueCode;
  readonly message: string;
  readonly help: string;
}

export interface CatalogueOptions {
  /** In a worker or in the page. Default: in a worker from 2 MB on, if the page may have one. */
  readonly worker?: boolean;
  /** The module, if it does not lie beside the script: an address, its bytes, or compiled. */
  readonly wasm?: string | URL | BufferSource | WebAssembly.Module;
  /** Told when a catalogue cannot be used. */
  readonly onError?: (error: CatalogueError) => void;
}

export interface Catalogue {
  /** False: it could not be loaded, and nothing is found in it. */
  readonly ok: boolean;
  readonly error?: CatalogueError;
  /** How many items it has. */
  readonly size: number;
  /** Where it is worked on. */
  readonly where: "page" | "worker";
  /** The best items, best first. Never rejects: what is wrong with a query is told on the console. */
  rank(query: Query): Promise<Ranked[]>;
  /** Gives its memory back. */
  close(): void;
}

/** From so many bytes on a catalogue goes into a worker: it takes some 20 ms to load. */
const LARGE = 2 ** 21;

const WORDS: Record<CatalogueCode, readonly [string, string]> = {
  "catalogue-not-found": ["there is no catalogue at this address", "check the address"],
  "catalogue-unreachable": ["the catalogue could not be fetched", "check that the address can be reached and that `connect-src` of the page's policy allows it"],
  "catalogue-short": ["the catalogue is cut short", "upload it again, and compare its size"],
  "catalogue-foreign": ["this is not a catalogue", "make one with `fewbits catalogue build`"],
  "catalogue-newer": ["a newer version of Fewbits wrote this catalogue", "update the package, or make the catalogue with the same version"],
  "catalogue-damaged": ["the catalogue is damaged: its check sum differs", "upload it again, as a binary file"],
  "catalogue-malformed": ["the catalogue breaks a rule of its form", "make it anew with `fewbits catalogue build`"],
  "catalogue-failed": ["the module for catalogues could not be loaded", "serve fewbits_catalogue_bg.wasm beside the script or pass `wasm`; the page's policy needs 'wasm-unsafe-eval'"],
};

type Found = (query: Query) => Promise<Ranked[]> | Ranked[];

/** Loads a catalogue. Never rejects: if it cannot be used, `ok` is false and `error` says why. */
export async function openCatalogue(source: string | URL | BufferSource, options: CatalogueOptions = {}): Promise<Catalogue> {
  try {
    const file = await bytesOf(source);
    if (typeof file === "string") return refuse(file, options);
    const module = await moduleOf(options.wasm);
    if (options.worker ?? file.length >= LARGE) {
      const opened = await inWorker(module, file);
      if (typeof opened === "string") return refuse(opened, options);
      if (opened) return opened;
    }
    const opened = await Ranker.open(module, file);
    return typeof opened === "string" ? refuse(opened, options) : made("page", opened.size, (query) => ask(query, (plan) => opened.rank(plan)), () => undefined);
  } catch {
    return refuse("catalogue-failed", options);
  }
}

function made(where: Catalogue["where"], size: number, found: Found, close: () => void): Catalogue {
  let open = true;
  return {
    ok: true, size, where,
    rank: async (query) => {
      if (!open) return [];
      try {
        return await found(query);
      } catch {
        console.warn("[fewbits] catalogue-failed: a query was not answered.");
        return [];
      }
    },
    close: () => {
      open = false;
      found = () => [];
      close();
    },
  };
}

function refuse(code: CatalogueCode, { onError }: CatalogueOptions): Catalogue {
  const [message, help] = WORDS[code];
  const error = { code, message, help };
  try { console.warn(`[fewbits] ${code}: ${message}. ${help}.`); } catch { /* its business */ }
  try { onError?.(error); } catch { /* its business */ }
  return { ok: false, error, size: 0, where: "page", rank: () => Promise.resolve([]), close: () => undefined };
}

function ask<T>(query: Query, answer: (plan: Exclude<ReturnType<typeof planOf>, string>) => T): T | Ranked[] {
  const plan = planOf(query);
  if (typeof plan !== "string") return answer(plan);
  console.warn(`[fewbits] bad-query: ${plan}.`);
  return [];
}

async function bytesOf(source: string | URL | BufferSource): Promise<Uint8Array | CatalogueCode> {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  const answer = await here().book(source);
  return typeof answer !== "string" ? answer : answer === "book-not-found" ? "catalogue-not-found" : "catalogue-unreachable";
}

let compiled: Promise<WebAssembly.Module> | undefined;

function moduleOf(wasm: CatalogueOptions["wasm"]): Promise<WebAssembly.Module> {
  const load = async (from: string | URL | WasmSource) =>
    compile(typeof from === "string" || from instanceof URL ? await here().asset(from) : from);
  if (wasm !== undefined) return load(wasm);
  // The address stands here in full, because that is what bundlers look for. A failed attempt may be repeated.
  return compiled ??= load(new URL("./fewbits_catalogue_bg.wasm", import.meta.url)).catch((error: unknown) => {
    compiled = undefined;
    throw error;
  });
}

/** What a worker answers. */
interface Answer {
  readonly size?: number;
  readonly refused?: Refused;
  readonly failed?: true;
  readonly query?: number;
  readonly found?: Ranked[];
}

/** A catalogue in a worker; `undefined`: the page may not have one, or it does not start. */
async function inWorker(module: WebAssembly.Module, file: Uint8Array): Promise<Catalogue | Refused | undefined> {
  if (typeof Worker !== "function") return undefined;
  const waiting = new Map<number, (found: Ranked[]) => void>();
  let worker: Worker;
  try {
    worker = new Worker(new URL("./catalogue-worker.js", import.meta.url), { type: "module" });
  } catch {
    return undefined;
  }
  const first = await new Promise<Answer>((resolve) => {
    worker.onerror = () => {
      resolve({ failed: true });
      // A query that is under way is not answered any more.
      waiting.forEach((done) => done([]));
    };
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.query === undefined) return resolve(data);
      waiting.get(data.query)?.(data.found ?? []);
      waiting.delete(data.query);
    };
    // A copy: if the worker does not start, the page takes the file itself.
    worker.postMessage({ module, file });
  });
  if (first.size === undefined) {
    worker.terminate();
    return first.refused;
  }
  let next = 0;
  return made("worker", first.size, (query) => ask(query, (plan) => new Promise<Ranked[]>((resolve) => {
    waiting.set(next, resolve);
    worker.postMessage({ query: next++, plan });
  })), () => {
    worker.terminate();
    waiting.forEach((done) => done([]));
  });
}
