// The Global Privacy Platform, 1.1: sections of the United States, of the TCF in Europe, and of Canada.
import { GPP, isObject, patienceOf, watchCmp, type CmpCall } from "./cmp.js";
import { all, combine, fromTcf, fromUs, GPP_SECTIONS, usWord, type Flags, type Said, type Unasked } from "./consent-table.js";
import { openSource, unaskedOf, type Followed, type FollowOptions } from "./sources.js";

export type { Followed, FollowOptions, SourceState, Told } from "./sources.js";

export interface GppOptions extends FollowOptions {
  /** What an opt-out from sale, sharing or targeted advertising closes. Default `"measure"`: reports and hints, as Global
   * Privacy Control does; `"share-only"`: hints. */
  optOut?: "measure" | "share-only";
  /** As in `followTcf`, for the sections `tcfeuv2` and `tcfcav1`. */
  basis?: "publisher" | "purposes" | "both";
  /** As in `followTcf`. */
  hints?: "ads" | "content";
  /** Milliseconds to look for a consent tool that is not there yet. Default: 60000. */
  patience?: number;
}

const UNDETERMINED = 0, NONE = -1;

/**
 * Follows the page's consent tool by the GPP (`__gpp`), for as long as the page lives. It may be called before the tool is
 * there. Laws of the United States only take away: who did not opt out has said nothing, and what then holds is for the
 * site to say, in `unasked`. Returns the function that ends it.
 *
 * @example
 * import { followGpp } from "fewbits/gpp";
 * const stop = followGpp(fb, { unasked: { store: "granted", personalise: "granted", measure: "granted" } });
 */
export function followGpp(fb: Followed, options: GppOptions = {}): () => void {
  const rules: Rules = {
    closes: options.optOut === "share-only" ? "share-only" : "measure",
    basis: options.basis ?? "publisher",
    hints: options.hints ?? "ads",
    unasked: unaskedOf(options.unasked),
  };
  const source = openSource(fb, "gpp", options.onAnswer);
  const unknown = all("unknown");
  let answered = false, ended = false;

  const wait = (state: "waiting" | "failed" | "absent", because: string): void => {
    if (!answered) source.say(state, unknown, because);
  };
  const read = (ping: unknown): void => {
    if (ended) return;
    if (!isObject(ping)) return wait("failed", "bad-shape");
    if (ping.cmpStatus === "error") return wait("failed", "cmp-error");
    if (ping.signalStatus !== "ready") return wait("waiting", "not-ready");
    watch.found();
    const { applicableSections, parsedSections } = ping;
    if (!Array.isArray(applicableSections) || !isObject(parsedSections)) return wait("failed", "bad-shape");
    answered = true;
    const ids = applicableSections.filter((id): id is number => id !== NONE);
    if (!ids.length) return source.say("not-asked", rules.unasked, "no-section-applies");
    if (ids.includes(UNDETERMINED)) return source.say("answered", unknown, "section-not-determined");
    const said = ids.map((id) => ofSection(GPP_SECTIONS[id], parsedSections, rules));
    source.say("answered", combine(said.map(({ answers }) => answers)), said.map(({ because }) => because).join(" "));
  };
  const listen = (call: CmpCall): void => {
    const guarded = (work: () => void): void => {
      try {
        work();
      } catch {
        wait("failed", "bad-shape");
      }
    };
    try {
      call("addEventListener", (event, success) => guarded(() => {
        if (!isObject(event) || success === false) return wait("failed", "bad-shape");
        if (event.eventName === "listenerRegistered") watch.listening(call, event.listenerId);
        // Every event carries the state; a tool that leaves it out is asked for it.
        if (isObject(event.pingData)) read(event.pingData);
        else call("ping", (ping) => guarded(() => read(ping)));
      }));
    } catch {
      wait("failed", "cmp-threw");
    }
  };
  const watch = watchCmp(GPP, patienceOf(options.patience), listen, (why) => wait(why === "no-cmp" ? "absent" : "failed", why));
  return () => {
    if (ended) return;
    ended = true;
    source.end();
    watch.stop();
  };
}

interface Rules {
  closes: "measure" | "share-only";
  basis: "publisher" | "purposes" | "both";
  hints: "ads" | "content";
  unasked: Unasked;
}

function ofSection(name: string | undefined, parsed: Record<string, unknown>, rules: Rules): { answers: Said; because: string } {
  const found = name !== undefined && Object.hasOwn(parsed, name) ? parsed[name] : undefined;
  // Some tools give the parts of a section one by one.
  const section = Array.isArray(found) ? Object.assign({}, ...found as object[]) as Record<string, unknown> : found;
  if (!name || !isObject(section)) return { answers: all("unknown"), because: name ? `no-${name}` : "unknown-section" };
  if (name.startsWith("us")) {
    return { answers: fromUs(section, rules.closes, rules.unasked), because: `${name}:${usWord(section)}` };
  }
  const { basis, hints } = rules;
  if (name === "tcfeuv2") {
    const [own, partners] = [bits(section.PublisherConsents), bits(section.PurposeConsents)];
    const askedToStore = section.PurposeOneTreatment !== true;
    return { answers: fromTcf({ own, partners, basis, hints, askedToStore }), because: name };
  }
  // Canada: what was agreed to expressly is a yes; what is implied, nobody was asked about.
  const asked = { basis, hints, askedToStore: true };
  const express = fromTcf({ own: bits(section.PubPurposesExpressConsent), partners: bits(section.PurposesExpressConsent), ...asked });
  const implied = fromTcf({
    own: either(section.PubPurposesExpressConsent, section.PubPurposesImpliedConsent),
    partners: either(section.PurposesExpressConsent, section.PurposesImpliedConsent), ...asked,
  });
  const answers: Said = {};
  for (const purpose of ["store", "personalise", "measure", "share"] as const) {
    const one = express[purpose] !== "granted" && implied[purpose] === "granted" ? rules.unasked[purpose] : express[purpose];
    if (one !== undefined) answers[purpose] = one;
  }
  return { answers, because: name };
}

/** Purposes are numbered from one, lists of them from zero. */
function bits(list: unknown): Flags {
  const flags: Record<number, boolean> = {};
  if (Array.isArray(list)) list.forEach((one, index) => { flags[index + 1] = one === true || one === 1; });
  return flags;
}

function either(one: unknown, other: unknown): Flags {
  const [a, b] = [bits(one), bits(other)];
  return Object.fromEntries(Object.keys({ ...a, ...b }).map((id) => [id, a[+id] === true || b[+id] === true]));
}
