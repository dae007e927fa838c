// `fewbits/sync`: a start without waiting, for tests, workers and servers that have the module.
import { here } from "./host.js";
import { startNow } from "./now.js";
import type { Fewbits, SyncOptions } from "./types.js";

export type * from "./types.js";

/** Starts Fewbits with a core module and a compiled book that are there already. Never throws: if it could not start, `ok`
 * is false and `error` says why. With `store` granted, what an earlier visit left comes in a moment later, as a change. */
export const initSync = (options: SyncOptions): Fewbits => startNow(options, here());
