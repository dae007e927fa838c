// Hints: coarse segments for the page, off without `share`, frozen, and charged to the budget of the reports.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { BOOK, browserGlobals, clock, DAY, Disk, listen, open, soon, START } from "./lib.mjs";
import { compile } from "../dist/node.js";

let globals, quiet;
before(() => { quiet = listen(); });
after(() => quiet.stop());
beforeEach(() => {
  globals?.restore();
  globals = browserGlobals();
  clock.now = START;
});
after(() => globals.restore());

const book = await compile({ ...BOOK, hints: { dimensions: ["interest"], why: "the edge greets with the right aisle" } });
const YES = { store: "granted", personalise: "granted", measure: "granted", share: "granted" };

test("a hint: the exact text in the ledger, the same for its window, in all tabs", async () => {
  const disk = new Disk();
  const one = await open(disk, globals, { book, consent: YES });
  one.fb.track("view", { aisle: "boots" });
  const told = await one.fb.hint();
  assert.deepEqual(told, { segments: ["interest/boots"] });
  const [line, ...more] = (await one.fb.ledger()).filter(({ what }) => what === "hinted");
  assert.deepEqual(more, []);
  assert.equal(line.bytes, JSON.stringify(told));
  assert.equal(line.to, "page");
  assert.ok(line.bits > 1.58 && line.bits < 1.59, "log2 of three names");
  for (let i = 0; i < 9; i++) one.fb.track("purchase", { aisle: "sandals" });
  const two = await open(disk, globals, { book, consent: YES });
  assert.ok(two.fb.is("interest/sandals"));
  clock.now += 180 * DAY;
  assert.deepEqual(await two.fb.hint(), told);
  assert.deepEqual(await one.fb.hint(), told);
  assert.equal((await two.fb.exportMine()).bits.spent, line.bits);
  // The next window is charged anew: the third does not fit.
  for (const tab of [one, two]) tab.kill();
  clock.now += 3 * DAY;
  const next = await open(disk, globals, { book, consent: YES });
  assert.ok((await next.fb.hint()).segments);
  clock.now += 183 * DAY;
  assert.deepEqual(await next.fb.hint(), { withheld: "budget" });
});

test("no hint: without `share`, without storage, without a lock, with Global Privacy Control's no", async () => {
  for (const [consent, withheld] of [
    [{}, "no-consent"],
    [{ ...YES, share: "denied" }, "no-consent"],
    [{ ...YES, share: "unknown" }, "no-consent"],
    [{ ...YES, personalise: "denied" }, "no-consent"],
    [{ ...YES, store: "unknown" }, "no-store"],
  ]) {
    const tab = await open(new Disk(), globals, { book, consent });
    assert.deepEqual(await tab.fb.hint(), { withheld });
  }
  const bare = await open(new Disk(), globals, { consent: YES });
  assert.deepEqual(await bare.fb.hint(), { withheld: "nothing-to-report" });
  bare.fb.destroy();
  assert.deepEqual(await bare.fb.hint(), { withheld: "not-running" });
  globals.restore();
  globals = browserGlobals({ request: () => Promise.reject(new Error("not active")) });
  const left = await open(new Disk(), globals, { book, consent: YES });
  assert.deepEqual(await left.fb.hint(), { withheld: "no-lock" });
});

test("a withdrawal ends it at once, and two tabs at once are charged once", async () => {
  const disk = new Disk();
  const tabs = [await open(disk, globals, { book, consent: YES }), await open(disk, globals, { book, consent: YES })];
  const told = await Promise.all(tabs.map(({ fb }) => fb.hint()));
  assert.deepEqual(told[0], told[1]);
  assert.equal((await tabs[0].fb.ledger()).filter(({ what }) => what === "hinted").length, 1);
  await tabs[0].fb.setConsent({ share: "denied" });
  await soon();
  for (const { fb } of tabs) assert.deepEqual(await fb.hint(), { withheld: "no-consent" });
});

test("storage that fails when the hint is charged: none is handed out", async () => {
  const tab = await open(new Disk(), globals, { book, consent: YES });
  tab.storage.full = true;
  assert.deepEqual(await tab.fb.hint(), { withheld: "storage-failed" });
  tab.storage.full = false;
  assert.ok((await tab.fb.hint()).segments);
});
