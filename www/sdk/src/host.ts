// Where the SDK runs. This is a page or a worker of one: a network, and a storage that all tabs share. The build puts
// host.node.ts, host.workerd.ts or host.edge-light.ts in its place, for the export conditions of those names.
import type { Host } from "./load.js";
import { hasPage } from "./signals.js";
import { pageStorage } from "./storage.js";
import { get } from "./assets.js";

const page: Host = {
  asset: async (address) => {
    // Bundlers put small files into their addresses, and a page's policy need not let those be fetched.
    const [, inside] = /^data:.*?,(.*)/.exec(String(address)) ?? [];
    if (inside) return Uint8Array.from(atob(inside), (one) => one.charCodeAt(0));
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
  // Without a page the storage of a process would mix its visitors.
  storage: () => hasPage() ? pageStorage() : undefined,
  own: false,
  page: hasPage,
};

/** The host of a new instance. */
export const here = (): Host => page;
