import { browser } from "./browser.js";
import { start } from "./client.js";
import type { Fewbits, Options } from "./types.js";

export type * from "./types.js";

/** Starts Fewbits in a page or a worker. Never rejects: if it could not start, `ok` is false and `error` says why. */
export const createFewbits = (options: Options): Promise<Fewbits> => start(options, browser);
