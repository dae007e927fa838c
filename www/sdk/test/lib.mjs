// What the tests stand on: a clock that is set by hand, storage that several tabs share and that can fail, locks.
import { cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compile, createFewbits } from "../dist/node.js";

export const DAY = 86_400_000;
export const START = Date.UTC(2026, 10, 23, 12);

/** A book with one of everything that the tests look at. */
export const BOOK = {
  fewbits: 1,
  book: "test-shop",
  version: 3,
  signals: {
    views: { count: "view", within: "7d" },
    spend: { sum: "purchase", within: "52w", max: 100_000 },
    aisle: { top: "aisle", half_life: "14d", items: ["boots", "sandals"] },
    weather: { declared: ["cold", "mild", "hot"] },
    member: { declared: "boolean" },
    age: { declared: "number", min: 0, max: 120 },
    season: { context: "season" },
    referrer: { context: "referrer" },
    medium: { context: "medium" },
    device: { context: "device" },
    language: { context: "language" },
    continent: { context: "continent" },
    reading: { engagement: "dwell", within: "session" },
    depth: { engagement: "scroll", within: "session" },
  },
  dimensions: {
    lifecycle: {
      why: "greet newcomers",
      segments: [
        { id: "rich", when: { spend: { $gte: 100 } } },
        { id: "active", when: { views: { $gte: 3 } } },
      ],
      otherwise: "new",
    },
    interest: {
      why: "lead with the aisle",
      groups: ["footwear"],
      segments: [
        { id: "boots", under: "footwear", when: { aisle: "boots" } },
        { id: "sandals", under: "footwear", when: { aisle: "sandals" } },
      ],
      otherwise: "any",
    },
    told: {
      why: "what the site says",
      segments: [
        { id: "cold-member", when: { weather: "cold", member: true } },
        { id: "old", when: { age: { $gte: 65 } } },
      ],
      otherwise: "other",
    },
    where: {
      why: "what the environment says",
      segments: [
        { id: "winter", when: { season: "winter" } },
        { id: "searching", when: { referrer: "search" } },
        { id: "phone", when: { device: "phone" } },
        { id: "ads", when: { medium: "ads" } },
        { id: "german", when: { language: "de", continent: "asia" } },
        { id: "reader", when: { reading: { $gte: 10 } } },
        { id: "deep", when: { depth: { $gte: 75 } } },
      ],
      otherwise: "plain",
    },
  },
  report: { questions: { lifecycle: 1 }, bootstrap: true },
};

export const bytes = await compile(BOOK);

/** The backing of a storage, as the browser keeps it for all tabs. With a `lag`, each tab has a copy of its own, which
 * hears of the others' changes that many milliseconds later, as between the processes of a browser. */
export class Disk {
  cells = new Map();
  tabs = new Set();

  constructor(lag = 0) {
    this.lag = lag;
  }

  /** A tab's own view: a Storage that tells the other tabs, and can be made to fail. */
  tab() {
    const disk = this;
    const view = disk.lag ? new Map(disk.cells) : disk.cells;
    // Changes of this tab's own that the browser has not confirmed: older ones of others do not undo them.
    const own = [];
    const change = (key, value) => {
      const there = view.has(key);
      if (value === null) view.delete(key);
      else view.set(key, value);
      if (!disk.lag) {
        if (there || value !== null) disk.tell(tab, key, value);
        return;
      }
      if (value === null) disk.cells.delete(key);
      else disk.cells.set(key, value);
      own.push(key);
      setTimeout(() => {
        own.splice(own.indexOf(key), 1);
        for (const other of disk.tabs) if (other !== tab) other.hears(key, value);
        disk.tell(tab, key, value);
      }, disk.lag);
    };
    const tab = {
      dead: false, full: false, blocked: false, unreadable: false, writes: 0, listener: undefined,
      /** Called before each write; a throw kills the tab in the middle of what it does. */
      before: () => undefined,
      get length() { tab.check(); return view.size; },
      key(index) { tab.check(); return [...view.keys()][index] ?? null; },
      getItem(key) {
        tab.check();
        if (tab.unreadable) throw new DOMException("no", "SecurityError");
        return view.get(key) ?? null;
      },
      setItem(key, value) {
        tab.check();
        tab.before("set", key);
        if (tab.full) throw new DOMException("no", "QuotaExceededError");
        tab.writes++;
        change(key, String(value));
      },
      removeItem(key) {
        tab.check();
        tab.before("remove", key);
        change(key, null);
      },
      clear() { disk.cells.clear(); disk.tell(tab, null, null); },
      hears(key, value) {
        if (own.includes(key)) return;
        if (value === null) view.delete(key);
        else view.set(key, value);
      },
      check() {
        if (tab.dead) throw new Error("this tab is dead");
        if (tab.blocked) throw new DOMException("no", "SecurityError");
      },
    };
    this.tabs.add(tab);
    return tab;
  }

  tell(from, key, newValue) {
    for (const tab of this.tabs) {
      if (tab !== from && tab.listener && !tab.dead) queueMicrotask(() => tab.listener({ key, newValue, storageArea: tab }));
    }
  }

