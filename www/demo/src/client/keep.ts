// What the shop itself keeps beside fewbits: the choice, the basket, the panel, the clock. Nothing of it is
// written unless the visitor allows it, and storage that throws is the same as none.

export type Key = "choice" | "basket" | "panel" | "clock";

const KEYS: Key[] = ["choice", "basket", "panel", "clock"];
const name = (key: Key) => `fernhill:${key}`;
const memory = new Map<Key, string>();
let allowed = false;

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

export function recall(key: Key): string | null {
  return memory.get(key) ?? attempt(() => localStorage.getItem(name(key))) ?? null;
}

export function keep(key: Key, value: string): void {
  memory.set(key, value);
  if (allowed) attempt(() => localStorage.setItem(name(key), value));
}

/** From now on what is kept goes to storage, or, if not, is taken out of it. What is in memory stays for this page. */
export function allow(storing: boolean): void {
  allowed = storing;
  for (const key of KEYS) {
    const value = memory.get(key);
    if (!storing) attempt(() => localStorage.removeItem(name(key)));
    else if (value !== undefined) attempt(() => localStorage.setItem(name(key), value));
  }
}

export const keeping = (): boolean => allowed;

/** Forgets what this page remembers, where storage knows better: for a page that has slept. */
export const wake = (): void => {
  if (allowed) memory.clear();
};

/** Erases all of it, in memory, too. */
export function erase(): void {
  memory.clear();
  allow(allowed);
  for (const key of KEYS) attempt(() => localStorage.removeItem(name(key)));
}

/** Calls back when another tab changed one of the keys. */
export function onOtherTab(call: (key: Key) => void): void {
  addEventListener("storage", ({ key }) => {
    for (const one of KEYS) {
      if (key !== null && key !== name(one)) continue;
      memory.delete(one);
      call(one);
    }
  });
}
