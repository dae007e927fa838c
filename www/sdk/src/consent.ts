// Four answers, and what overrules them.
import type { Answer, Consent, Purpose } from "./types.js";

/** In the order of the core's codes. */
export const PURPOSES: readonly Purpose[] = ["store", "personalise", "measure", "share"];
/** In the order of the core's codes. */
const ANSWERS: readonly Answer[] = ["unknown", "granted", "denied"];

export const answerCode = (answer: Answer): number => ANSWERS.indexOf(answer);

export const nothingKnown = (): Consent =>
  ({ store: "unknown", personalise: "unknown", measure: "unknown", share: "unknown" });

/** The answers that are in force after new ones came in; `bad` is called if one is none. */
export function decide(old: Consent, said: Partial<Consent>, gpc: false | "measure" | "share-only", bad: () => void): Consent {
  const next = { ...old };
  for (const key of Object.keys(said) as Purpose[]) {
    const answer = said[key];
    if (answer === undefined) continue;
    if (PURPOSES.includes(key) && ANSWERS.includes(answer)) next[key] = answer;
    else bad();
  }
  // The visitor has said no in the browser, to all sites at once.
  if (gpc) next.share = "denied";
  if (gpc === "measure") next.measure = "denied";
  return next;
}
