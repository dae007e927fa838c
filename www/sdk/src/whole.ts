// The parts with the script, for who cannot wait.
import { openContext } from "./context.js";
import { openDecisions } from "./decide.js";
import { openFacts } from "./facts.js";
import { openKeeper } from "./keep.js";
import type { Parts } from "./parts.js";

export const whole: Parts = {
  context: () => ({ openContext }), decide: () => ({ openDecisions }), facts: () => ({ openFacts }), keep: () => ({ openKeeper }),
};
