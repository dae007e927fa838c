// The synchronous start: the module and the compiled book are there already.
import { bare } from "./bare.js";
import { idle, run } from "./client.js";
import { link, wasmBlocked, type Engine } from "./engine.js";
import { reporter, type Problem } from "./errors.js";
import { otherwiseIn, type Core, type Host } from "./load.js";
import { whenOpened } from "./signals.js";
import { readTables } from "./tables.js";
import { whole } from "./whole.js";
import type { ErrorCode, Fewbits, FewbitsError, Options, SyncOptions } from "./types.js";

/** The core with a book in it, or what is wrong. */
export function openNow(bytes: unknown, wasm: unknown): Core | Problem {
  const book = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
  if (!(book instanceof Uint8Array)) return { code: "bad-option", detail: ": `book` has to be the bytes of a compiled book here" };
  let engine: Engine | ErrorCode;
  try {
    // Not by `instanceof`: at an edge a module comes from another realm.
    const module = "byteLength" in (wasm as object) ? new WebAssembly.Module(wasm as BufferSource) : wasm as WebAssembly.Module;
    const { imports, open } = link(book);
    engine = open(new WebAssembly.Instance(module, imports));
  } catch {
    return { code: wasmBlocked() ? "wasm-blocked" : "wasm-failed", detail: ": `wasm` has to be the core module or its bytes here" };
  }
  return typeof engine === "string" ? { code: engine } : { engine, book, tables: readTables(book) };
}

/** Starts at once. What an earlier visit left comes in a moment later, as a change. */
export function startNow(options: SyncOptions, host: Host): Fewbits {
  const given = bare(options ?? {});
  const fail = reporter(given.onError);
  const refused = (problem: Problem): Fewbits => {
    // The words come later.
    const error: FewbitsError = { code: problem.code, message: problem.code, help: "" };
    void fail(problem).then((told) => Object.assign(error, told));
    const { book } = given;
    const bytes = book instanceof ArrayBuffer ? new Uint8Array(book) : book;
    return idle(error, /^wasm/.test(problem.code) ? otherwiseIn(bytes) : { ids: [], slots: [] }, given, host, fail, whole);
  };
  try {
    const core = openNow(given.book, given.wasm);
    if ("code" in core) return refused(core);
    let early = true;
    whenOpened(() => { early = false; });
    const { fb, begin } = run(core, early ? { ...given, consent: {} } : given, host, fail, whole);
    if (early) hold(fb, given.consent);
    whenOpened(begin);
    return fb;
  } catch {
    return refused({ code: "internal" });
  }
}

/** On a page that is loaded in advance answers wait until it is opened, and what is shown is told then. Until then all is in
 * memory, which goes with the page if nobody opens it. */
function hold(fb: Fewbits, answers: Options["consent"]): void {
  const { on, setConsent } = fb;
  fb.setConsent = (said) => new Promise<void>(whenOpened).then(() => setConsent(said));
  fb.on = (event, listener) => {
    let ended = false;
    const off = on(event, (detail) => whenOpened(() => { if (!ended) listener(detail); }));
    return () => {
      ended = true;
      off();
    };
  };
  whenOpened(() => void setConsent(answers ?? {}));
}
