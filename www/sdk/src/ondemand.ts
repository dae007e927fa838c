// The parts as modules of their own, for pages.
import { once, type Parts } from "./parts.js";

export const onDemand: Parts = {
  context: once(() => import("./context.js")),
  decide: once(() => import("./decide.js")),
  facts: once(() => import("./facts.js")),
  keep: once(() => import("./keep.js")),
};
