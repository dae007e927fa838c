// The parts as modules of their own, for pages.
import type { Part, Parts } from "./parts.js";

function later<T>(load: () => Promise<T>): Part<T> {
  let loaded: T | undefined;
  // A failed attempt may be repeated.
  return () => loaded ?? load().then((part) => loaded = part);
}

export const onDemand: Parts = {
  context: later(() => import("./context.js")),
  decide: later(() => import("./decide.js")),
  keep: later(() => import("./keep.js")),
};
