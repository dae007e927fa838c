// One core, two ways: the events that `fewbits simulate` (native) read are replayed, visitor by visitor, through the
// public API of the built package (wasm), and the file of memberships has to be the same, byte for byte.
//
// FEWBITS_DATA=DIR adds the full data sets of books/data, which are not kept here.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { jsonLines, orders } from "./crowd.mjs";
import { replay, root, simulate } from "./replay.mjs";

const folder = mkdtempSync(join(tmpdir(), "fewbits-parity-"));
after(() => rmSync(folder, { recursive: true }));
const written = (name, text) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const mapped = (name, events) => ({ book: `books/data/${name}.book.json`, map: `books/data/${name}.map.json`, events });

const CASES = {
  "a technical blog's requests": [mapped("apache", "tests/data/apache.csv"), 50],
  "areas of a company's site": [mapped("msweb", "tests/data/msweb.csv"), 500],
  "every kind of signal, every form of a line": [{ book: "tests/data/garden.book.json", events: "tests/data/garden.jsonl" }, 3],
  "made-up orders": [mapped("cdnow", written("orders.txt", orders(300, 1))), 300],
  "made-up shoppers": [{ book: "books/shop.book.json", events: written("shop.jsonl", jsonLines("shop", 400, 48)) }, 400],
  "made-up readers": [{ book: "books/news.book.json", events: written("news.jsonl", jsonLines("news", 400, 33)) }, 400],
};
const data = process.env.FEWBITS_DATA;
if (data) {
  CASES["all requests"] = [mapped("apache", join(data, "apache_logs_semicomplete/requests.csv")), 1000];
  CASES["all areas"] = [mapped("msweb", join(data, "msweb/visits.csv")), 32_710];
  CASES["all orders"] = [mapped("cdnow", join(data, "cdnow/CDNOW_master.txt")), 23_570];
}

async function same(context, input, asOf, least) {
  const native = simulate({ ...input, asOf });
  const wasm = await replay(readFileSync(resolve(root, input.book), "utf8"), native.inputs, asOf);
  context.diagnostic(`${wasm.visitors} visitors, ${wasm.inputs} inputs`);
  const lines = wasm.out.split("\n");
  const differ = native.out.split("\n").flatMap((line, i) => line === lines[i] ? [] : [`native ${line}\n  wasm ${lines[i]}`]);
  assert.equal(differ.length, 0, `${differ.length} of ${wasm.visitors} visitors differ, such as\n${differ.slice(0, 3).join("\n")}`);
  assert.ok(native.out === wasm.out, "not one byte differs");
  assert.ok(wasm.visitors >= least, `${wasm.visitors} visitors`);
}

for (const [name, [input, least]] of Object.entries(CASES)) {
  for (const [asOf, when] of [["last", "the newest event"], ["own", "each visitor's own last event"]]) {
    test(`${name}, at the time of ${when}`, (context) => same(context, input, asOf, least));
  }
}

test("an event that the book does not know is none, also for the visit", (context) => {
  const book = {
    fewbits: 1, book: "visits", version: 1, signals: { views: { count: "view", within: "session" } },
    dimensions: { depth: { why: "a map for those who stay", segments: [{ id: "some", when: { views: { $gte: 2 } } }], otherwise: "one" } },
  };
  const line = (event, minute) => JSON.stringify({ visitor: "a", at: Date.UTC(2026, 10, 23, 12, minute) / 1000, event });
  const events = [line("view", 0), line("comment", 25), line("view", 50)].join("\n") + "\n";
  return same(context, { book: written("visits.book.json", JSON.stringify(book)), events: written("visits.jsonl", events) }, "own", 1);
});
