// What comes in parts: nothing is asked for that a visit has no use for; and whatever happens before a part is there, or if
// it never comes, ends as if it had been there at once.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, beforeEach, test } from "node:test";
import { BOOK, browserGlobals, bytes, clock, Disk, inParts, listen, open, plain, slotted, soon, START, until } from "./lib.mjs";

const core = await readFile(new URL("../dist/fewbits_core_bg.wasm", import.meta.url));
const PROFILE = `fewbits:${BOOK.book}:profile`;

/** The address of a book that never comes. */
const HELD = "https://shop.example/book";

let globals, quiet;
const copies = [];
before((t) => {
  quiet = listen();
  // A page fetches the full module from beside the script.
  t.mock.method(globalThis, "fetch", async (address) => address === HELD ? new Promise(() => undefined) : new Response(await readFile(address), { headers: { "content-type": "application/wasm" } }));
});
beforeEach(() => {
  globals?.restore();
  globals = browserGlobals();
  clock.now = START;
});
after(async () => {
  quiet.stop();
  globals.restore();
  for (const copy of copies) await copy.remove();
});

/** A copy of the package that waits with these parts, and what starts it. */
async function copy(...parts) {
  const made = await inParts(parts);
  copies.push(made);
  const errors = [];
  const start = (disk, more) => {
    const storage = disk.tab();
    storage.listener = globals.hear;
    return made.createFewbits({
      book: plain, wasm: core, storage, clock: () => clock.now, onError: ({ code, message }) => errors.push(`${code}: ${message}`), ...more,
    });
  };
  return { ...made, errors, start };
}
/** A storage in which an earlier visit has left its memory, and spent something of the budget. */
async function visited() {
  const disk = new Disk();
  const consent = { store: "granted", measure: "granted" };
  const earlier = await open(disk, globals, { consent });
  for (let i = 0; i < 3; i++) earlier.fb.track("view");
  await earlier.fb.report();
  clock.now += 4 * 86_400_000;
  assert.equal((await earlier.fb.report({ handOver: true })).status, "ready");
  earlier.kill();
  earlier.fb.destroy();
  assert.ok(disk.cells.has(PROFILE) && disk.cells.get("fewbits:gate").length > 100);
  return disk;
}
const tombstone = (disk) => atob(disk.cells.get("fewbits:gate")).length === 13;

test("a visit in memory, of a book of segments alone, asks for no part", async () => {
  const package_ = await copy("context", "decide", "facts", "keep");
  const fb = await package_.start(new Disk());
  fb.track("view");
  fb.track("view");
  assert.ok(fb.ok && fb.is("one/yes"));
  await fb.setConsent({ personalise: "granted", measure: "granted" });
  await fb.ledger();
  assert.deepEqual([fb.slots, fb.decisions()], [[], []]);
  fb.destroy();
  assert.deepEqual(package_.asked(), []);
});

test("what the book asks for is there when it starts, and is asked for together", async () => {
  const package_ = await copy("context", "decide", "facts", "keep");
  let fb;
  const starting = package_.start(new Disk(), { book: slotted }).then((started) => { fb = started; });
  await until("they are asked for", () => package_.asked().length === 3);
  assert.deepEqual([fb, package_.asked().sort()], [undefined, ["context", "decide", "facts"]]);
  package_.arrive("context", "decide", "facts");
  await starting;
  assert.equal(fb.setContext({ season: "winter" }), 2);
  assert.equal(fb.declare({ age: 70 }), 2);
  assert.deepEqual([fb.decide("hero").variant, fb.decide("hero").because], ["warm", "it is cold"]);
  fb.destroy();
});

