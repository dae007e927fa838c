// Lists and catalogues are ranked alike, and a catalogue that cannot be used breaks nothing.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { openCatalogue, rankItems } from "fewbits/catalogue";
import { commandLine } from "./replay.mjs";

const GOLDEN = new URL("../../../tests/golden/catalogue/", import.meta.url);
const golden = JSON.parse(readFileSync(new URL("cases.json", GOLDEN), "utf8"));
const file = readFileSync(new URL("items.fbc", GOLDEN));

let warned = [];
const warn = console.warn;
before(() => { console.warn = (...words) => warned.push(words.join(" ")); });
after(() => { console.warn = warn; });

test("the golden cases: a catalogue and a list of the same items", async () => {
  const catalogue = await openCatalogue(file);
  assert.equal(catalogue.ok, true);
  assert.equal(catalogue.size, golden.items.length);
  assert.equal(catalogue.where, "page");
  for (const { why, query, expected } of golden.cases) {
    for (const found of [await catalogue.rank(query), rankItems(golden.items, query)]) {
      assert.deepEqual(found.map(({ id, score }) => [id, score]), expected, why);
      for (const { score, because } of found) assert.equal(because.reduce((sum, { adds }) => sum + adds, 0), score, why);
    }
    assert.deepEqual((await catalogue.rank(query)).map(({ because }) => because), rankItems(golden.items, query).map(({ because }) => because), why);
  }
});

/** A seeded generator (mulberry32). */
function chance(seed) {
  return () => {
    seed = seed + 0x6d2b79f5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 4294967296;
  };
}

test("random queries of random items: the same from both", async () => {
  const draw = chance(4);
  const below = (n) => Math.floor(draw() * n);
  const items = Array.from({ length: 6000 }, (_, i) => ({
    id: `i${i}`,
    tags: Array.from({ length: 40 }, (_, t) => `k${t % 4}:${t}`).filter((_, t) => draw() < 1 / (1 + t)),
    ...(draw() < 0.9 && { price: below(5000) / 100 }),
    ...(draw() < 0.95 && { popularity: below(30) }),
    ...(draw() < 0.5 && { numbers: { rating: draw() * 5 } }),
  }));
  const folder = mkdtempSync(join(tmpdir(), "fewbits-"));
  const lines = items.map(({ numbers, ...item }) => JSON.stringify({ ...item, ...numbers }));
  writeFileSync(join(folder, "items.jsonl"), lines.join("\n"));
  execFileSync(commandLine(), ["catalogue", "build", join(folder, "items.jsonl"), "-o", join(folder, "items.fbc"), "--number", "rating"], { stdio: "ignore" });
  const catalogue = await openCatalogue(pathToFileURL(join(folder, "items.fbc")));
  rmSync(folder, { recursive: true });
  const tag = () => `k${below(5)}:${below(41)}`;
  const tags = (most) => Array.from({ length: below(most + 1) }, tag);
  let found = 0;
  for (let i = 0; i < 300; i++) {
    const query = {
      must: tags(2), not: tags(2),
      weights: tags(8).map((name) => [name, [below(5), draw() * 4 - 2, below(3) / 10][i % 3]]),
      ...(below(3) === 0 && { price: { min: draw() * 30, ...(below(2) && { max: 20 + draw() * 30 }) } }),
      ...(below(4) === 0 && { numbers: { rating: { min: draw() * 4 } } }),
      ...(below(2) && { popularity: draw() - 0.3 }),
      ...(below(4) === 0 && { boosts: { rating: draw() } }),
      ...(below(3) === 0 && { diversify: { by: `k${below(5)}`, most: 1 + below(3) } }),
      limit: 1 + below(30),
    };
    const [a, b] = [await catalogue.rank(query), rankItems(items, query)];
    assert.deepEqual(a.map(({ id, score, because }) => [id, score, because]), b.map(({ id, score, because }) => [id, score, because]), JSON.stringify(query));
    found += a.length;
  }
  assert.ok(found > 1000, String(found));
});

test("what is no catalogue is refused with its reason, and nothing is thrown", async () => {
  const damaged = Uint8Array.from(file);
  damaged[file.length >> 1] ^= 1;
  const newer = Uint8Array.from(file);
  newer[3]++;
  for (const [source, code] of [
    [file.subarray(0, file.length - 1), "catalogue-short"],
    [file.subarray(0, 2), "catalogue-short"],
    [new Uint8Array(0), "catalogue-short"],
    [new TextEncoder().encode("<!doctype html>"), "catalogue-foreign"],
    [newer, "catalogue-newer"],
    [new URL("missing.fbc", GOLDEN), "catalogue-not-found"],
  ]) {
    const told = [];
    const catalogue = await openCatalogue(source, { onError: (error) => { told.push(error.code); throw new Error("the page's own"); } });
    assert.deepEqual([catalogue.ok, catalogue.error?.code, told], [false, code, [code]]);
    assert.deepEqual(await catalogue.rank({}), []);
  }
  const broken = await openCatalogue(damaged);
  assert.match(broken.error.code, /catalogue-(damaged|malformed|short)/);
  const without = await openCatalogue(file, { wasm: new Uint8Array(3) });
  assert.equal(without.error.code, "catalogue-failed");
});

test("a query that is wrong is told, and the items come as they are", async () => {
  const catalogue = await openCatalogue(file);
  for (const query of [
    null, 7, { must: "boots" }, { not: [1] }, { weights: { a: NaN } }, { weights: { a: 1e16 } }, { weights: [["a"]] },
    { popularity: "1" }, { price: 7 }, { price: { min: NaN } }, { limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { diversify: { by: "aisle" } },
    { must: Array(1025).fill("a") },
  ]) {
    warned = [];
    assert.deepEqual(await catalogue.rank(query), []);
    const items = rankItems(golden.items, query);
    assert.deepEqual(items.map(({ id }) => id), golden.items.slice(0, 12).map(({ id }) => id));
    assert.equal(warned.filter((line) => line.startsWith("[fewbits] bad-query: ")).length, 2, JSON.stringify(query));
  }
  catalogue.close();
  assert.deepEqual(await catalogue.rank({}), []);
});
