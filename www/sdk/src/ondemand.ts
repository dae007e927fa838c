// The parts as modules of their own, for pages.
import type { Part, Parts } from "./parts.js";

function later<T>(load: () => Promise<T>): Part<T> {
  let loaded: T | undefined;
  return () => {
    if (loaded) return loaded;
    // A failed attempt may be repeated.
    const coming = load().then((part) => loaded = part);
    // Who has asked for several at once waits for one after the other.
    coming.catch(() => undefined);
    return coming;
  };
}

export const onDemand: Parts = {
  context: later(() => import("./context.js")),
  decide: later(() => import("./decide.js")),
  facts: later(() => import("./facts.js")),
  keep: later(() => import("./keep.js")),
};
