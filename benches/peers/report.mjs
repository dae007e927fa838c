// Measures this package beside other engines and writes docs/generated/peers.md:
//   node benches/peers/report.mjs HARNESS_DIR [--reps=3] [--rules=FILE]
// HARNESS_DIR is a folder with bench-rules.mjs, lib/engines.mjs and lib/workload.mjs, its packages installed.
// --rules takes what `bench-rules.mjs --json` wrote before, instead of running it anew.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const { positionals: [given], values: options } = parseArgs({
  allowPositionals: true, options: { reps: { type: "string", default: "3" }, rules: { type: "string" } },
});
if (!given) throw new Error("say where the harness is: node benches/peers/report.mjs HARNESS_DIR");
const harness = resolve(given);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
// The adapter reads the harness's workload from the folder it is started in.
process.chdir(harness);

const SIZES = [10, 100, 1000, 10_000];
const COLD_SIZES = [100, 1000, 10_000];
const STARTS = 11;
const OURS = "ours";

function node(args, env = {}) {
  const done = spawnSync(process.execPath, args, { cwd: harness, encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, ...env } });
  if (done.status !== 0) throw new Error(`node ${args.join(" ")}: ${done.stderr || done.error}`);
  return JSON.parse(done.stdout);
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const three = (value) => value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
const time = (ns) => ns >= 1e6 ? `${three(ns / 1e6)} ms` : `${three(ns / 1e3)} µs`;
const times = (ratio) => ratio >= 10 ? Math.round(ratio).toLocaleString("en") : ratio.toFixed(1);
const table = (head, rows) => [head, ["---", ...head.slice(1).map(() => "--:")], ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

// ---- rules
const { machine, results } = options.rules ? JSON.parse(readFileSync(options.rules, "utf8"))
  : node(["bench-rules.mjs", "--json", `--reps=${options.reps}`, `--n=${SIZES.join()}`], { PEERS_EXTRA: here("fewbits.mjs") });
const failed = results.filter(({ error }) => error);
const engines = [...new Set(results.map(({ engine }) => engine))];
const found = (engine, n) => results.find((row) => row.engine === engine && row.N === n && !row.error);
const kind = (engine) => results.find((row) => row.engine === engine).kind;
const us = engines.find((engine) => kind(engine) === OURS);
const best = (n, key) => results.filter((row) => row.N === n && row.kind === "peer" && !row.error).reduce((a, b) => a[key] <= b[key] ? a : b);
const growthbook = "growthbook evalCondition";

function rulesTable(key) {
  const sorted = engines.toSorted((a, b) => (found(b, 1000)?.[key] ?? 0) - (found(a, 1000)?.[key] ?? 0));
  const name = (engine) => kind(engine) === OURS ? `**${engine}**` : kind(engine) === "js" ? `*${engine}*` : engine;
  return table(["engine", ...SIZES.map((n) => `N=${n}`)], sorted.map((engine) =>
    [name(engine), ...SIZES.map((n) => found(engine, n) ? time(found(engine, n)[key]) : "failed")]));
}

const ratios = table(["against", ...SIZES.map((n) => `N=${n}`)], [["nsBook", "whole book"], ["incNs", "one event"]].flatMap(([key, what]) => [
  [`${what}: the best peer`, ...SIZES.map((n) => `${times(best(n, key)[key] / found(us, n)[key])} × (${best(n, key).engine})`)],
  [`${what}: GrowthBook`, ...SIZES.map((n) => `${times(found(growthbook, n)[key] / found(us, n)[key])} ×`)],
]));

const verified = results.filter(({ error }) => !error);
const sum = (rows, key) => rows.reduce((total, row) => total + (row[key] ?? 0), 0);
const own = verified.filter(({ engine }) => engine === us);
const cal = verified.map(({ calNs }) => calNs).sort((a, b) => a - b);

// ---- starts
const folder = mkdtempSync(join(os.tmpdir(), "fewbits-cold-"));
const { makeBook } = await import(pathToFileURL(join(harness, "lib/workload.mjs")));
const { ENGINES } = await import(pathToFileURL(join(harness, "lib/engines.mjs")));
const { format, possible } = await import("./fewbits.mjs");
const { compile } = await import("../../www/sdk/dist/node.js");
const WAYS = { compiled: "compiled", "compiled, module ready": "compiled", JSON: "json" };
const PEERS = ["json-logic-js", growthbook, "growthbook SDK isOn()"];
const cold = {}, bytes = {};
for (const n of COLD_SIZES) {
  const rules = makeBook(n);
  const book = JSON.stringify(await possible(format(rules)));
  const files = { json: book, compiled: await compile(book) };
  for (const name of PEERS) files[name] = ENGINES.find((engine) => engine.name === name).format(rules);
  for (const [name, content] of Object.entries(files)) {
    files[name] = join(folder, `${n}-${name.replace(/\W/g, "-")}`);
    writeFileSync(files[name], content);
    (bytes[name] ??= {})[n] = Buffer.byteLength(content);
  }
  for (const way of [...Object.keys(WAYS), ...PEERS]) {
    const starts = Array.from({ length: STARTS }, () => node([here("cold.mjs"), way, String(n), files[WAYS[way] ?? way]]));
    (cold[way] ??= {})[n] = { load: median(starts.map(([load]) => load)), first: median(starts.map(([, first]) => first)), all: median(starts.map(([load, first]) => load + first)) };
  }
}
rmSync(folder, { recursive: true });
const WORDS = {
  compiled: "**Fewbits**, compiled book", "compiled, module ready": "**Fewbits**, compiled book, WebAssembly compiled before",
  JSON: "**Fewbits**, JSON book, compiled on the spot",
};
const coldTable = table(["", ...COLD_SIZES.flatMap((n) => [`N=${n}`, "ready + first", "book"])], Object.entries(cold).map(([way, sizes]) =>
  [WORDS[way] ?? way, ...COLD_SIZES.flatMap((n) => [
    `${three(sizes[n].all)} ms`, `${three(sizes[n].load)} + ${three(sizes[n].first)}`, `${(bytes[WAYS[way] ?? way][n] / 1024).toFixed(0)} KiB`,
  ])]));

const text = `# Beside other engines

Written by \`node benches/peers/report.mjs\`; [speed.md](../speed.md) says what is measured and how to read it.

${machine.cpu}, ${machine.cores} processors, Node ${machine.node}, ${machine.date.slice(0, 10)}. A fixed loop of integers took ${cal[0].toFixed(2)} to ${cal.at(-1).toFixed(2)} ns a turn in the course of the run (median ${median(cal).toFixed(2)}): the machine was that much disturbed. Every engine and size has a process of its own; of ${results[0].runs.length} processes the fastest counts, for every engine.

## How many times faster

${ratios}

## The whole book for one visitor

Time for one visitor and N segments of 3 to 6 comparisons, from a plain object with 40 attributes to one answer for each segment. In italics: what somebody could write by hand for these very rules.

${rulesTable("nsBook")}

## One event

One attribute changes; time until it is known which of the N segments changed. Engines that keep nothing evaluate the whole book again.

${rulesTable("incNs")}

## A start

A process begins, the book lies in memory, and the first visitor's segments are wanted: median of ${STARTS} processes. The peers' libraries are loaded before the time runs; so is ours, and Node's fetch, but the first and the third row have the compilation of the WebAssembly modules in them. All code is new to the machine: none of it is optimised yet.

${coldTable}

## Do they agree?

Before each timing every engine is compared with a reference, visitor by visitor and rule by rule, as long as a time limit allows. This package: ${sum(own, "verifiedPairs").toLocaleString("en")} pairs, ${sum(own, "mismatches")} mismatches, and ${sum(own, "incMismatches")} events after which another number of segments had changed. All engines: ${sum(verified, "verifiedPairs").toLocaleString("en")} pairs, ${sum(verified, "mismatches")} mismatches.${failed.length ? ` Failed: ${failed.map(({ engine, N }) => `${engine} at N=${N}`).join(", ")}.` : ""}
`;
const page = here("../../docs/generated/peers.md");
mkdirSync(resolve(page, ".."), { recursive: true });
writeFileSync(page, text);
console.log(text);
