// A catalogue in a worker, so that loading and ranking do not hold up the page. It is given module and file, and has no
// power of its own: it fetches nothing and stores nothing.
import { Ranker } from "./ranker.js";
import type { Plan } from "./query.js";

/** What the page sends: module and file first, then queries. */
export type Order = { readonly module: WebAssembly.Module; readonly file: Uint8Array } | { readonly query: number; readonly plan: Plan };

let ranker: Ranker | undefined;
addEventListener("message", async ({ data }: MessageEvent<Order>) => {
  try {
    if ("module" in data) {
      const opened = await Ranker.open(data.module, data.file);
      if (typeof opened !== "string") ranker = opened;
      postMessage(typeof opened === "string" ? { refused: opened } : { size: opened.size });
    } else postMessage({ query: data.query, found: ranker!.rank(data.plan).map((one) => ({ id: one.id, score: one.score, because: one.because })) });
  } catch {
    postMessage({ failed: true });
  }
});
