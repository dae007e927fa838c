// What every way into the core shares, and the one kind of timer.
import type { Core } from "./load.js";
import type { ErrorCode } from "./types.js";

export interface Io extends Core {
  /** Seconds since 1970. */
  now(): number;
  /** False after the end: nothing is taken in any more. */
  alive(): boolean;
  /** Tells of a mistake of the page. */
  bad(code: ErrorCode): 0;
  /** Tells of a failure, of whatever kind. */
  caught(error: unknown): 0;
  /** Notes that memberships may have changed; hands on how many did. */
  touched(changed: number): number;
}

const MAX_TIMER = 0x7fffffff;

export type Timer = ReturnType<typeof setTimeout> | undefined;
/** A timer that does not keep a process alive, and does not overflow. */
export function later(wait: number, work: () => unknown): Timer {
  const timer = setTimeout(work, Math.min(wait, MAX_TIMER));
  (timer as { unref?: () => void }).unref?.();
  return timer;
}

/** Work of which one round at a time is enough. */
export function single(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => running ??= work().finally(() => { running = undefined; });
}

/** Waits for work that does not reject, but no longer than this. Not by `Promise.race`, which not every page's
 * Promise has. */
export const within = (milliseconds: number, work: Promise<void>): Promise<void> => new Promise((done) => {
  const limit = setTimeout(done, milliseconds);
  void work.then(() => {
    clearTimeout(limit);
    done();
  });
});
