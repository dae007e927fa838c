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

/** Runs work under the lock that tabs share; `held` is false where there is none. `settled` waits until the other
 * tabs must know what was written, and is false if the page did not live to see it. */
export type UnderLock = <T>(otherwise: T, work: (held: boolean, settled: () => Promise<boolean>) => T | Promise<T>) => Promise<T>;

const MAX_TIMER = 0x7fffffff;

export type Timer = ReturnType<typeof setTimeout> | undefined;
/** A timer that does not keep a process alive, and does not overflow. */
export function later(wait: number, work: () => unknown): Timer {
  const timer = setTimeout(work, Math.min(wait, MAX_TIMER));
  (timer as { unref?: () => void }).unref?.();
  return timer;
}

export type Later = typeof later;

/** Waits for work that does not reject, but no longer than this. Not by `Promise.race`, which not every page's
 * Promise has. */
export const within = (milliseconds: number, work: Promise<void>): Promise<void> => new Promise((done) => {
  const limit = setTimeout(done, milliseconds);
  void work.then(() => {
    clearTimeout(limit);
    done();
  });
});
