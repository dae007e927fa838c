// Prebid.js: a submodule for real-time data, which puts the hint into an auction's first-party data.
import { complain } from "./complain.js";
import { openRtb, put, type BidRequest, type OpenRtb, type OpenRtbOptions } from "./openrtb.js";
import type { Shared } from "./outlet.js";
import type { Fewbits } from "./types.js";

export type { IabId, TaxonomyMap } from "./iab.js";
export type { Given, OutletOptions, Shared } from "./outlet.js";
export type { DataOptions, OpenRtbOptions } from "./openrtb.js";

/** What the submodule needs of Fewbits. */
export type Prebids = Shared & Pick<Fewbits, "forget">;

export interface RtdOptions extends OpenRtbOptions {
  /** The running SDK, or a promise of it. */
  fewbits: Prebids | Promise<Prebids>;
}

/** A submodule of Prebid's `realTimeData`, as `submodule("realTimeData", ...)` takes it. */
export interface RtdSubmodule {
  readonly name: "fewbits";
  init(config: unknown, consent: unknown): boolean;
  getBidRequestData(request: { ortb2Fragments?: { global?: BidRequest } }, done: () => void, config: unknown, consent: unknown, timeout: number): void;
  onDataDeletionRequest(config: unknown): void;
}

/**
 * A submodule for Prebid's real-time data module: the hint goes into `ortb2Fragments.global.user.data`, for all bidders
 * alike, and what Prebid's own rules on activities forbid stays out. Nothing is added without `share`.
 *
 * @example
 * // In Prebid's folder `modules`; `submodule` comes from its src/hook.js.
 * import { rtdSubmodule } from "fewbits/prebid";
 * submodule("realTimeData", rtdSubmodule({ fewbits: window.fewbits, name: "shop.example", taxonomy: { "interest/footwear": "676" } }));
 */
export function rtdSubmodule({ fewbits, ...options }: RtdOptions): RtdSubmodule {
  let ortb: Promise<OpenRtb> | undefined;
  const running = Promise.resolve(fewbits);
  return {
    name: "fewbits",
    init: () => {
      ortb ??= running.then((fb) => openRtb(fb, options));
      // Told where it is awaited.
      ortb.catch(() => undefined);
      return true;
    },
    getBidRequestData: (request, done) => {
      void (async () => {
        try {
          const open = await ortb;
          await open?.ready;
          const global = request.ortb2Fragments?.global;
          // Prebid hands out a guard: it lets through what its rules allow, and may not outlive this call.
          if (open && global) put(global, open.data, options);
        } catch (error) {
          complain("prebid: nothing could be added to an auction", error);
        }
        done();
      })();
    },
    onDataDeletionRequest: () => {
      void running.then((fb) => fb.forget()).catch((error: unknown) => complain("prebid: erasing failed", error));
    },
  };
}
