// Measures catalogues beside other engines and writes docs/generated/catalogue.md:
//   node benches/peers/catalogue-report.mjs HARNESS_DIR [--cli=target/release/fewbits] [--runs=3]
// HARNESS_DIR is a folder with bench-catalogue.mjs and lib/workload.mjs. Of its engines the fastest is run
// beside ours: typed arrays with bitmaps.
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import os from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants } from "node:zlib";
import { tag } from "./catalogue.mjs";

const { positionals: [given], values: options } = parseArgs({
  allowPositionals: true, options: { cli: { type: "string", default: "target/release/fewbits" }, runs: { type: "string", default: "3" } },
});
if (!given) throw new Error("say where the harness is: node benches/peers/catalogue-report.mjs HARNESS_DIR");
const harness = resolve(given), cli = resolve(options.cli);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const SIZES = [1000, 100_000, 1_000_000];
const OURS = "Fewbits (this package)";

/** Writes the harness's items as a list, and has the command line make a catalogue of it. */
const { makeCatalogue } = await import(pathToFileURL(join(harness, "bench-catalogue.mjs")));
const folder = mkdtempSync(join(os.tmpdir(), "fewbits-catalogue-"));
const facts = {};
for (const n of SIZES) {
  const { tags, price, pop } = makeCatalogue(n);
  const list = join(folder, `${n}.jsonl`), file = join(folder, `${n}.fbc`);
  const out = openSync(list, "w");
  for (let from = 0; from < n; from += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, n - from) }, (_, k) => {
      const i = from + k;
      return `${JSON.stringify({ id: i, tags: Array.from(tags.subarray(8 * i, 8 * i + 8), tag), price: price[i], popularity: pop[i] })}\n`;
    });
    writeSync(out, lines.join(""));
  }
  closeSync(out);
  const start = performance.now();
  execFileSync(cli, ["catalogue", "build", list, "-o", file], { stdio: "ignore" });
  facts[n] = { list: statSync(list).size, file: statSync(file).size, seconds: (performance.now() - start) / 1000 };
  rmSync(list);
  const bytes = readFileSync(file);
  facts[n].brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 } }).length;
  // The module's memory, and the time until the first answer could be given.
  const script = `
    const instantiate = WebAssembly.instantiate; let memory;
    WebAssembly.instantiate = async (...all) => { const made = await instantiate(...all); memory = (made.instance ?? made).exports.memory; return made; };
    const { openCatalogue } = await import(${JSON.stringify(new URL("../../www/sdk/dist/catalogue.node.js", import.meta.url).href)});
    const file = (await import("node:fs")).readFileSync(${JSON.stringify(file)});
    const start = performance.now();
    const { ok } = await openCatalogue(file, { worker: false });
    console.log(JSON.stringify({ ok, load: performance.now() - start, memory: memory.buffer.byteLength }));`;
  const opened = Array.from({ length: 5 }, () => JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" })));
  if (!opened.every(({ ok }) => ok)) throw new Error("a catalogue was refused");
  facts[n].load = opened.map(({ load }) => load).sort((a, b) => a - b)[2];
  facts[n].memory = opened[0].memory;
}

/** All engines of the harness in processes of their own; the run in which the fixed peer was least disturbed counts. */
const runs = Array.from({ length: Number(options.runs) }, () => {
  const done = spawnSync(process.execPath, ["bench-catalogue.mjs", "--json", `--n=${SIZES.join()}`, "--engines=bitmaps,Fewbits"], {
    cwd: harness, encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, PEERS_EXTRA_CAT: here("catalogue.mjs"), FEWBITS_CATALOGUES: folder },
  });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout);
});
rmSync(folder, { recursive: true });
const PEER = "typed JS: bitmaps + row score + heap";
const of = (run, engine, n) => run.results.find((row) => row.engine === engine && row.n === n);
const run = runs.toSorted((a, b) => of(a, PEER, 1_000_000).broad.ms - of(b, PEER, 1_000_000).broad.ms)[0];
const wrong = run.results.filter(({ error, selective, broad }) => error || selective.mismatches || broad.mismatches);
if (wrong.length) throw new Error(`these disagree or failed: ${JSON.stringify(wrong)}`);

const ms = (value) => value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value.toFixed(4);
const mb = (bytes) => (bytes / 1e6).toFixed(1);
const number = (n) => n.toLocaleString("en");
const cell = ({ ms: median, p10, p90 }) => `${ms(median)} [${ms(p10)}–${ms(p90)}]`;
const rows = run.results.map((row) => `| ${number(row.n)} | ${row.engine === OURS ? `**${row.engine}**` : row.engine} | ${cell(row.selective)} | ${cell(row.broad)} |`);
const ratio = (run, n, kind) => of(run, PEER, n)[kind].ms / of(run, OURS, n)[kind].ms;
const ratios = SIZES.map((n) => `| ${number(n)} | ${["selective", "broad"].map((kind) => {
  const all = runs.map((one) => ratio(one, n, kind)).sort((a, b) => a - b);
  return `${ratio(run, n, kind).toFixed(1)} × (${all[0].toFixed(1)}–${all.at(-1).toFixed(1)})`;
}).join(" | ")} |`);
const sizes = SIZES.map((n) => {
  const { list, file, brotli, memory, seconds, load } = facts[n];
  return `| ${number(n)} | ${mb(list)} | ${mb(file)} | ${mb(brotli)} | ${mb(memory)} | ${seconds.toFixed(1)} s | ${load.toFixed(0)} ms |`;
});
const text = `# Catalogues beside other engines

Written by \`node benches/peers/catalogue-report.mjs\`; [catalogue.md](../catalogue.md) says what a catalogue is.

${run.machine.cpu}, ${run.machine.cores} processors, Node ${run.machine.node}, ${run.machine.date.slice(0, 10)}; other work ran on the machine. Each item has 8 of 512 tags, some of them forty times as frequent as others. A query takes the best 24 by ten weighted tags and popularity, without two excluded tags; a *selective* one demands two further tags. Every engine has a process of its own, and answers 20 queries of each kind in turn, from the first on: a median over at most 300 answers, so nobody is warmed up for long. Every answer was compared with a scan of all items: no difference.

## How many times faster than the fastest peer

Typed arrays with a bitmap for each tag. The run that counts, and from the least to the greatest of ${runs.length} runs:

| items | selective | broad |
|--:|--:|--:|
${ratios.join("\n")}

## Milliseconds for a query, median [10th–90th percentile]

| items | engine | selective | broad |
|--:|---|--:|--:|
${rows.join("\n")}

## Sizes

Megabytes: the list as JSON lines, the catalogue, the same with brotli (level 9), and the whole memory of the module once it is loaded. Then the time of \`fewbits catalogue build\`, and from bytes to the first answer in Node, the module's compilation included (median of 5 processes).

| items | list | catalogue | brotli | in memory | made in | loaded in |
|--:|--:|--:|--:|--:|--:|--:|
${sizes.join("\n")}
`;
writeFileSync(here("../../docs/generated/catalogue.md"), text);
console.log(text);
