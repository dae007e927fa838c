// Where things are stored, and how a storage is emptied. What is written there, and how tabs share it: store.ts.
import { Gone } from "./codes.js";

/** Everything of ours begins so. */
export const OURS = "fewbits:";
/** The gate's record: one for the whole site. */
export const GATE = OURS + "gate";

/** The page's storage; `undefined` where there is none, `null` where it is forbidden. */
export function pageStorage(): Storage | undefined | null {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
}

/** Storage that ends with the process. */
export function memoryStorage(): Storage {
  const cells = new Map<string, string>();
  return {
    get length() { return cells.size; },
    key: (index) => [...cells.keys()][index] ?? null,
    getItem: (key) => cells.get(key) ?? null,
    setItem: (key, value) => { cells.set(key, value); },
    removeItem: (key) => { cells.delete(key); },
    clear: () => cells.clear(),
  };
}

/** Bytes of the gate's record that outlive erasing: see `src/gate/storing.rs`. */
const TOMBSTONE = 13;

/** Erases what begins with `prefix`, and of the gate's record so much. What was spent stays of it, unless everything is
 * to go: erasing is no way to be asked again. */
export function empty(storage: Storage, prefix: string, gate: Gone): void {
  for (let i = storage.length - 1; i >= 0; i--) {
    const key = storage.key(i)!;
    if (key !== GATE) {
      if (key.startsWith(prefix)) storage.removeItem(key);
    } else if (gate) {
      // What cannot be read might have spent everything.
      let record = storage.getItem(key)!;
      try { record = atob(record).slice(0, TOMBSTONE); } catch { record = "\0"; }
      if (gate === Gone.Ledger && (record.length < TOMBSTONE || /[^\0]/.test(record.slice(5, 9)))) storage.setItem(GATE, btoa(record));
      else storage.removeItem(key);
    }
  }
}