  keys() { return [...this.cells.keys()].sort(); }
}

/** `navigator.locks` of one origin: one holder at a time, in order. */
export class Locks {
  queue = Promise.resolve();
  held = 0;
  most = 0;
  request(_name, { signal }, work) {
    const turn = this.queue.then(async () => {
      signal.throwIfAborted();
      this.most = Math.max(this.most, ++this.held);
      try {
        return await work({});
      } finally {
        this.held--;
      }
    });
    this.queue = turn.catch(() => undefined);
    return turn;
  }
}

/** Gives this process the globals of a page that has locks, and returns how to take them away. */
export function browserGlobals(locks = new Locks(), more = {}) {
  const before = {};
  // Storage events go to the tab whose storage they are about.
  const listeners = new Set();
  const globals = {
    navigator: { locks, ...more.navigator },
    addEventListener: (type, listener) => { if (type === "storage") listeners.add(listener); },
    removeEventListener: (type, listener) => { if (type === "storage") listeners.delete(listener); },
  };
  for (const [name, value] of Object.entries(globals)) {
    before[name] = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  const hear = (event) => { for (const listener of listeners) listener(event); };
  return {
    locks,
    hear,
    restore() {
      for (const [name, old] of Object.entries(before)) {
        if (old) Object.defineProperty(globalThis, name, old);
        else delete globalThis[name];
      }
    },
  };
}

/** One tab: Fewbits over a view of the disk. */
export async function open(disk, globals, options = {}) {
  const storage = disk.tab();
  storage.listener = globals?.hear;
  const errors = [];
  const fb = await createFewbits({
    book: bytes, storage, clock: () => clock.now, onError: (error) => errors.push(error),
    consent: { store: "granted", personalise: "granted" }, ...options,
  });
  return { fb, storage, errors, kill: () => { storage.dead = true; } };
}

export const clock = { now: START };

/** The value of a signal. */
export const signal = async (fb, name) => (await fb.exportMine()).signals.find((one) => one.name === name)?.value;

/** Keeps the console quiet, and what was said on it. */
export function listen() {
  const said = [];
  const old = {};
  for (const kind of ["log", "info", "warn", "error", "debug"]) {
    old[kind] = console[kind];
    console[kind] = (...all) => said.push(all.map(String).join(" "));
  }
  return { said, stop: () => Object.assign(console, old) };
}

/** Waits until something is so. */
export async function until(what, so) {
  for (let i = 0; i < 1000; i++) {
    if (await so()) return;
    await soon(10);
  }
  throw new Error(`waited in vain until ${what}`);
}

export const soon = (wait = 0) => new Promise((done) => setTimeout(done, wait));

/** A book of segments alone, which asks for nothing else; and one with contexts, facts and a slot. */
export const plain = await compile({
  fewbits: 1, book: BOOK.book, version: 1, signals: { views: { count: "view", within: "7d" } },
  dimensions: { one: { why: "a test", segments: [{ id: "yes", when: { views: { $gte: 2 } } }], otherwise: "no" } },
});
export const slotted = await compile({
  ...BOOK,
  decisions: { hero: { why: "a test", variants: ["warm", "plain"], choose: [{ show: "warm", when: { where: "winter" }, because: "it is cold" }], otherwise: "plain" } },
});

/** A copy of the package's main entry, of which these parts come when they are told to; `lose` takes one away altogether. */
export async function inParts(parts) {
  const folder = await mkdtemp(join(tmpdir(), "fewbits-parts-"));
  const at = (name) => join(folder, name);
  await cp(fileURLToPath(new URL("../dist/", import.meta.url)), folder, { recursive: true, filter: (name) => !/\.(ts|svelte)$|author_bg/.test(name) });
  await writeFile(at("package.json"), '{ "type": "module" }');
  const index = await readFile(at("index.js"), "utf8");
  const asked = [], files = {}, gates = {};
  // What is written beside the parts finds these here.
  globalThis[folder] = { asked, gates };
  for (const part of parts) {
    const [, file] = new RegExp(`import\\("\\./(${part}-\\w+\\.js)"\\)`).exec(index);
    files[part] = at(file);
    await rename(at(file), at(`real-${file}`));
    gates[part] = {};
    gates[part].open = new Promise((done) => { gates[part].arrive = done; });
    await writeFile(at(file), `const { asked, gates } = globalThis[${JSON.stringify(folder)}];
asked.push("${part}");
await gates["${part}"].open;
export * from "./real-${file}";
`);
  }
  const { createFewbits } = await import(pathToFileURL(at("index.js")));
  return {
    createFewbits,
    /** Parts that were asked for, in this order. */
    asked: () => asked.slice(),
    arrive: (...which) => { for (const part of which) gates[part].arrive(); },
    lose: (part) => rename(files[part], `${files[part]}.lost`),
    find: async (part) => {
      gates[part].arrive();
      await rename(`${files[part]}.lost`, files[part]);
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
