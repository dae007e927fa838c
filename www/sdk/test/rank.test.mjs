// Rankings of a book through the built package: the same file as `tests/rankings.rs`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { openCatalogue } from "fewbits/catalogue";
import { createFewbits } from "fewbits/node";

const golden = JSON.parse(readFileSync(new URL("../../../tests/golden/catalogue/rankings.json", import.meta.url), "utf8"));
const cases = JSON.parse(readFileSync(new URL("../../../tests/golden/catalogue/cases.json", import.meta.url), "utf8"));
const file = readFileSync(new URL("../../../tests/golden/catalogue/items.fbc", import.meta.url));
const ids = (found) => found.map(({ id }) => id);

test("sweaters in a cold January, sandals before a holiday, sweaters in the next winter", async () => {
  let now = 0;
  const fb = await createFewbits({ book: golden.book, auto: false, clock: () => now });
  assert.equal(fb.ok, true, fb.error?.message);
  for (const { why, at, context, facts, views, first } of golden.days) {
    now = Date.parse(at);
    if (context) fb.setContext(context);
    if (facts) fb.declare(facts);
    for (const aisle of views) fb.track("view", { aisle });
    const found = await fb.rank("aisle", golden.items);
    assert.deepEqual(ids(found), first, why);
    for (const { item, score, because } of found) {
      assert.equal(item, golden.items.find(({ id }) => id === item.id));
      assert.equal(because.reduce((sum, { adds }) => sum + adds, 0), score);
    }
  }
  // What the page adds.
  assert.deepEqual(ids(await fb.rank("aisle", golden.items, { must: ["aisle:sandals"], limit: 1 })), ["sandal-1"]);
  assert.deepEqual(ids(await fb.rank("aisle", golden.items, { not: ["aisle:sweaters"], price: { max: 40 } })), ["sandal-1"]);
  // A catalogue by the same ranking.
  const catalogue = await openCatalogue(file);
  assert.deepEqual(ids(await fb.rank("aisle", catalogue)), ids(await fb.rank("aisle", cases.items)));
  // Who does not want it personal gets what everybody gets.
  await fb.setConsent({ personalise: "denied" });
  assert.deepEqual(ids(await fb.rank("aisle", golden.items)), ["boot", "sweater-1", "sandal-1"]);
  fb.destroy();
});

test("what is wrong is told, and items come as they are", async () => {
  const codes = [];
  const fb = await createFewbits({ book: golden.book, auto: false, onError: ({ code }) => codes.push(code) });
  const asIs = ids(golden.items);
  assert.deepEqual(ids(await fb.rank("no such ranking", golden.items)), asIs);
  assert.deepEqual(ids(await fb.rank("aisle", golden.items, { limit: -1 })), asIs);
  assert.deepEqual(ids(await fb.rank("no such ranking", await openCatalogue(file), { limit: 2 })), ["sandal-1", "sweater-1"]);
  // The words of errors are loaded when there is one.
  while (codes.length < 3) await new Promise((done) => setTimeout(done, 1));
  assert.deepEqual(codes, ["unknown-ranking", "bad-query", "unknown-ranking"]);
  fb.destroy();
  assert.deepEqual(ids(await fb.rank("aisle", golden.items, { limit: 2 })), asIs.slice(0, 2));
});

test("without a core, items come as they are", async () => {
  const fb = await createFewbits({ book: { ...golden.book, version: 0 }, auto: false });
  assert.equal(fb.ok, false);
  assert.deepEqual(ids(await fb.rank("aisle", golden.items, { limit: 3 })), ids(golden.items).slice(0, 3));
});
