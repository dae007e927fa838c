import { start } from "./client.js";
import type { Host } from "./load.js";
import { hasPage } from "./signals.js";
import { pageStorage } from "./store.js";
import { get } from "./transport.js";
import type { Fewbits, Options } from "./types.js";

export type * from "./types.js";

const browser: Host = {
  asset: async (address) => {
    const answer = await get(address);
    if (!answer.ok || /html/.test(answer.headers.get("content-type") ?? "")) throw new Error("no module there");
    return answer;
  },
  book: async (address) => {
    try {
      const answer = await get(address);
      if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
      return answer.status === 404 || answer.status === 410 ? "book-not-found" : "book-unreachable";
    } catch {
      return "book-unreachable";
    }
  },
  storage: pageStorage,
  own: false,
  page: hasPage,
};

/** Starts Fewbits in a page or a worker. Never rejects: if it could not start, `ok` is false and `error` says why. */
export const createFewbits = (options: Options): Promise<Fewbits> => start(options, browser);
