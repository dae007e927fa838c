// Google Publisher Tag: the hint as publisher provided signals (PPS).
import { complain } from "./complain.js";
import { translate, type TaxonomyMap } from "./iab.js";
import { openOutlet, type Outlet, type OutletOptions, type Shared } from "./outlet.js";

export type { IabId, TaxonomyMap } from "./iab.js";
export type { Given, Outlet, OutletOptions, Shared } from "./outlet.js";

/** Publisher provided signals, as `googletag.setConfig` takes them. */
export interface Pps {
  taxonomies: Record<string, { values: string[] }>;
}

export interface GptOptions extends OutletOptions {
  /** Which number of the IAB's Audience Taxonomy 1.1 says what a segment says. */
  taxonomy: TaxonomyMap;
  /** What else the site tells, such as `{ taxonomies: { IAB_CONTENT_2_2: { values: ["48"] } } }`: the tag keeps one set of
   * signals, so whoever sets them has to know all. */
  pps?: Pps;
}

interface Tag {
  cmd: { push(work: () => void): unknown };
  setConfig?(config: { pps: Pps | null }): void;
}

/**
 * Hands the hint to the Google Publisher Tag of the page, which may load later. Nothing is set without `share`; when
 * consent ends, only `pps` of the options remains.
 *
 * @example
 * import { shareWithGpt } from "fewbits/gpt";
 * shareWithGpt(fb, { taxonomy: { "interest/footwear": "676" } });
 */
export function shareWithGpt(fb: Shared, { taxonomy, pps, onGiven }: GptOptions): Outlet {
  let values: string[] = [];
  let waiting = false, touched = false;
  const apply = (): void => {
    waiting = false;
    // Nothing to say, and nothing to take back: the site's own signals are not touched.
    if (!values.length && !touched) return;
    touched = true;
    try {
      const taxonomies = { ...pps?.taxonomies, ...values.length ? { IAB_AUDIENCE_1_1: { values } } : {} };
      const tag = (globalThis as { googletag?: Tag }).googletag;
      if (!tag?.setConfig) return complain("gpt: this Publisher Tag has no setConfig");
      tag.setConfig({ pps: Object.keys(taxonomies).length ? { taxonomies } : null });
    } catch (error) {
      complain("gpt: signals could not be set", error);
    }
  };
  const set = (next: string[]): void => {
    values = next;
    if (waiting) return;
    waiting = true;
    // As Google's own snippet does, so that the order of scripts does not matter.
    const page = globalThis as { googletag?: Partial<Tag> };
    const tag = page.googletag ??= {};
    (tag.cmd ??= [] as (() => void)[]).push(apply);
  };
  return openOutlet(fb, (segments) => set(translate(segments, taxonomy, true)), (gave) => { if (gave) set([]); }, onGiven);
}
