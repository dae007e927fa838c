// A worker of a cloud: many visitors in one process, no page, no disk, and WebAssembly only as modules that were deployed
// with the script.
import { here as page } from "./host.js";
import type { Bound, Host } from "./load.js";
import { memoryStorage } from "./storage.js";

export function atEdge(bound: Bound): Host {
  const memory = memoryStorage();
  return { ...page(), bound, storage: () => memory, own: true, page: () => false };
}
