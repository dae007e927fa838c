// Who is told what. A listener that throws stops nobody.
import type { ErrorCode, Events } from "./types.js";

type Sets = { [K in keyof Events]: Set<(detail: Events[K]) => void> };

export function openListeners(bad: (code: ErrorCode) => 0) {
  const sets: Sets = { change: new Set(), ledger: new Set(), consent: new Set(), decision: new Set() };
  return {
    on<K extends keyof Events>(event: K, listener: (detail: Events[K]) => void): () => void {
      const set = sets[event];
      if (!set || typeof listener !== "function") {
        bad("bad-option");
        return () => undefined;
      }
      set.add(listener);
      return () => { set.delete(listener); };
    },
    emit<K extends keyof Events>(event: K, detail: Events[K]): void {
      for (const listener of sets[event]) {
        try {
          listener(detail);
        } catch (error) {
          bad("listener-threw");
          // The page's own error log is where its own errors belong.
          globalThis.reportError?.(error);
        }
      }
    },
    count: (...events: (keyof Events)[]): number => events.reduce((sum, event) => sum + sets[event].size, 0),
    clear(): void {
      for (const set of Object.values(sets)) set.clear();
    },
  };
}
