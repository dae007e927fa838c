// From what consent tools say to the four answers. The tables are data; docs/consent.md shows them with their reasons, and
// a test keeps the two equal.
import type { Answer, Consent, Purpose } from "./types.js";

/** What one source says. A purpose that is missing is none of its business: other sources decide alone. */
export type Said = Partial<Consent>;

export const PURPOSES: readonly Purpose[] = ["store", "personalise", "measure", "share"];

/** TCF, and the same numbers in Canada's section of GPP: the purposes that all have to be agreed to. */
export const TCF_PURPOSES: Readonly<Record<Purpose | "share-content", readonly number[]>> = {
  store: [1],
  personalise: [1, 5, 6],
  measure: [1, 8, 9],
  share: [1, 3, 4],
  // Instead of `share`, where hints go to the site's own server and to no ad.
  "share-content": [1, 5, 6],
};

/** Google Consent Mode v2: the types that all have to be granted. */
export const CONSENT_TYPES: Readonly<Record<Purpose, readonly string[]>> = {
  store: ["personalization_storage"],
  personalise: ["personalization_storage"],
  measure: ["analytics_storage"],
  share: ["ad_storage", "ad_user_data", "ad_personalization"],
};

/** United States, in any section of GPP: fields of which a 1 says that the visitor opted out. */
export const US_OPT_OUTS = ["SaleOptOut", "SharingOptOut", "TargetedAdvertisingOptOut"] as const;
/** What an opt-out closes, and Global Privacy Control: the same two as the SDK's option `gpc`. */
export const US_CLOSES: Readonly<Record<"measure" | "share-only", readonly Purpose[]>> = {
  measure: ["measure", "share"],
  "share-only": ["share"],
};

/** Sections of GPP, by the number under which a consent tool says that they apply. */
export const GPP_SECTIONS: Readonly<Record<number, string>> = {
  2: "tcfeuv2", 5: "tcfcav1", 6: "uspv1", 7: "usnat", 8: "usca", 9: "usva", 10: "usco", 11: "usut", 12: "usct", 13: "usfl",
  14: "usmt", 15: "usor", 16: "ustx", 17: "usde", 18: "usia", 19: "usne", 20: "usnh", 21: "usnj", 22: "ustn", 23: "usmn",
  24: "usmd", 25: "usin", 26: "usky", 27: "usri",
};

/** From the loosest to the strictest. */
const STRICTNESS: readonly Answer[] = ["granted", "unknown", "denied"];

/** The strictest of several answers; none if nobody has a say. */
export function strictest(answers: Iterable<Answer | undefined>): Answer | undefined {
  let worst = -1;
  for (const answer of answers) if (answer !== undefined) worst = Math.max(worst, STRICTNESS.indexOf(answer));
  return STRICTNESS[worst];
}

/** Several sources at once. */
export function combine(sources: readonly Said[]): Said {
  return each((purpose) => strictest(sources.map((said) => said[purpose])));
}

/** The same answer to all four. */
export const all = (answer: Answer): Consent => ({ store: answer, personalise: answer, measure: answer, share: answer });

/** One answer per purpose, where there is one. */
export function each(answer: (purpose: Purpose) => Answer | undefined): Said {
  const said: Said = {};
  for (const purpose of PURPOSES) {
    const one = answer(purpose);
    if (one !== undefined) said[purpose] = one;
  }
  return said;
}

/** Yes or no by number. Only own properties count: a page's prototypes may be polluted. */
export type Flags = Readonly<Record<number, boolean>>;
const yes = (flags: Flags, id: number): boolean => Object.hasOwn(flags, id) && flags[id] === true;
const anyYes = (flags: Flags): boolean => Object.values(flags).includes(true);

export interface TcfAnswers {
  /** What the visitor said about the site itself (`publisher.consents`). */
  own: Flags;
  /** What the visitor said about the site's partners (`purpose.consents`). */
  partners: Flags;
  /** Which of the two count. */
  basis: "publisher" | "purposes" | "both";
  /** Where hints go. */
  hints: "ads" | "content";
  /** False if the consent tool did not ask about purpose 1 at all (`purposeOneTreatment`). */
  askedToStore: boolean;
  /** Of the site's own entry in the vendor list, if it has one: what the visitor said, or `unknown` if it was not shown. */
  vendor?: Answer | undefined;
}

/** All refused and not asked look the same for the site itself. What partners were told tells them apart. */
export const notAskedAboutSite = ({ own, partners }: Pick<TcfAnswers, "own" | "partners">): boolean => !anyYes(own) && anyYes(partners);

/** The answers of a visitor who was asked by the TCF. */
export function fromTcf({ own, partners, basis, hints, askedToStore, vendor }: TcfAnswers): Said {
  const ownNo: Answer = notAskedAboutSite({ own, partners }) ? "unknown" : "denied";
  const one = (id: number): Answer | undefined => {
    const answers: Answer[] = [];
    if (basis !== "purposes") answers.push(yes(own, id) ? "granted" : ownNo);
    if (basis !== "publisher") answers.push(yes(partners, id) ? "granted" : "denied");
    const answer = strictest(answers);
    return id === 1 && answer === "denied" && !askedToStore ? "unknown" : answer;
  };
  return each((purpose) => {
    const ids = TCF_PURPOSES[purpose === "share" && hints === "content" ? "share-content" : purpose];
    return strictest([...ids.map(one), vendor]);
  });
}

/** What the site says where nobody is asked: see `FollowOptions.unasked`. */
export type Unasked = Partial<Consent>;

type Fields = Readonly<Record<string, unknown>>;

/** What a section of the United States says: a child without consent, an opt-out, or neither. */
export function usWord(section: Fields): "child" | "opted-out" | "not-opted-out" {
  const field = (name: string): unknown => Object.hasOwn(section, name) ? section[name] : undefined;
  if ([field("KnownChildSensitiveDataConsents")].flat().includes(1)) return "child";
  const out = US_OPT_OUTS.some((name) => field(name) === 1) || field("Gpc") === true || field("OptOutSale") === "Y";
  return out ? "opted-out" : "not-opted-out";
}

/** The answers of a visitor under a law of the United States: it only ever takes away. */
export function fromUs(section: Fields, closes: "measure" | "share-only", unasked: Unasked): Said {
  const word = usWord(section);
  if (word === "child") return all("denied");
  return each((purpose) => word === "opted-out" && US_CLOSES[closes].includes(purpose) ? "denied" : unasked[purpose]);
}

/** What Google's consent mode says of a type: what the visitor did, or what the page set before anybody was asked. */
export interface TypeState {
  update?: boolean;
  initial?: boolean;
}

/** The answers from Google Consent Mode. A default is no answer of the visitor: granted, it is the site's word for where
 * nobody is asked; denied, the visitor has not been asked yet. */
export function fromConsentMode(state: (type: string) => TypeState, unasked: Unasked): Said {
  return each((purpose) => {
    const states = CONSENT_TYPES[purpose].map(state);
    const answers = states.map(({ update, initial }): Answer | undefined => {
      if (update !== undefined) return update ? "granted" : "denied";
      return initial ? unasked[purpose] : "unknown";
    });
    return strictest(answers);
  });
}
