// Other ways to start: at once with what is there already, with the module in the script, and for one answer only.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { createEvaluator } from "../dist/evaluate.node.js";
import * as inline from "../dist/inline.js";
import { initSync } from "../dist/sync.node.js";
import { BOOK, bytes, DAY, Disk, listen, START, until } from "./lib.mjs";

const core = await readFile(new URL("../dist/fewbits_core_bg.wasm", import.meta.url));
const module = new WebAssembly.Module(core);
const clock = () => START;
const boots = { aisle: "boots" };

let quiet;
before(() => { quiet = listen(); });
after(() => quiet.stop());

for (const [what, start] of [
  ["a module", (more) => initSync({ book: bytes, wasm: module, clock, ...more })],
  ["its bytes", (more) => initSync({ book: bytes.slice().buffer, wasm: core, clock, ...more })],
  ["the module in the script", (more) => inline.initSync({ book: bytes, clock, ...more })],
]) {
  test(`a synchronous start with ${what}`, async () => {
    const fb = start();
    assert.equal(fb.ok, true);
    assert.equal(fb.is("interest/boots"), false);
    fb.track("view", boots);
    assert.ok(fb.is("interest/boots"));
    // What needs the other module finds it.
    assert.match((await fb.explain("interest/boots")).text, /boots/);
    fb.destroy();
  });
}

test("what an earlier visit left comes in as a change", async () => {
  const disk = new Disk();
  const options = { book: bytes, wasm: module, clock, storage: disk.tab(), consent: { store: "granted" } };
  const first = initSync(options);
  first.track("view", boots);
  first.destroy();
  const second = initSync({ ...options, storage: disk.tab() });
  assert.equal(second.is("interest/boots"), false);
  const entered = [];
  second.on("change", (change) => entered.push(...change.entered));
  await until("it is known", () => entered.includes("interest/boots"));
  second.destroy();
});

for (const [what, options, code] of [
  ["no options", undefined, "bad-option"],
  ["a book that is not compiled", { book: BOOK, wasm: module }, "bad-option"],
  ["a damaged book", { book: bytes.slice(0, -3), wasm: module }, "book-corrupt"],
  ["no module", { book: bytes }, "wasm-failed"],
  ["another module", { book: bytes, wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) }, "wasm-failed"],
]) {
  test(`${what}: ${code}, at once, and the words soon after`, async () => {
    const told = [];
    const fb = initSync(options && { ...options, onError: (error) => told.push(error) });
    assert.equal(fb.ok, false);
    assert.equal(fb.error.code, code);
    assert.deepEqual(fb.segments, code === "wasm-failed" ? ["lifecycle/new", "interest/any", "told/other", "where/plain"] : []);
    assert.equal(fb.track("view"), 0);
    await until("there are words", () => fb.error.help);
    if (options) assert.equal(told[0].code, code);
  });
}

test("the inlined build starts without asking for a module", async (t) => {
  t.mock.method(globalThis, "fetch", () => assert.fail("fetched"));
  const fb = await inline.createFewbits({ book: bytes, clock });
  assert.ok(fb.ok);
  assert.deepEqual((await fb.exportMine()).segments, fb.segments);
});

test("an evaluation says what a visitor's own browser would, and leaves nothing behind", async () => {
  const { evaluate, ids } = await createEvaluator({ book: bytes });
  const events = [{ event: "purchase", value: 120, at: START - 3 * DAY }, { event: "view", tags: boots, at: START - DAY }];
  const segments = (situation) => evaluate({ now: START, ...situation }).segments;
  const live = initSync({ book: bytes, wasm: module, clock: () => now });
  let now = START - 3 * DAY;
  live.setContext({ season: "winter" });
  live.track("purchase", null, 120);
  now = START - DAY;
  live.track("view", boots);
  now = START;
  assert.deepEqual(segments({ context: { season: "winter" }, events }), live.segments);
  assert.deepEqual(live.segments, ["lifecycle/rich", "interest/boots", "told/other", "where/winter"]);
  // The order in which a server knows them does not matter, and neither does what was evaluated before.
  assert.deepEqual(segments({ events: [...events].reverse() }), ["lifecycle/rich", "interest/boots", "told/other", "where/plain"]);
  assert.deepEqual(segments({ facts: { age: 70 } }), ["lifecycle/new", "interest/any", "told/old", "where/plain"]);
  assert.deepEqual(segments(), ["lifecycle/new", "interest/any", "told/other", "where/plain"]);
  // Time passes between an event and the question.
  assert.ok(segments({ events: [1, 2, 3].map(() => ({ event: "view", at: START - DAY })) }).includes("lifecycle/active"));
  assert.ok(segments({ events: [1, 2, 3].map(() => ({ event: "view", at: START - 8 * DAY })) }).includes("lifecycle/new"));
  assert.equal(ids.length, live.ids.length);
});

test("an evaluator for a book that cannot be used is refused with a reason", async () => {
  await assert.rejects(createEvaluator({ book: bytes.slice(0, -3) }), /^Error: book-corrupt: .* \(.*compile it again/);
  await assert.rejects(createEvaluator({ book: "/nowhere.fbk" }), /^Error: book-not-found/);
});
