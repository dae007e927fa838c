// The core in parts: each is downloaded when it is needed, once, and no earlier; and one that cannot be had costs what it
// does, and nothing else.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, beforeEach, test } from "node:test";
import { browserGlobals, clock, DAY, Disk, inParts, listen, plain, slotted, soon, START, until } from "./lib.mjs";

const OTHERWISE = ["lifecycle/new", "interest/any", "told/other", "where/plain"];

let globals, quiet, asked, missing, held;
const copies = [];
before((t) => {
  quiet = listen();
  t.mock.method(globalThis, "fetch", async (address) => {
    const [, name] = /fewbits_(\w+)_bg\.wasm$/.exec(address);
    asked.push(name);
    if (missing.has(name)) return new Response("no", { status: 404 });
    await held[name];
    return new Response(await readFile(address), { headers: { "content-type": "application/wasm" } });
  });
});
beforeEach(() => {
  globals?.restore();
  globals = browserGlobals();
  clock.now = START;
  asked = [];
  missing = new Set();
  held = {};
});
after(async () => {
  quiet.stop();
  globals.restore();
  for (const copy of copies) await copy.remove();
});

/** A package that has loaded nothing yet. */
async function fresh() {
  const made = await inParts([]);
  copies.push(made);
  const errors = [], disk = new Disk();
  const start = (more) => made.createFewbits({
    book: plain, storage: disk.tab(), clock: () => clock.now, onError: ({ code, message }) => errors.push(`${code}: ${message}`), ...more,
  });
  return { disk, errors, start };
}

test("each part is asked for when it is needed, once", async () => {
  const { start } = await fresh();
  const fb = await start();
  fb.track("view");
  fb.track("view");
  assert.deepEqual([fb.segments, asked], [["one/yes"], ["first"]]);
  const told = [];
  fb.on("change", ({ entered }) => told.push(...entered));
  await until("it is asked for", () => asked.length === 2);
  await fb.setConsent({ store: "granted" });
  assert.deepEqual(asked, ["first", "watch", "store"]);
  clock.now += 7 * DAY;
  fb.track("view");
  await until("it is told", () => told.length);
  assert.deepEqual(told, ["one/no"]);
  await fb.ledger();
  fb.destroy();
  // A second one has them all.
  const again = await start({ consent: { store: "granted" } });
  again.on("change", () => undefined);
  assert.equal(again.ok, true);
  await again.ledger();
  again.destroy();
  assert.deepEqual(asked, ["first", "watch", "store", "full"]);
});

test("what the book needs is asked for while the first module is on its way", async () => {
  const { start } = await fresh();
  let arrive;
  held.first = new Promise((done) => { arrive = done; });
  const starting = start({ book: slotted });
  await until("they are asked for", () => asked.length === 3);
  assert.deepEqual(asked, ["first", "context", "decide"]);
  arrive();
  const fb = await starting;
  fb.setContext({ season: "winter" });
  assert.equal(fb.decide("hero").variant, "warm");
  fb.destroy();
});

test("a part that the book needs cannot be had: every `otherwise`, and why; the next start tries again", async () => {
  for (const part of ["first", "context", "decide"]) {
    const { start, errors } = await fresh();
    missing.add(part);
    const fb = await start({ book: slotted });
    assert.deepEqual([fb.ok, fb.error.code, fb.segments, fb.decide("hero").variant], [false, "wasm-failed", OTHERWISE, "plain"], part);
    assert.deepEqual(errors.map((text) => text.split(":")[0]), ["wasm-failed"]);
    missing.clear();
    const next = await start({ book: slotted });
    next.setContext({ season: "winter" });
    assert.deepEqual([next.ok, next.decide("hero").variant], [true, "warm"], part);
    next.destroy();
  }
});

test("storage cannot be had: it is told, and all goes on in memory", async () => {
  const { start, errors, disk } = await fresh();
  missing.add("store");
  const fb = await start({ consent: { store: "granted" } });
  fb.track("view");
  fb.track("view");
  assert.deepEqual([fb.segments, [...disk.cells.keys()]], [["one/yes"], []]);
  await until("it is told", () => errors.length);
  assert.deepEqual(errors.map((text) => text.split(":")[0]), ["wasm-failed"]);
  // What happened is kept when it can be.
  missing.clear();
  await fb.setConsent({ store: "denied" });
  await fb.setConsent({ store: "granted" });
  fb.track("view");
  fb.track("view");
  await fb.ledger();
  fb.destroy();
  const next = await start({ consent: { store: "granted" } });
  assert.deepEqual(next.segments, ["one/yes"]);
  next.destroy();
});

test("what knows when time changes something cannot be had: calls bring the news, and it is asked for once", async () => {
  const { start, errors } = await fresh();
  missing.add("watch");
  const fb = await start();
  const told = [];
  fb.on("change", ({ entered }) => told.push(...entered));
  await until("it is told", () => errors.length);
  assert.deepEqual(errors.map((text) => text.split(":")[0]), ["wasm-failed"]);
  for (let n = 0; n < 3; n++) {
    fb.track("view");
    await soon();
  }
  clock.now += 7 * DAY;
  fb.track("view");
  await soon();
  assert.deepEqual([told, fb.ok, asked], [["one/yes", "one/no"], true, ["first", "watch"]]);
  fb.destroy();
});
