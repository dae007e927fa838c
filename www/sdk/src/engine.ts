// Loads the core module and starts a book in it.
import init, { Engine } from "../wasm/fewbits_core.js";
import type { ErrorCode } from "./types.js";

export type { Engine };

/** Text that the gate has cleared. Only `cleared` makes one, and only `transport` sends one. */
export type Report = string & { readonly __cleared: unique symbol };

/** The frozen wire form, if the gate has one ready. */
export const cleared = (engine: Engine): Report | undefined => engine.report() as Report | undefined;

export type WasmSource = Response | BufferSource | WebAssembly.Module;

let memory: Promise<WebAssembly.Memory> | undefined;

/** Loads the module once; a failed attempt may be repeated. */
export function loadCore(source: () => Promise<WasmSource>): Promise<WebAssembly.Memory> {
  return memory ??= source()
    .then((module_or_path) => init({ module_or_path }))
    .then((exports) => exports.memory, (error: unknown) => {
      memory = undefined;
      throw error;
    });
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

/** Starts a book; answers with the code of its refusal. */
export function openBook(bytes: Uint8Array): Engine | ErrorCode {
  try {
    return new Engine(bytes);
  } catch (refusal) {
    // A short text that begins like a compiled book is the beginning of one.
    if (refusal === 2 || refusal === 1 && bytes[0] !== 0x46) return "book-not-json";
    return refusal === 3 ? "book-newer" : "book-corrupt";
  }
}
