// `fewbits/evaluate`: segments from what a server knows of a request, without a memory of anybody.
import { run } from "./client.js";
import { link, loadedCore, type Engine } from "./engine.js";
import { reporter } from "./errors.js";
import { here } from "./host.js";
import { load } from "./load.js";
import type { Context, Facts, Options, Tags } from "./types.js";

export type * from "./types.js";

/** One event of the past. */
export interface Happened {
  readonly event: string;
  readonly tags?: Tags | null;
  readonly value?: number | null;
  /** When, in milliseconds since 1970. Default: `now`. */
  readonly at?: number;
}

/** What is known, and nothing else is. */
export interface Situation {
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: number;
  /** The environment, as `setContext` takes it. Nothing is read from the process. */
  readonly context?: Context;
  /** Declared signals, as `declare` takes them. */
  readonly facts?: Facts;
  /** In any order. */
  readonly events?: readonly Happened[];
}

export interface Evaluation {
  /** Segments that hold, in the order of the book. */
  readonly segments: readonly string[];
}

export interface Evaluator {
  /** Who counts as what, from this situation alone: no call leaves a trace in the next one. Never throws. */
  evaluate(situation?: Situation): Evaluation;
  /** All segments in the order of the book. */
  readonly ids: readonly string[];
}

/** Loads a book for many evaluations. Rejects if it cannot be used, with what `fb.error` would say in a page. */
export async function createEvaluator(options: Pick<Options, "book" | "wasm" | "onError">): Promise<Evaluator> {
  const host = here();
  const fail = reporter(options.onError);
  const opened = await load(options, host);
  if ("problem" in opened) {
    const { code, message, help } = await fail(opened.problem);
    throw new Error(`${code}: ${message} (${help})`);
  }
  const { book, tables } = opened;
  const module = await loadedCore();
  return {
    ids: tables.ids,
    evaluate({ now = Date.now(), context, facts, events = [] } = {}) {
      const past = events.map((one) => ({ ...one, at: one.at ?? now })).sort((a, b) => a.at - b.at);
      let clock = past[0]?.at ?? now;
      // An instance of its own: what one visitor left in it, no other can find.
      const { imports, open } = link(book);
      const engine = open(new WebAssembly.Instance(module, imports)) as Engine;
      const { fb } = run({ engine, book, tables }, { book, storage: "none", auto: false, clock: () => clock }, host, fail);
      if (context) fb.setContext(context);
      if (facts) fb.declare(facts);
      for (const { event, tags, value, at } of past) {
        clock = at;
        fb.track(event, tags, value);
      }
      clock = now;
      const { segments } = fb;
      fb.destroy();
      return { segments };
    },
  };
}
