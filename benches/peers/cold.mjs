// One start, in a process of its own: the text (or the bytes) of a book lie in memory, and the time runs until the first
// visitor's memberships are there. report.mjs calls it, in the harness's folder: cold.mjs WAY N FILE
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [way, n, file] = process.argv.slice(2);
const { makeVisitors } = await import(pathToFileURL(`${process.cwd()}/lib/workload.mjs`));
const [visitor] = makeVisitors(1);
const out = new Uint8Array(+n);
const milliseconds = () => Number(process.hrtime.bigint()) / 1e6;

/** Our own: with the module's compilation in the time, or (`ready`) a module that a page has compiled before. */
async function ours(book, ready) {
  const { createFewbits } = await import("../../www/sdk/dist/node.js");
  const { facts } = await import("./fewbits.mjs");
  const told = facts(visitor);
  const module = new URL("../../www/sdk/dist/fewbits_core_bg.wasm", import.meta.url);
  const options = { book, auto: false };
  // Node loads the parts of fetch when they are first named, which takes it some 15 ms. A page has them.
  if (typeof Response !== "function") throw new Error("there is no fetch");
  if (ready) options.wasm = await WebAssembly.compile(await readFile(module));
  const start = milliseconds();
  const fb = await createFewbits(options);
  const loaded = milliseconds();
  fb.declare(told, { replace: true });
  if (!fb.ok || fb.flags.length < n / 2) throw new Error("it did not start");
  return [loaded - start, milliseconds() - loaded];
}

/** A peer, through the harness's adapter; its library is loaded before the time runs. */
async function peer(name, text) {
  const { ENGINES } = await import(pathToFileURL(`${process.cwd()}/lib/engines.mjs`));
  const { load } = ENGINES.find((engine) => engine.name === name);
  const { build } = await load(text);
  const start = milliseconds();
  const { evalAll } = build();
  const loaded = milliseconds();
  evalAll(visitor, out);
  return [loaded - start, milliseconds() - loaded];
}

const bytes = await readFile(file);
const result = way === "compiled" ? await ours(new Uint8Array(bytes), false)
  : way === "compiled, module ready" ? await ours(new Uint8Array(bytes), true)
    : way === "JSON" ? await ours(bytes.toString(), false)
      : await peer(way, bytes.toString());
process.stdout.write(JSON.stringify(result), () => process.exit(0));
