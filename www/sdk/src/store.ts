// What is stored: keys, journals, base64 and the lock that tabs share.
import type { Gone } from "./codes.js";
import type { empty } from "./storage.js";

/** What the core is handed: it reads and writes bytes, this file knows where. */
export interface Store {
  read(slot: number): Uint8Array | undefined;
  write(slot: number, bytes: Uint8Array): boolean;
  append(record: Uint8Array): boolean;
  journals(): number[];
  journal(id: number): Uint8Array | undefined;
  /** All journals in one: id, length, bytes; the numbers as four bytes, little-endian. */
  all(): Uint8Array;
}

export interface Vault {
  readonly store: Store;
  /** Runs work while no other tab does. `held` is false where there is no lock to hold: then nothing may be
   * spent from the budget that tabs share. `fold` is false where others may hold one: then no snapshot may be
   * written, and what happened stays in the journals. `settled` keeps the lock until every tab must have seen what
   * was written (see SETTLE), and tells whether the page was there all the time. */
  locked<T>(work: (held: boolean, fold: boolean, settled: () => Promise<boolean>) => T | Promise<T>): Promise<T>;
  /** The profile that was seen here is gone: somebody erased it, perhaps while this page was frozen. */
  erased(): boolean;
  /** Drops the own journals, and forgets what was seen. */
  reset(): void;
  /** All journals are in the snapshot: what is written from now on goes into a new one. To be called in the tick
   * of the fold; what it answers removes own journals and abandoned ones, once the snapshot has settled. */
  folded(): () => void;
  /** Erases the book's keys, and of the gate's record so much. */
  erase(gate: Gone): void;
  /** When the gate may have an answer, in seconds; 0: ask it, Infinity: never. */
  due(): number;
  setDue(at: number): void;
  /** Segments that the visitor does not want to be. */
  muted(): string[];
  setMuted(ids: readonly string[]): void;
  /** Tells the other tabs which purposes were withdrawn. Nothing of it stays. */
  announce(purposes: string): void;
  watch(on: { erased(): void; withdrawn(purposes: string): void; changed(): void; muted(): void }): () => void;
}

export interface VaultOptions {
  storage: Storage;
  book: string;
  /** Seconds since 1970. */
  now(): number;
  fail(code: "storage-full" | "storage-blocked"): void;
  /** A journal is full or old: fold soon. */
  wantsFold(): void;
  /** The storage belongs to this instance alone; a lock inside it is enough. */
  own: boolean;
  /** Of storage.ts. */
  empty: typeof empty;
}

const JOURNAL_SECONDS = 60;
const JOURNAL_BYTES = 4096;
/** So many records of one turn are written one by one, the rest at its end, or by so many bytes: a page that tells a
 * thousand events at once must not wait for a thousand writes. */
const BURST = 32;
const BURST_BYTES = 1024;
/** Room for them is taken before, so that what waits cannot find the storage full. Base64 passes over spaces. */
const ROOM = " ".repeat(2048);
/** Milliseconds after which what one tab wrote has come to all others. Each process has its own copy of the storage,
 * brought up to date by messages that may arrive later than the lock does: the next holder of the lock must not read
 * an old copy of what cannot be repaired. Usually it takes a few. (whatwg/html issue 403) */
const SETTLE = 500;
/** One lock for the origin, because the gate's key is the origin's and not the book's. */
const LOCK = "fewbits";
/** As in storage.ts. */
const GATE = "fewbits:gate";

const encode = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
};

// Text that is not base64 becomes one byte, which no codec takes for anything but damage.
const decode = (text: string | null): Uint8Array | undefined => {
  if (text === null) return undefined;
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array(1);
  }
};

