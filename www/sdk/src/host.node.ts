// A process: memory instead of a browser's storage, no page to look at, and modules inside the script, because bundlers of
// servers move scripts away from the files beside them. Only what compiles books is read from the disk.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { inlined } from "./inlined.js";
import type { Host } from "./load.js";
import { memoryStorage } from "./storage.js";
import { get } from "./assets.js";

const isWeb = (address: URL | string) => /^https?:/.test(String(address));
export const path = (address: URL | string) => String(address).startsWith("file:") ? fileURLToPath(address) : String(address);

export const asset = async (address: URL | string) => isWeb(address) ? get(address) : readFile(path(address));

const host = (memory: Storage): Host => ({
  asset,
  bound: inlined,
  book: async (address) => {
    try {
      if (!isWeb(address)) return await readFile(path(address));
      const answer = await get(address);
      if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
      return answer.status === 404 || answer.status === 410 ? "book-not-found" : "book-unreachable";
    } catch (error) {
      return (error as { code?: string }).code === "ENOENT" ? "book-not-found" : "book-unreachable";
    }
  },
  storage: () => memory,
  own: true,
  page: () => false,
});

/** The host of a new instance. */
export const here = (): Host => host(memoryStorage());
