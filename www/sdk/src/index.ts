import { here } from "./host.js";
import { onDemand } from "./ondemand.js";
import { start } from "./start.js";
import type { Book, Fewbits, Names, NamesOf, Options } from "./types.js";

export type * from "./types.js";

/** Starts Fewbits, in a page, a worker or a process. Never rejects: if it could not start, `ok` is false and `error`
 * says why. */
export const createFewbits = <const B extends Book | Names = Book>(options: Options<B>): Promise<Fewbits<NamesOf<B>>> =>
  start(options as Options, here(), onDemand) as Promise<Fewbits<NamesOf<B>>>;
