import { here } from "./host.js";
import { start } from "./start.js";
import type { Fewbits, Options } from "./types.js";

export type * from "./types.js";

/** Starts Fewbits, in a page, a worker or a process. Never rejects: if it could not start, `ok` is false and `error`
 * says why. */
export const createFewbits = (options: Options): Promise<Fewbits> => start(options, here());
