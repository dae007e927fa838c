// Sources of consent: each says what it knows, and the strictest answer of all that are followed is in force.
import { all, combine, PURPOSES, type Said, type Unasked } from "./consent-table.js";
import { complain } from "./complain.js";
import type { Consent, Fewbits } from "./types.js";

/** What a consent source needs of Fewbits. */
export type Followed = Pick<Fewbits, "setConsent">;

/** `waiting`: nothing heard yet. `answered`: the visitor said so, now or earlier. `not-asked`: the law that the source asks
 * for does not ask this visitor. `absent`: there is no such consent tool. `failed`: it gave nothing that can be used. */
export type SourceState = "waiting" | "answered" | "not-asked" | "absent" | "failed";

/** What a source said, for the site to see. */
export interface Told {
  readonly source: "tcf" | "gpp" | "consent-mode";
  readonly state: SourceState;
  /** What it says of each purpose. One that is missing is none of its business. */
  readonly answers: Partial<Consent>;
  /** Why, as a word: `useractioncomplete`, `opted-out`, `no-cmp`; docs/consent.md has all of them. */
  readonly because: string;
}

/** Options that all consent sources have. */
export interface FollowOptions {
  /** What holds where the law behind this source asks nobody: the GDPR does not apply, or a law gives a right to object
   * and the visitor did not use it. That is for the site to say; without it the source has no say there.
   * `{ store: "granted", personalise: "granted" }` is what a site means that relies on opt-out. */
  unasked?: Partial<Consent>;
  /** Called with each thing that the source says, also if it changes nothing. */
  onAnswer?: (told: Told) => void;
}

/** What was said about one running SDK, by all sources that were ever followed. */
interface Ledger {
  said: Map<string, Said>;
  /** What was last passed on. */
  last: Said;
}
const ledgers = new WeakMap<object, Ledger>();

/** The site's answers for where nobody is asked, without what is none. */
export const unaskedOf = (given: unknown): Unasked => {
  const unasked: Unasked = {};
  for (const purpose of PURPOSES) {
    const answer = typeof given === "object" && given !== null ? (given as Unasked)[purpose] : undefined;
    if (answer === "granted" || answer === "denied" || answer === "unknown") unasked[purpose] = answer;
    else if (answer !== undefined) complain(`unasked.${purpose} is no answer: granted, denied or unknown`);
  }
  return unasked;
};

export interface Source {
  say(state: SourceState, answers: Said, because: string): void;
  /** It says nothing more. What it said stays: to stop listening must not loosen anything. */
  end(): void;
}

/** Joins the sources that are followed for this SDK. Until it has answered, nothing is granted. */
export function openSource(fb: Followed, source: Told["source"], onAnswer: FollowOptions["onAnswer"]): Source {
  let ledger = ledgers.get(fb);
  if (!ledger) ledgers.set(fb, ledger = { said: new Map(), last: {} });
  const { said } = ledger;
  const known = said.get(source);
  said.set(source, known ?? all("unknown"));
  let ended = false;

  const pass = ({ last }: Ledger): void => {
    const next = combine([...said.values()]);
    // Who had a say and has none any more leaves nothing behind that would let something out.
    for (const purpose of PURPOSES) if (last[purpose] && !next[purpose]) next[purpose] = "unknown";
    if (PURPOSES.every((purpose) => next[purpose] === last[purpose])) return;
    ledger.last = next;
    void fb.setConsent(next);
  };
  return {
    say(state, answers, because) {
      if (ended) return;
      try {
        said.set(source, answers);
        // A source that has not answered yet changes nothing that the site knew before.
        if (state === "answered" || state === "not-asked") pass(ledger);
        onAnswer?.({ source, state, answers: { ...answers }, because });
      } catch (error) {
        complain("onAnswer threw", error);
      }
    },
    end: () => { ended = true; },
  };
}
