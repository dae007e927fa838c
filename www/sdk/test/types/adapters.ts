// Compiles against the built package as a site would: adapters. No call here is ever run.
import type { GrowthBook } from "@growthbook/growthbook";
import { OpenFeature } from "@openfeature/web-sdk";
import type { Consent, Fewbits, NamesOf } from "fewbits";
import { followConsentMode } from "fewbits/consent-mode";
import { followGpp } from "fewbits/gpp";
import { shareWithGpt } from "fewbits/gpt";
import { feedGrowthBook } from "fewbits/growthbook";
import { FewbitsProvider } from "fewbits/openfeature";
import { openRtb, userData, type IabId, type UserData } from "fewbits/openrtb";
import { rtdSubmodule } from "fewbits/prebid";
import { formatHint, parseHint, readHint, shareWithServer, type Hint } from "fewbits/ssr";
import { followTcf, type Told } from "fewbits/tcf";
import type { book } from "./book.js";

export function sources(fb: Fewbits): void {
  const onAnswer = ({ source, state, answers, because }: Told): void => {
    const some: Partial<Consent> = answers;
    void [source satisfies "tcf" | "gpp" | "consent-mode", state, because, some];
  };
  const stop: () => void = followTcf(fb, { basis: "both", hints: "content", vendor: 12, patience: 1, unasked: { store: "granted" }, onAnswer });
  followGpp(fb, { optOut: "share-only", basis: "purposes", onAnswer });
  followConsentMode(fb, { region: "US-CA", dataLayer: "layer" });
  followTcf(fb);
  stop();
  // @ts-expect-error no such basis
  followTcf(fb, { basis: "legitimate-interest" });
  // @ts-expect-error no such purpose
  followGpp(fb, { unasked: { ads: "granted" } });
}

export async function outlets(fb: Fewbits, growthbook: GrowthBook, headers: Headers): Promise<void> {
  const id: IabId = "676";
  const ortb = openRtb(fb, { name: "shop.example", taxonomy: { "interest/boots": id, "interest/coats": ["680", "681"] }, segtax: 4 });
  await ortb.ready;
  const data: readonly UserData[] = ortb.data;
  const request = ortb.enrich({ imp: [{ id: "1" }], user: { yob: 1980 } });
  request.imp[0]?.id.trim();
  userData(["interest/boots"], { name: "shop.example", taxonomy: {} })[0]?.ext.segtax.toFixed();
  shareWithGpt(fb, { taxonomy: { "interest/boots": "676" }, onGiven: ({ segments, because }) => [segments?.length, because] }).stop();
  const told: Record<string, string> = shareWithServer(fb, { days: 7 }).headers;
  const hint: Hint | null = readHint(headers) ?? readHint({ cookie: "a=b" }) ?? parseHint(formatHint(["a/b"]));
  rtdSubmodule({ fewbits: Promise.resolve(fb), name: "shop.example", taxonomy: {} }).init({}, {}) satisfies boolean;
  feedGrowthBook(fb, growthbook, { from: "hint" })();
  await OpenFeature.setProviderAndWait(new FewbitsProvider(fb, { values: { hero: { winter: { title: "x" } } } }));
  // @ts-expect-error a number of a taxonomy
  openRtb(fb, { name: "shop.example", taxonomy: { "interest/boots": "boots" } });
  // @ts-expect-error who says so is needed
  openRtb(fb, { taxonomy: {} });
  // @ts-expect-error `segtax` is an integer
  openRtb(fb, { name: "shop.example", taxonomy: {}, segtax: "4" });
  void [data, told, hint];
}

/** With an SDK that knows the names of its book. */
export function typed(fb: Fewbits<NamesOf<typeof book>>, growthbook: GrowthBook): void {
  followTcf(fb);
  followGpp(fb);
  followConsentMode(fb);
  openRtb(fb, { name: "shop.example", taxonomy: { "interest/boots": "676" } });
  shareWithGpt(fb, { taxonomy: {} });
  shareWithServer(fb);
  rtdSubmodule({ fewbits: fb, name: "shop.example", taxonomy: {} });
  feedGrowthBook(fb, growthbook);
  new FewbitsProvider(fb);
}
