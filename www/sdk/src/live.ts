// What the bindings of frameworks share: one view of Fewbits, before it runs, while it runs, and after it.
import { complain } from "./complain.js";
import type { Decision, Fewbits } from "./types.js";

/** Fewbits, the promise of it, or a function that starts it. A function is called in a browser alone, when somebody
 * looks; what it started is ended when nobody does any more. */
export type Source = Fewbits | PromiseLike<Fewbits> | (() => Fewbits | PromiseLike<Fewbits>);

/** What counts until Fewbits has answered, on the server as in the browser: so hydration finds what it expects. */
export interface Initial {
  /** Segments, and groups that shall count as held. */
  readonly segments?: readonly string[] | undefined;
  /** Variants, by slot. */
  readonly decisions?: Readonly<Record<string, string>> | undefined;
}

/** A moment's answers. The same object until something changed. */
export interface View {
  readonly segments: readonly string[];
  is(id: string): boolean;
  decision(slot: string): Decision;
}

export interface Live {
  /** Fewbits, as soon as it is there. */
  readonly fewbits: Fewbits | null;
  readonly now: View;
  /** What `now` is at first. */
  readonly initial: View;
  subscribe(listener: () => void): () => void;
  /** This slot's variant is on the page: from now on it counts as seen. */
  shown(slot: string): void;
  /** Starts; what it answers with ends it. Whoever starts first starts all, and who ends last ends all. */
  start(): () => void;
}

const undecided = (slot: string, variant = ""): Decision => ({ slot, variant, because: "", by: "not-running", rule: -1, frozen: false });
const isPromise = (source: Source): source is PromiseLike<Fewbits> => typeof (source as PromiseLike<Fewbits>).then === "function";
const alike = (a: Decision, b: Decision) => a.variant === b.variant && a.rule === b.rule && a.by === b.by && a.frozen === b.frozen;
const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((one, i) => one === b[i]);

/** Answers each question once. */
function once<T>(answer: (question: string) => T): (question: string) => T {
  const known = new Map<string, T>();
  return (question) => {
    let found = known.get(question);
    if (found === undefined) known.set(question, found = answer(question));
    return found;
  };
}

export function openLive(source: Source, { segments = [], decisions = {} }: Initial = {}): Live {
  const initial: View = {
    segments,
    is: (id) => segments.includes(id),
    decision: once((slot) => undecided(slot, Object.hasOwn(decisions, slot) ? decisions[slot] : "")),
  };
  const listeners = new Set<() => void>();
  const view = (fb: Fewbits, before: View): View => {
    const held = fb.segments;
    const peeked = new Map(fb.decisions().map((one) => {
      const old = before.decision(one.slot);
      return [one.slot, alike(old, one) ? old : one];
    }));
    return {
      segments: same(held, before.segments) ? before.segments : held,
      is: once((id) => fb.is(id)),
      // A slot that the book does not know is told as an error, and shows nothing.
      decision: once((slot) => peeked.get(slot) ?? fb.decide(slot)),
    };
  };

  let fewbits: Fewbits | null = null;
  let now = initial;
  const look = (): void => {
    if (fewbits) now = view(fewbits, now);
    for (const listener of listeners) listener();
  };
  if (typeof source !== "function" && !isPromise(source)) {
    fewbits = source;
    now = view(source, initial);
  }

  let users = 0;
  let stop: (() => void) | undefined;
  const begin = (): (() => void) => {
    const owned = typeof source === "function";
    let ended = false, own: Fewbits | undefined;
    const offs: (() => void)[] = [];
    const attach = (fb: Fewbits): void => {
      if (owned) own = fb;
      if (ended) return own?.destroy();
      fewbits = fb;
      offs.push(fb.on("change", look), fb.on("decision", look));
      look();
    };
    const failed = (error: unknown) => complain("what was to start it failed", error);
    try {
      const given = owned ? source() : source;
      if (isPromise(given)) given.then(attach, failed);
      else attach(given);
    } catch (error) {
      failed(error);
    }
    return () => {
      ended = true;
      for (const off of offs) off();
      own?.destroy();
      if (own) fewbits = null;
    };
  };

  return {
    get fewbits() { return fewbits; },
    get now() { return now; },
    initial,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => { listeners.delete(listener); };
    },
    shown: (slot) => {
      if (fewbits && !alike(fewbits.decide(slot), now.decision(slot))) look();
    },
    start: () => {
      users += 1;
      stop ??= begin();
      let mine = true;
      return () => {
        if (!mine) return;
        mine = false;
        users -= 1;
        // Not at once: a framework that tries out whether its users clean up starts anew in the same turn.
        setTimeout(() => {
          if (users || !stop) return;
          stop();
          stop = undefined;
        });
      };
    },
  };
}