test("a part that the book asks for cannot be had: every `otherwise`, and why", async () => {
  for (const part of ["context", "decide", "facts"]) {
    const package_ = await copy(part);
    await package_.lose(part);
    const fb = await package_.start(new Disk(), { book: slotted });
    assert.deepEqual([fb.ok, fb.error.code], [false, "wasm-failed"], part);
    assert.deepEqual(fb.segments, ["lifecycle/new", "interest/any", "told/other", "where/plain"]);
    assert.deepEqual([fb.decide("hero").variant, fb.decide("hero").by], ["plain", "not-running"]);
  }
});

test("a book without contexts, facts and slots says what is wrong all the same", async () => {
  const { start, errors } = await copy();
  const fb = await start(new Disk());
  assert.deepEqual([fb.setContext({ season: "winter" }), fb.declare({})], [0, 0]);
  assert.deepEqual([fb.setContext({ weather: "cold" }), fb.declare({ age: 3 }), fb.decide("hero").variant], [0, 0, ""]);
  await until("it is told", () => errors.length === 3);
  assert.deepEqual(errors.map((text) => text.split(":")[0]).sort(), ["bad-context", "bad-fact", "unknown-slot"]);
  fb.destroy();
  const forced = await start(new Disk(), { force: { hero: "warm" } });
  await until("it is told", () => errors.length === 4);
  assert.match(errors[3], /^bad-force/);
  forced.destroy();
});

test("storage that was agreed to is asked for at once, while the book is on its way", async () => {
  const package_ = await copy("keep");
  void package_.start(new Disk(), { book: HELD, consent: { store: "granted" } });
  await until("it is asked for", () => package_.asked().length);
  const none = await copy("keep");
  void none.start(new Disk(), { book: HELD, consent: { store: "unknown", personalise: "granted" } });
  void none.start(new Disk(), { book: HELD, consent: { store: "granted" }, storage: "none" });
  await soon(50);
  assert.deepEqual(none.asked(), []);
});

test("agreed, and taken back before the part is there: nothing stays, and nothing comes", async () => {
  const package_ = await copy("keep");
  const disk = await visited();
  const fb = await package_.start(disk);
  fb.track("view");
  const yes = fb.setConsent({ store: "granted" });
  const no = fb.setConsent({ store: "denied" });
  assert.ok(!disk.cells.has(PROFILE), "erased at once");
  fb.track("view");
  package_.arrive("keep");
  await Promise.all([yes, no]);
  fb.track("view");
  fb.track("view");
  await fb.ledger();
  assert.deepEqual([disk.keys(), tombstone(disk), fb.consent.store], [["fewbits:gate"], true, "denied"]);
  assert.ok(fb.is("one/yes"), "in memory");
  fb.destroy();
});

test("taken back, and agreed again before the part is there: what was before is erased, what is new is kept", async () => {
  for (const answer of ["denied", "unknown"]) {
    const package_ = await copy("keep");
    const disk = await visited();
    const fb = await package_.start(disk, { book: bytes, auto: false });
    const all = [fb.setConsent({ store: "granted" }), fb.setConsent({ store: answer }), fb.setConsent({ store: "granted" })];
    fb.track("view");
    package_.arrive("keep");
    await Promise.all(all);
    assert.equal(tombstone(disk), true, answer);
    fb.track("view");
    fb.destroy();
    const next = await open(disk, globals);
    assert.equal((await next.fb.exportMine()).signals[0].value, 2, answer);
    next.fb.destroy();
  }
});

test("ended before the part is there: nothing is stored; what was to be erased still is", async () => {
  for (const store of ["granted", "denied"]) {
    const package_ = await copy("keep");
    const disk = await visited();
    const before = new Map(disk.cells);
    const fb = await package_.start(disk);
    const answered = fb.setConsent({ store });
    fb.track("view");
    fb.destroy();
    package_.arrive("keep");
    await answered;
    await soon(20);
    if (store === "granted") assert.deepEqual(disk.cells, before);
    else assert.deepEqual([disk.keys(), tombstone(disk)], [["fewbits:gate"], true]);
  }
});

