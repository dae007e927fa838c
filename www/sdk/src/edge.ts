// A worker of a cloud: many visitors in one process, no page, no disk, and WebAssembly only as modules that were deployed
// with the script.
import { browser } from "./browser.js";
import { start } from "./client.js";
import type { Bound } from "./load.js";
import { memoryStorage } from "./store.js";
import type { Fewbits, Options } from "./types.js";

export function startAtEdge(options: Options, bound: Bound): Promise<Fewbits> {
  const memory = memoryStorage();
  return start(options, { ...browser, bound, storage: () => memory, own: true, page: () => false });
}
