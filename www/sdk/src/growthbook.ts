// GrowthBook: memberships as an attribute of its SDK, which decides in the page.
import { complain } from "./complain.js";
import { openOutlet, type OutletOptions, type Shared } from "./outlet.js";
import type { Fewbits } from "./types.js";

export type { Given, OutletOptions } from "./outlet.js";

/** What this needs of Fewbits. */
export type Fed = Shared & Pick<Fewbits, "segments">;

/** What this needs of a GrowthBook SDK. */
export interface GrowthBookSdk {
  updateAttributes(attributes: Record<string, unknown>): unknown;
  isRemoteEval?(): boolean;
}

export interface GrowthBookOptions extends OutletOptions {
  /** The name of the attribute. Default: `"segments"`. */
  attribute?: string;
  /** `"memberships"` (the default): what holds now, which never leaves the page as long as GrowthBook decides there.
   * `"hint"`: only what may leave. Set it if something in your GrowthBook sends attributes, such as an event logger or a
   * tracking plugin. With GrowthBook's remote evaluation it is always the hint. */
  from?: "memberships" | "hint";
}

/**
 * Keeps an attribute of GrowthBook at the visitor's segments, a list: a condition such as
 * `{ "segments": { "$elemMatch": { "$eq": "interest/boots" } } }` targets them. Returns the function that ends it.
 *
 * @example
 * import { feedGrowthBook } from "fewbits/growthbook";
 * const stop = feedGrowthBook(fb, growthbook);
 */
export function feedGrowthBook(fb: Fed, growthbook: GrowthBookSdk, { attribute = "segments", from = "memberships", onGiven }: GrowthBookOptions = {}): () => void {
  const set = (segments: readonly string[]): void => {
    const failed = (error: unknown): void => complain("growthbook: attributes could not be set", error);
    try {
      void Promise.resolve(growthbook.updateAttributes({ [attribute]: [...segments] })).catch(failed);
    } catch (error) {
      failed(error);
    }
  };
  let remote = true;
  try {
    remote = growthbook.isRemoteEval?.() === true;
  } catch (error) {
    complain("growthbook: isRemoteEval threw, so only the hint is told", error);
  }
  if (from === "hint" || remote) {
    const outlet = openOutlet(fb, set, (gave) => { if (gave) set([]); }, onGiven);
    return () => outlet.stop();
  }
  const now = (): void => set(fb.consent.personalise === "denied" ? [] : fb.segments);
  const offs = [fb.on("change", now), fb.on("consent", now)];
  now();
  return () => {
    for (const off of offs) off();
  };
}
