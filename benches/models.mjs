// Trained models in the built modules (`cargo xtask build`).
//   node benches/models.mjs [--runs=7] [--write]
//       nanoseconds for one evaluation of a tree ensemble, 50 trees of depth 3 over 17 inputs, in one run: through the
//       package, through the boundary of a module, and in plain JavaScript over typed arrays; --write: into
//       docs/generated/model-speed.md
//   node benches/models.mjs --book=FILE.json --compiled=FILE.fbk --rows=FILE.csv --out=FILE.csv
//       what the models of a book say of each row of declared facts: for scripts/models.py
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createFewbits } from "../www/sdk/dist/node.js";
import { Engine, initSync } from "../www/sdk/wasm/fewbits_full.js";

const { values: options } = parseArgs({ options: {
  book: { type: "string" }, compiled: { type: "string" }, rows: { type: "string" }, out: { type: "string" },
  runs: { type: "string", default: "7" }, write: { type: "boolean" },
} });
const NOW = 1_800_000_000;

/** The full module: unlike the visitors' own it hands out the values of signals. The code of models is the same. */
function open(book) {
  initSync({ module: readFileSync(fileURLToPath(new URL("../www/sdk/wasm/fewbits_full_bg.wasm", import.meta.url))) });
  return new Engine(book);
}

async function ask() {
  const { signals } = JSON.parse(readFileSync(options.book, "utf8"));
  const names = Object.keys(signals);
  const engine = open(readFileSync(options.compiled));
  const [header, ...rows] = readFileSync(options.rows, "utf8").trim().split("\n").map((line) => line.split(","));
  const columns = names.map((name) => header.indexOf(name));
  const asked = names.filter((name) => signals[name].model);
  const number = (name, text) => {
    if (text === "") return NaN;
    const { declared } = signals[name];
    return Array.isArray(declared) ? declared.indexOf(text) : Number(text);
  };
  // The visitors' own module tells segments only: what it says of them has to follow from these values.
  const fb = await createFewbits({ book: new Uint8Array(readFileSync(options.compiled)), auto: false });
  const said = rows.map((row) => {
    const facts = {};
    for (const [index, name] of names.entries()) {
      if (signals[name].model) continue;
      const text = row[columns[index]];
      engine.declare(index, number(name, text), NOW);
      facts[name] = text === "" ? null : Array.isArray(signals[name].declared) ? text : Number(text);
    }
    fb.declare(facts);
    const values = asked.map((name) => engine.value(names.indexOf(name)));
    for (const [i, value] of values.entries()) {
      if ((value >= 0.5) !== (fb.flags[i] === 1)) throw new Error(`the modules do not agree: ${asked[i]} is ${value}`);
    }
    return values.join(",");
  });
  writeFileSync(options.out, [asked.join(","), ...said].join("\n") + "\n");
}

// The same ensemble for all: seeded, complete trees, every input read.
const INPUTS = 17, TREES = 50, DEPTH = 3;
let seed = 7;
const chance = () => {
  seed = Math.imul(seed, 1_664_525) + 1_013_904_223 | 0;
  return (seed >>> 8) / 2 ** 24;
};
const tree = (depth) => depth === 0
  ? Math.fround(chance() - 0.5)
  : [Math.floor(chance() * INPUTS), "<=", Math.fround(chance() * 100), tree(depth - 1), tree(depth - 1)];
const trees = Array.from({ length: TREES }, () => tree(DEPTH));

/** The ensemble as somebody would write it in JavaScript for speed: flat typed arrays, complete trees, no objects. */
function plain() {
  const inner = 2 ** DEPTH - 1;
  const inputs = new Uint8Array(TREES * inner), at = new Float32Array(TREES * inner), leaves = new Float32Array(TREES * (inner + 1));
  const lay = (node, t, place) => {
    if (typeof node === "number") leaves[t * (inner + 1) + place - inner] = node;
    else {
      inputs[t * inner + place] = node[0];
      at[t * inner + place] = node[2];
      lay(node[3], t, 2 * place + 1);
      lay(node[4], t, 2 * place + 2);
    }
  };
  trees.forEach((node, t) => lay(node, t, 0));
  return (x) => {
    let sum = 0;
    for (let t = 0; t < TREES; t++) {
      let place = 0;
      for (let d = 0; d < DEPTH; d++) place = 2 * place + (x[inputs[t * inner + place]] <= at[t * inner + place] ? 1 : 2);
      sum += leaves[t * (inner + 1) + place - inner];
    }
    return 1 / (1 + Math.exp(-sum));
  };
}

