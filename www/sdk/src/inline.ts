// `fewbits/inline`: the core module inside the script, for places that cannot serve a `.wasm`. It is a quarter larger than
// the two files, and is compiled only when all of it has arrived.
import { here } from "./host.js";
import { inlined } from "./inlined.js";
import type { Host } from "./load.js";
import { startNow } from "./now.js";
import { start } from "./start.js";
import { whole } from "./whole.js";
import type { Book, Fewbits, Names, NamesOf, Options, SyncOptions } from "./types.js";

export type * from "./types.js";

const host = (): Host => ({ ...here(), bound: inlined });

/** As `createFewbits` of `fewbits`; the book may still be an address. Never rejects. */
export const createFewbits = <const B extends Book | Names = Book>(options: Options<B>): Promise<Fewbits<NamesOf<B>>> =>
  start(options as Options, host(), whole) as Promise<Fewbits<NamesOf<B>>>;

/** As `initSync` of `fewbits/sync`, without a module to be given. Never throws. */
export const initSync = (options: Omit<SyncOptions, "wasm"> & Partial<Pick<SyncOptions, "wasm">>): Fewbits =>
  startNow({ ...options, wasm: options?.wasm ?? inlined.core() }, host());
