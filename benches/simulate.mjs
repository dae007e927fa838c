// Events per second of `fewbits simulate`, and the memory it takes:
//   node benches/simulate.mjs [--data=DIR] [--cli=target/release/fewbits] [--events=5000000] [--runs=3] [--write]
// DIR holds the three data sets that books/data is written for. The made-up file has the form of `msweb`, with a
// twentieth as many visitors as events. --write: into docs/generated/simulate.md.
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import os from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: options } = parseArgs({ options: {
  data: { type: "string" }, events: { type: "string", default: "5000000" }, runs: { type: "string", default: "3" }, write: { type: "boolean" },
  cli: { type: "string", default: join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "release/fewbits") },
} });

/** Highest resident memory so far, in bytes; 0 where the system does not say. */
function peak(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

async function simulate(book, events, threads) {
  const args = ["simulate", `books/data/${book}.book.json`, "--map", `books/data/${book}.map.json`, "--events", events, "--summary", "json"];
  const child = spawn(options.cli, threads ? [...args, "--threads", String(threads)] : args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  let said = "", memory = 0;
  child.stdout.on("data", (text) => { said += text; });
  const look = setInterval(() => { memory = Math.max(memory, peak(child.pid)); }, 5);
  const [code] = await once(child, "close");
  clearInterval(look);
  if (code !== 0) throw new Error(`${options.cli} ended with ${code}`);
  return { ...JSON.parse(said), memory };
}

async function measure(name, book, events, threads) {
  const runs = [];
  for (let run = 0; run < +options.runs; run++) runs.push(await simulate(book, events, threads));
  const best = runs.reduce((a, b) => a.speed.seconds <= b.speed.seconds ? a : b);
  const { speed } = best;
  const lines = best.lines?.read ?? best.events;
  const number = (n) => Math.round(n).toLocaleString("en");
  rows.push([
    name, number(lines), number(best.visitors), `${(statSync(events).size / 1e6).toFixed(1)} MB`, speed.threads,
    `${speed.seconds.toFixed(2)} s`, number(lines / speed.seconds), `${Math.round(Math.max(...runs.map(({ memory }) => memory)) / 1e6)} MB`,
  ]);
  console.error(rows.at(-1).join("  "));
}

/** Visits to areas by made-up visitors, who come back in any order. */
async function made(path, events) {
  const topics = readFileSync(join(root, "books/data/msweb-topics.csv"), "utf8").trim().split("\n").slice(1).map((line) => line.split(",")[0]);
  const file = createWriteStream(path);
  let seed = 1, block = "visitor_id,area_id\n";
  const below = (n) => {
    seed = Math.imul(seed, 1_664_525) + 1_013_904_223 | 0;
    return Math.floor((seed >>> 0) / 4_294_967_296 * n);
  };
  const visitors = Math.ceil(events / 20);
  for (let i = 1; i <= events; i++) {
    block += `${below(visitors)},${topics[below(topics.length)]}\n`;
    if (block.length > 1 << 20 || i === events) {
      if (!file.write(block)) await once(file, "drain");
      block = "";
    }
  }
  file.end();
  await once(file, "finish");
}

const rows = [];
if (options.data) {
  await measure("requests to a blog (log as CSV, 18 path rules, user agents)", "apache", join(options.data, "apache_logs_semicomplete/requests.csv"));
  await measure("areas of a site (CSV, a lookup)", "msweb", join(options.data, "msweb/visits.csv"));
  await measure("orders (aligned table, amounts, 78-week windows)", "cdnow", join(options.data, "cdnow/CDNOW_master.txt"));
}
const folder = mkdtempSync(join(os.tmpdir(), "fewbits-simulate-"));
try {
  const path = join(folder, "made-up.csv");
  await made(path, +options.events);
  await measure("made-up visits to areas", "msweb", path);
  await measure("the same, one thread", "msweb", path, 1);
} finally {
  rmSync(folder, { recursive: true });
}

const head = ["input", "lines", "visitors", "size", "threads", "time", "lines a second", "memory"];
const table = [head, head.map((_, i) => i ? "--:" : "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
const text = `# Trying a book on recorded events

Written by \`node benches/simulate.mjs --write\`; [speed.md](../speed.md) says how to read it. ${os.cpus()[0].model}, ${os.cpus().length} processors, ${new Date().toISOString().slice(0, 10)}; the fastest of ${options.runs} runs, with reading and parsing the file.

${table}
`;
console.log(text);
if (options.write) {
  mkdirSync(join(root, "docs/generated"), { recursive: true });
  writeFileSync(join(root, "docs/generated/simulate.md"), text);
}