test("what happens before the part is there is in memory, and is written when it is", async () => {
  const package_ = await copy("keep");
  const disk = await visited();
  const fb = await package_.start(disk, { book: bytes, auto: false });
  const answered = fb.setConsent({ store: "granted" });
  fb.track("view");
  const ledger = fb.ledger();
  assert.ok(fb.is("lifecycle/new"));
  package_.arrive("keep");
  await answered;
  assert.ok(fb.is("lifecycle/active"), "with what the earlier visit left");
  assert.ok((await ledger).length > 0, "who asks early waits for what is stored");
  fb.destroy();
  const next = await open(disk, globals);
  assert.equal((await next.fb.exportMine()).signals[0].value, 4);
  next.fb.destroy();
});

test("the page is left before the part is there: what happened is written when it is", async (t) => {
  const listeners = new Map();
  const target = { addEventListener: (type, listener) => listeners.set(type, listener), removeEventListener: (type) => listeners.delete(type) };
  const page = { document: { ...target, visibilityState: "visible", baseURI: "https://shop.example/" }, location: new URL("https://shop.example/"), window: target };
  for (const [name, value] of Object.entries(page)) Object.defineProperty(globalThis, name, { value, configurable: true });
  t.after(() => { for (const name of Object.keys(page)) delete globalThis[name]; });
  const package_ = await copy("keep");
  const disk = new Disk();
  const fb = await package_.start(disk, { auto: false });
  const answered = fb.setConsent({ store: "granted" });
  fb.track("view");
  page.document.visibilityState = "hidden";
  listeners.get("visibilitychange")();
  listeners.get("pagehide")();
  fb.track("view");
  await soon();
  assert.deepEqual(disk.keys(), []);
  package_.arrive("keep");
  await answered;
  assert.ok(disk.cells.has(PROFILE));
  listeners.get("pageshow")({ persisted: true });
  assert.ok(fb.is("one/yes"));
  fb.destroy();
  assert.equal(listeners.size, 0);
  const next = await package_.start(disk, { consent: { store: "granted" } });
  assert.ok(next.is("one/yes"));
  next.destroy();
});

test("a withdrawal before the part is there is told to the other tabs when it is", async () => {
  const package_ = await copy("keep");
  const disk = new Disk();
  const other = await open(disk, globals);
  other.fb.track("view");
  await other.fb.ledger();
  const fb = await package_.start(disk, { book: bytes });
  const all = [fb.setConsent({ store: "granted" }), fb.setConsent({ store: "denied" })];
  package_.arrive("keep");
  await Promise.all(all);
  await until("it is heard", () => other.fb.consent.store === "denied");
  other.fb.track("view");
  await other.fb.ledger();
  assert.deepEqual(disk.keys(), []);
  for (const one of [fb, other.fb]) one.destroy();
});

test("the part cannot be had: it is told, memory goes on, erasing works, and it is tried again", async () => {
  const package_ = await copy("keep");
  await package_.lose("keep");
  const disk = await visited();
  const before = new Map(disk.cells);
  const fb = await package_.start(disk, { book: bytes, auto: false, consent: { store: "granted" } });
  for (let i = 0; i < 3; i++) fb.track("view");
  assert.ok(fb.ok && fb.is("lifecycle/active"));
  assert.deepEqual(disk.cells, before, "nothing is written, and nothing is lost");
  await until("it is told", () => package_.errors.length);
  assert.match(package_.errors.join(), /^wasm-failed: [^,]*keeps the memory\)$/);
  await fb.setConsent({ store: "denied" });
  assert.deepEqual([disk.keys(), tombstone(disk)], [["fewbits:gate"], true]);
  await fb.forget({ everything: true });
  assert.deepEqual(disk.keys(), []);
  await package_.find("keep");
  await fb.setConsent({ store: "granted" });
  fb.track("view");
  assert.ok(disk.cells.has(PROFILE));
  fb.destroy();
});