export function openVault({ storage, book, now, fail, wantsFold, own, empty }: VaultOptions): Vault {
  const prefix = `fewbits:${book}:`;
  const slots = [prefix + "profile", GATE, prefix + "choices"];
  const journalPrefix = prefix + "journal:";
  const withdrawnKey = prefix + "withdrawn";
  const dueKey = prefix + "due";
  const mutedKey = prefix + "muted";
  const locks = own ? undefined : globalThis.navigator?.locks;
  const mine = new Set<string>();
  // The journal in use: its key, its text (of which the last letters may be padding), how it is stored, the bytes under
  // these last letters, its length in bytes, and when it began.
  let key = "", text = "", stored = "", rest: number[] = [], size = 0, begun = 0;
  let seen = false;
  // A record that is there but could not be read must not be taken for none, and written over.
  const unread = [false, false, false];

  const attempt = <T>(otherwise: T, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      const { name, code } = error as DOMException;
      fail(/quota/i.test(name) || code === 22 ? "storage-full" : "storage-blocked");
      return otherwise;
    }
  };
  const keys = (start: string): string[] => attempt([], () => {
    const found: string[] = [];
    for (let i = 0; i < storage.length; i++) {
      const one = storage.key(i);
      if (one?.startsWith(start)) found.push(one);
    }
    return found;
  });
  const remove = (one: string) => attempt(undefined, () => storage.removeItem(one));
  const parts = (one: string) => one.slice(journalPrefix.length).split(":").map(Number) as [id: number, created: number];

  const begin = () => {
    const id = crypto.getRandomValues(new Uint32Array(1))[0];
    begun = now();
    key = `${journalPrefix}${id}:${begun}`;
    mine.add(key);
    text = stored = "";
    rest = [];
    size = 0;
  };
  /** Sees to it that there is a journal which takes so many bytes more. */
  const prepare = (more: number) => {
    const age = now() - begun;
    const full = size > 0 && size + more > JOURNAL_BYTES || age > JOURNAL_SECONDS || age < 0;
    if (key && full) wantsFold();
    // A journal that is not as it was left belongs to the past: another tab erased it, or folded it as abandoned.
    if (!key || full || size > 0 && storage.getItem(key) !== stored) begin();
  };

  const append = (record: Uint8Array): boolean => attempt(false, () => {
    prepare(record.length);
    // Three bytes are four letters: only the letters of the last one or two bytes are written anew.
    const tail = Uint8Array.of(...rest, ...record);
    const whole = tail.length - tail.length % 3;
    const settled = text.slice(0, text.length - (rest.length && 4)) + encode(tail.subarray(0, whole));
    const left = tail.subarray(whole);
    const next = settled + encode(left);
    storage.setItem(key, next);
    text = stored = next;
    rest = [...left];
    size += record.length;
    return true;
  });
  let turn = 0, refused = false, waiting: number[] = [];
  const flush = () => {
    const all = waiting;
    waiting = [];
    if (all.length) append(Uint8Array.of(...all));
  };
  const makeRoom = () => attempt(false, () => {
    prepare(BURST_BYTES + 128);
    const next = text + ROOM;
    storage.setItem(key, next);
    stored = next;
    return true;
  });

  const store: Store = {
    read: (slot) => {
      unread[slot] = true;
      return attempt(undefined, () => {
        const bytes = decode(storage.getItem(slots[slot]!));
        unread[slot] = false;
        if (!slot && bytes) seen = true;
        return bytes;
      });
    },
    write: (slot, bytes) => !unread[slot] && attempt(false, () => {
      storage.setItem(slots[slot]!, encode(bytes));
      if (!slot) seen = true;
      return true;
    }),
    append: (record) => {
      if (!turn++) queueMicrotask(() => {
        turn = 0;
        refused = false;
        flush();
      });
      if (turn <= BURST) return append(record);
      refused ||= !waiting.length && !makeRoom();
      if (refused) return false;
      waiting.push(...record);
      if (waiting.length > BURST_BYTES) flush();
      return true;
    },
    journals: () => {
      flush();
      return keys(journalPrefix).map((one) => parts(one)[0]).filter((id) => id >= 0);
    },
    journal: (id) => attempt(undefined, () => {
      const one = keys(`${journalPrefix}${id}:`)[0];
      return one === undefined ? undefined : decode(storage.getItem(one));
    }),
    all: () => {
      const parts: Uint8Array[] = [];
      for (const id of store.journals()) {
        const bytes = store.journal(id);
        if (bytes) parts.push(new Uint8Array(Uint32Array.of(id, bytes.length).buffer), bytes);
      }
      const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.length;
      }
      return all;
    },
  };

  let queue: Promise<unknown> = Promise.resolve();
  // A request that a page leaves pending when it goes into the back/forward cache can keep the lock from every
  // other page of the site, so a page that is left takes its requests back, and lets go of what it holds.
  let here = new AbortController();
  const leave = () => {
    here.abort();
    here = new AbortController();
  };
  const reset = () => {
    key = "";
    waiting = [];
    mine.forEach(remove);
    mine.clear();
    seen = false;
  };

  return {
    store,
    locked: (work) => {
      const { signal } = here;
      const settled = () => new Promise<boolean>((done) => {
        if (!locks || signal.aborted) return done(!signal.aborted);
        const timer = setTimeout(done, SETTLE, true);
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          done(false);
        });
      });
      if (!locks) {
        const turn = queue.then(() => work(own, true, settled));
        queue = turn.catch(() => undefined);
        return turn;
      }
      let ran = false;
      // A document that is going away gets no lock. Then another tab may hold it: nothing is folded.
      const taken = locks.request(LOCK, { __proto__: null, signal } as LockOptions, () => { ran = true; return work(true, true, settled); });
      return (taken as ReturnType<typeof work> & Promise<never>).catch((error: unknown) => {
        if (ran) throw error;
        return work(false, false, settled);
      });
    },
    erased: () => seen && attempt(false, () => storage.getItem(slots[0]!) === null),
    reset,
    folded: () => {
      key = "";
      // A journal from the future is as old as one from the past: its tab will see that the clock went back.
      const old = keys(journalPrefix).filter((one) => !(Math.abs(now() - parts(one)[1]) <= 2 * JOURNAL_SECONDS));
      const done = [...mine, ...old];
      return () => {
        for (const one of done) {
          remove(one);
          mine.delete(one);
        }
      };
    },
    erase: (gate) => {
      attempt(undefined, () => empty(storage, prefix, gate));
      reset();
    },
    due: () => attempt(0, () => Number(storage.getItem(dueKey)) || 0),
    setDue: (at) => attempt(undefined, () => {
      const text = String(at);
      if (storage.getItem(dueKey) !== text) storage.setItem(dueKey, text);
    }),
    muted: () => attempt([], () => storage.getItem(mutedKey)?.split(" ") ?? []),
    setMuted: (ids) => ids.length ? attempt(undefined, () => storage.setItem(mutedKey, ids.join(" "))) : remove(mutedKey),
    announce: (purposes) => attempt(undefined, () => {
      storage.setItem(withdrawnKey, purposes);
      storage.removeItem(withdrawnKey);
    }),
    watch: (on) => {
      const listener = (event: StorageEvent) => {
        if (event.storageArea && event.storageArea !== storage) return;
        const { key: changed, newValue } = event;
        if (changed === null || changed === slots[0] && newValue === null) on.erased();
        else if (changed === withdrawnKey && newValue !== null) on.withdrawn(newValue);
        else if (changed === mutedKey) on.muted();
        else if (changed.startsWith(journalPrefix) && newValue !== null) on.changed();
      };
      globalThis.addEventListener?.("storage", listener);
      globalThis.addEventListener?.("pagehide", leave);
      return () => {
        globalThis.removeEventListener?.("storage", listener);
        globalThis.removeEventListener?.("pagehide", leave);
      };
    },
  };
}
