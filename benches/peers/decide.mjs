// What a decision costs, through the built package and beside GrowthBook's SDK in the same process, and writes
// docs/generated/decide.md:
//   node benches/peers/decide.mjs [--json]
// Needs `cargo xtask build`. GrowthBook's SDK is a development dependency of www.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compile, createFewbits } from "../../www/sdk/dist/node.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const require = createRequire(join(root, "www", "package.json"));
const library = dirname(require.resolve("@growthbook/growthbook/package.json"));
const load = (file) => import(pathToFileURL(join(library, "dist", "esm", file)));
const { hash } = await load("util.mjs");
const { GrowthBook } = await load("index.mjs");

// ---- the same work on both sides
const RULES = 10;
const thresholds = Array.from({ length: RULES }, (_, i) => 100 - i * 10);
const VIEWS = 15, AISLE = "boots";
const book = await compile({
  fewbits: 1, book: "bench", version: 1,
  signals: {
    views: { declared: "number", min: 0, max: 1000 },
    aisle: { declared: ["boots", "sandals", "coats"] },
  },
  dimensions: { size: { why: "a bench", segments: [{ id: "big", when: { views: { $gte: 500 } } }], otherwise: "small" } },
  experiments: { "my-exp": { why: "a bench", variants: ["a", "b"] } },
  decisions: {
    ten: {
      why: "a bench", variants: ["a", "b"], changes: true, otherwise: "b",
      choose: thresholds.map((n) => ({ when: { views: { $gte: n }, aisle: "boots", size: "small" }, show: "a" })),
    },
    one: { why: "a bench", variants: ["a", "b", "c"], changes: true, otherwise: "c", choose: [{ experiment: "my-exp" }] },
    still: { why: "a bench", variants: ["a", "b"], otherwise: "b", choose: [{ when: { aisle: "boots" }, show: "a" }] },
  },
});
const fb = await createFewbits({ book, auto: false });
fb.declare({ views: VIEWS, aisle: AISLE });
if (fb.decide("ten").rule !== 9 || fb.decide("one").by !== "experiment") throw new Error("it decides something else");

const gb = new GrowthBook({
  attributes: { id: "0123456789abcdef0123456789abcdef", views: VIEWS, aisle: AISLE, size: "small" },
  features: { ten: { defaultValue: "b", rules: thresholds.map((n) => ({ condition: { views: { $gte: n }, aisle: AISLE, size: "small" }, force: "a" })) } },
});
const experiment = { key: "my-exp", hashVersion: 2, variations: ["a", "b"], weights: [0.5, 0.5], coverage: 1 };
if (gb.evalFeature("ten").value !== "a") throw new Error("GrowthBook decides something else");

// ---- the module itself, for what the package does not show: one hash, and a decision without its words
const order = readFileSync(join(root, "www/sdk/src/codes.ts"), "utf8").match(/const enum Call \{([^}]*)\}/)[1].split(",").map((one) => one.trim()).filter(Boolean);
const code = (name) => order.indexOf(name);
const { exports: wasm } = (await WebAssembly.instantiate(readFileSync(join(root, "www/sdk/dist/fewbits_core_bg.wasm")), {
  page: { store_read: () => -1, store_take: () => undefined, store_write: () => 0, throw: () => { throw new Error("busy"); } },
})).instance;
const engine = wasm.open();
const ask = (name, a = 0, b = 0, now = 0) => wasm.call(engine, code(name), a, b, 0, now);
const put = (bytes) => new Uint8Array(wasm.memory.buffer, ask("Room", bytes.length), bytes.length).set(bytes);
put(book);
if (ask("Load") !== 0) throw new Error("the module refuses the book");
const seed = crypto.getRandomValues(new Uint8Array(16));
put(seed);
ask("Seed");
const digits = Array.from(seed, (byte) => byte.toString(16).padStart(2, "0")).join("");
const DRAWN = code("Drawn"), DECIDE = code("Decide");
if (wasm.call(engine, DRAWN, 0, 0, 0, 0) !== hash("my-exp", digits, 2)) throw new Error("another hash than GrowthBook's");
ask("Declare", 0, VIEWS);
wasm.call(engine, code("Declare"), 1, 0, 0, 0);

