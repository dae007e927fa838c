// The Transparency and Consent Framework, 2.2 and later: what the page's consent tool says becomes Fewbits' four answers.
import { isObject, patienceOf, TCF, watchCmp, type CmpCall } from "./cmp.js";
import { complain } from "./complain.js";
import { all, fromTcf, notAskedAboutSite, type Flags } from "./consent-table.js";
import { openSource, unaskedOf, type Followed, type FollowOptions } from "./sources.js";
import type { Answer } from "./types.js";

export type { Followed, FollowOptions, SourceState, Told } from "./sources.js";

export interface TcfOptions extends FollowOptions {
  /** Whose consents count. `"publisher"` (the default): what the visitor said about the site itself
   * (`publisher.consents`), since Fewbits is the site's own and no vendor. `"purposes"`: what the visitor said about the
   * site's partners (`purpose.consents`), for consent tools that do not ask about the site itself. `"both"`: both. */
  basis?: "publisher" | "purposes" | "both";
  /** Where hints go. `"ads"` (the default) needs the purposes for ads, 3 and 4; `"content"`, for the site's own server
   * alone, those for content, 5 and 6. */
  hints?: "ads" | "content";
  /** The site's number in the Global Vendor List, if it has one: then that consent is needed too. */
  vendor?: number;
  /** Milliseconds to look for a consent tool that is not there yet. Default: 60000. */
  patience?: number;
}

const DONE = ["tcloaded", "useractioncomplete"];

/**
 * Follows the page's consent tool by the TCF (`__tcfapi`), for as long as the page lives: a visitor may change their mind.
 * It may be called before the tool is there. Returns the function that ends it.
 *
 * @example
 * import { followTcf } from "fewbits/tcf";
 * const stop = followTcf(fb, { onAnswer: ({ state, because }) => console.log(state, because) });
 */
export function followTcf(fb: Followed, options: TcfOptions = {}): () => void {
  const { basis = "publisher", hints = "ads", vendor } = options;
  if (!["publisher", "purposes", "both"].includes(basis)) complain("followTcf: `basis` is publisher, purposes or both");
  if (!["ads", "content"].includes(hints)) complain("followTcf: `hints` is ads or content");
  const unasked = unaskedOf(options.unasked);
  const source = openSource(fb, "tcf", options.onAnswer);
  const unknown = all("unknown");
  const listeners = new Set<unknown>();
  let answered = false, ended = false;

  const wait = (state: "waiting" | "failed" | "absent", because: string): void => {
    // An answer holds until the next one, whatever becomes of the tool.
    if (!answered) source.say(state, unknown, because);
  };
  const read = (data: unknown, success: unknown): void => {
    if (ended) return;
    if (!isObject(data)) return wait("failed", success === false ? "refused" : "bad-shape");
    if (success !== true || data.cmpStatus === "error") return wait("failed", "cmp-error");
    if (data.gdprApplies === false) {
      if (data.cmpStatus !== undefined && data.cmpStatus !== "loaded") return wait("waiting", "loading");
      watch.found();
      answered = true;
      return source.say("not-asked", unasked, "gdpr-does-not-apply");
    }
    const event = String(data.eventStatus);
    if (!DONE.includes(event)) return wait("waiting", event === "cmpuishown" ? event : "loading");
    watch.found();
    // Consent for all sites at once is invalid since September 2021.
    if (data.isServiceSpecific === false) return wait("failed", "global-scope");
    const asVendor = vendor === undefined ? undefined : aboutVendor(data, vendor);
    const said = {
      own: flags(data.publisher), partners: flags(data.purpose), hints, askedToStore: data.purposeOneTreatment !== true, vendor: asVendor,
    };
    answered = true;
    source.say("answered", fromTcf({ ...said, basis }), asVendor === "unknown" ? "vendor-not-shown"
      : basis !== "purposes" && notAskedAboutSite(said) ? "no-publisher-consents" : event);
  };
  const listen = (call: CmpCall): void => {
    const hear = (data: unknown, success: unknown): void => {
      try {
        if (isObject(data) && data.listenerId != null && !listeners.has(data.listenerId)) {
          listeners.add(data.listenerId);
          watch.listening(call, data.listenerId);
        }
        read(data, success);
      } catch {
        wait("failed", "bad-shape");
      }
    };
    try {
      call("addEventListener", hear);
    } catch {
      wait("failed", "cmp-threw");
    }
  };
  const watch = watchCmp(TCF, patienceOf(options.patience), listen, (why) => wait(why === "no-cmp" ? "absent" : "failed", why));
  return () => {
    if (ended) return;
    ended = true;
    source.end();
    watch.stop();
  };
}

const flags = (holder: unknown): Flags => isObject(holder) && isObject(holder.consents) ? holder.consents as Flags : {};

/** What the visitor said about the site as a vendor. Since TCF 2.3 a vendor that was not shown cannot have been agreed to. */
function aboutVendor(data: Record<string, unknown>, id: number): Answer {
  const { vendor, outOfBand } = data;
  const shown = [vendor, outOfBand].map((holder) => isObject(holder) ? holder.disclosedVendors : undefined).find(isObject);
  const told = (of: unknown): boolean => isObject(of) && Object.hasOwn(of, id) && of[id] === true;
  // An empty list is what a consent tool before 2.3 gives: it does not say who was shown.
  if (shown && Object.keys(shown).length > 0 && !told(shown)) return "unknown";
  return isObject(vendor) && told(vendor.consents) ? "granted" : "denied";
}