const names = Array.from({ length: INPUTS }, (_, i) => `x${i}`);
const book = (model) => JSON.stringify({
  fewbits: 1, book: "bench", version: 1,
  signals: { ...Object.fromEntries(names.map((name) => [name, { declared: "number", min: 0, max: 100 }])), ...model && { intent: { model: "intent" } } },
  ...model && { models: { intent: { inputs: names, gives: "probability", trees } } },
  dimensions: { ready: {
    why: "something that reads the model",
    segments: model
      ? [{ id: "yes", when: { intent: { $gte: 0.5 } } }]
      : [{ id: "yes", when: { $or: names.map((name) => ({ [name]: { $gte: 200 / 3 } })) } }],
    otherwise: "no",
  } },
});

async function bench() {
  const { compile } = await import("../www/sdk/dist/node.js");
  const bytes = await compile(book(true));
  const [with_, without] = await Promise.all([true, false].map((model) => createFewbits({ book: JSON.parse(book(model)), auto: false })));
  const engine = open(bytes);
  const script = plain();
  const ROUNDS = 200_000;
  // Each round moves one input, so that the model has to be asked again.
  const moves = Array.from({ length: 4096 }, () => [Math.floor(chance() * INPUTS), Math.fround(chance() * 100)]);
  const x = new Float32Array(INPUTS);
  const facts = moves.map(([i, v]) => ({ [names[i]]: v }));
  moves.slice(0, 500).forEach(([i, v]) => engine.declare(i, v, NOW));
  for (let i = 0; i < INPUTS; i++) {
    engine.declare(i, 50, NOW);
    x[i] = 50;
    for (const fb of [with_, without]) fb.declare({ [names[i]]: 50 });
  }
  for (const [i, v] of moves) {
    x[i] = v;
    engine.declare(i, v, NOW);
    if (Math.abs(script(x) - engine.value(INPUTS)) > 1e-6) throw new Error("the two do not agree");
  }
  let sink = 0;
  const ways = {
    "plain JavaScript, typed arrays": (k) => { x[moves[k][0]] = moves[k][1]; sink += script(x); },
    "module, boundary included": (k) => { sink += engine.declare(moves[k][0], moves[k][1], NOW); },
    "package, `declare` of one fact": (k) => { sink += with_.declare(facts[k]); },
    "package, the same without a model": (k) => { sink += without.declare(facts[k]); },
  };
  const best = {};
  for (let run = 0; run < +options.runs; run++) {
    for (const [name, way] of Object.entries(ways)) {
      const start = performance.now();
      for (let k = 0; k < ROUNDS; k++) way(k & 4095);
      const each = (performance.now() - start) / ROUNDS * 1e6;
      best[name] = Math.min(best[name] ?? Infinity, each);
    }
  }
  if (!Number.isFinite(sink)) throw new Error("no sum");
  const [first] = Object.values(best);
  const lines = Object.entries(best).map(([name, ns]) => `| ${name} | ${Math.round(ns).toLocaleString("en")} | ${(ns / first).toFixed(2)} |`);
  const text = `${TREES} trees of depth ${DEPTH}, ${INPUTS} inputs, ${bytes.length.toLocaleString("en")} bytes of compiled book; best of ${options.runs} runs of ${ROUNDS.toLocaleString("en")}, in turns. Each time one input moves and the model is asked. The module is the full one; the package runs the visitors' own.

| | ns | ratio |
|---|---:|---:|
${lines.join("\n")}
`;
  const head = "# A tree ensemble, beside plain JavaScript\n\nWritten by `node benches/models.mjs --write`. What the models are: [models.md](../models.md).\n\n";
  if (options.write) writeFileSync(new URL("../docs/generated/model-speed.md", import.meta.url), head + text);
  console.log(text);
}

if (options.rows) await ask();
else await bench();
process.exit(0);