// The limit of plain JavaScript: the same hash without building texts.
const fnv = (h, text) => { for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193); return h >>> 0; };
const tuned = (name, id) => (fnv(0x811c9dc5, String(fnv(fnv(0x811c9dc5, name), id))) % 10_000) / 10_000;

// ---- in turns, so that what else the machine does hits all of them
let sink = 0;
const work = {
  "hash, ours": (n) => { for (let i = 0; i < n; i++) sink += wasm.call(engine, DRAWN, 0, 0, 0, 0); },
  "hash, GrowthBook": (n) => { for (let i = 0; i < n; i++) sink += hash("my-exp", digits, 2); },
  "hash, tuned JavaScript": (n) => { for (let i = 0; i < n; i++) sink += tuned("my-exp", digits); },
  "experiment, ours": (n) => { for (let i = 0; i < n; i++) sink += fb.decide("one").rule; },
  "experiment, ours, module alone": (n) => { for (let i = 0; i < n; i++) sink += wasm.call(engine, DECIDE, 1, 1, 0, 0); },
  "experiment, GrowthBook": (n) => { for (let i = 0; i < n; i++) sink += gb.run(experiment).variationId; },
  "ten rules, ours": (n) => { for (let i = 0; i < n; i++) sink += fb.decide("ten").rule; },
  "ten rules, ours, module alone": (n) => { for (let i = 0; i < n; i++) sink += wasm.call(engine, DECIDE, 0, 1, 0, 0); },
  "ten rules, GrowthBook": (n) => { for (let i = 0; i < n; i++) sink += gb.evalFeature("ten").value.length; },
  "kept for the session, ours": (n) => { for (let i = 0; i < n; i++) sink += fb.decide("still").rule; },
};
const ROUNDS = 31, TIMES = 20_000;
const taken = Object.fromEntries(Object.keys(work).map((name) => [name, []]));
for (let round = -3; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(work)) {
    const start = process.hrtime.bigint();
    run(TIMES);
    const ns = Number(process.hrtime.bigint() - start) / TIMES;
    if (round >= 0) taken[name].push(ns);
  }
}
const ns = Object.fromEntries(Object.entries(taken).map(([name, all]) => [name, all.sort((a, b) => a - b)[all.length >> 1]]));
if (!Number.isFinite(sink)) throw new Error("nothing was measured");
if (process.argv.includes("--json")) {
  console.log(JSON.stringify(ns, null, 2));
  process.exit();
}

const shown = (value) => value >= 1000 ? `${(value / 1000).toFixed(2)} µs` : `${value.toFixed(0)} ns`;
const row = (what, name, reach) => {
  const ours = ns[`${name}, ours`], theirs = ns[`${name}, GrowthBook`], alone = ns[`${name}, ours, module alone`];
  return `| ${what} | ${shown(ours)} | ${alone ? shown(alone) : ""} | ${theirs ? shown(theirs) : ""} | ${theirs ? `${(theirs / ours).toFixed(1)} ×` : ""} | ${reach} |`;
};
const { version } = require("@growthbook/growthbook/package.json");
const text = `# What a decision costs

Written by \`node benches/peers/decide.mjs\`: the built package in Node ${process.versions.node}, beside GrowthBook's SDK ${version} in the same process, in turns; medians of ${ROUNDS} rounds of ${TIMES.toLocaleString("en")} calls. ${os.cpus()[0].model}, ${os.cpus().length} processors, perhaps busy with other work: the ratios are what to compare.

| work | Fewbits | without words, in the module | GrowthBook | ratio | to reach |
|---|--:|--:|--:|--:|--:|
${row("hash of the seed and an experiment, crossing into the module included", "hash", "100 ns")}
${row("one experiment, `decide(slot)`", "experiment", "300 ns")}
${row("a slot of ten rules over a number, an item and a segment, of which the last holds", "ten rules", "1 µs")}
${row("a slot that was decided in this session", "kept for the session", "")}

The same hash in tuned JavaScript, without building texts: ${shown(ns["hash, tuned JavaScript"])}. The seed is 32 hexadecimal digits, the experiment's name six characters.
`;
writeFileSync(join(root, "docs/generated/decide.md"), text);
console.log(text);
