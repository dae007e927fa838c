// The host that pages and workers have: a network, and a storage that all tabs share.
import type { Host } from "./load.js";
import { hasPage } from "./signals.js";
import { pageStorage } from "./store.js";
import { get } from "./transport.js";

export const browser: Host = {
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
