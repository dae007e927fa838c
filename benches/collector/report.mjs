// How fast the collector acknowledges reports, and the memory it takes:
//   node benches/collector/report.mjs [--seconds=10] [--runs=3] [--soak=MINUTES] [--write]
// Builds the collector and its load generator (load.rs, a process of its own), and starts a PostgreSQL server in a
// temporary folder. --soak=60: an hour of load instead. --write: into its part of docs/generated/collector.md.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values: options } = parseArgs({ options: {
  seconds: { type: "string", default: "10" }, runs: { type: "string", default: "3" },
  soak: { type: "string" }, rate: { type: "string", default: "2000" }, write: { type: "boolean" },
} });
const TARGET = 20_000;
const CONNECTIONS = 64;
const built = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "release");
const number = (n) => Math.round(n).toLocaleString("en");
const ms = (n) => `${n.toFixed(1)} ms`;
const ended = [];

function run(program, args) {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
}

/** PostgreSQL refuses to be run by root. */
function asServer(program, args) {
  const drop = process.getuid() === 0 ? ["--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
  return ["setpriv", [...drop, program, ...args]];
}

async function postgres() {
  const folder = mkdtempSync(join(os.tmpdir(), "fbb-"));
  ended.push(() => rmSync(folder, { recursive: true, force: true }));
  if (process.getuid() === 0) run("chown", ["postgres", folder]);
  const versions = existsSync("/usr/lib/postgresql") ? readdirSync("/usr/lib/postgresql").sort((a, b) => b - a) : [];
  const bin = versions.length ? `/usr/lib/postgresql/${versions[0]}/bin/` : "";
  const data = join(folder, "data");
  run(...asServer(`${bin}initdb`, ["-A", "trust", "-U", "fewbits", "--no-locale", "-E", "UTF8", "-D", data]));
  const server = spawn(...asServer(`${bin}postgres`, ["-D", data, "-c", "listen_addresses=", "-k", folder]), { stdio: "ignore", cwd: folder });
  const over = once(server, "exit");
  ended.push(() => { server.kill("SIGINT"); return over; });
  while (spawnSync(`${bin}pg_isready`, ["-q", "-h", folder]).status !== 0) await sleep(50);
  return `postgres://fewbits@${encodeURIComponent(folder)}/postgres`;
}

async function collector(store) {
  const data = mkdtempSync(join(os.tmpdir(), "fbb-"));
  ended.push(() => rmSync(data, { recursive: true, force: true }));
  const args = ["--statement", join(root, "tests/golden/statement/shop.json"), "--listen", "127.0.0.1:0", "--rate", "0", "--data", data];
  const child = spawn(join(built, "fewbits-collector"), store ? [...args, "--store", store] : args, { stdio: ["ignore", "ignore", "pipe"] });
  const over = once(child, "exit");
  const stop = () => { child.kill("SIGTERM"); return over; };
  ended.push(stop);
  for await (const line of createInterface({ input: child.stderr })) {
    const address = /listening on http:\/\/([^,]+)/.exec(line)?.[1];
    if (address) {
      child.stderr.resume();
      return { address, stop, processor: () => processor(child.pid), memory: (field) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) / 1024 };
    }
  }
  throw new Error("the collector did not start");
}

/** Seconds of processor time so far; a tick of Linux is a hundredth. */
function processor(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function load(address, seconds, rate) {
  const args = [address, "--connections", CONNECTIONS, "--seconds", seconds, ...(rate ? ["--rate", rate] : [])].map(String);
  const child = spawn(join(built, "examples/load"), args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (text) => { said += text; });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`load ended with ${code}`);
  const result = JSON.parse(said);
  if (result.refused || result.lost) throw new Error(`not all were acknowledged: ${said}`);
  return result;
}

/** The store has exactly what was acknowledged. */
async function counted({ address }, acknowledged) {
  for (;;) {
    const text = await (await fetch(`http://${address}/metrics`)).text();
    if (/^fewbits_log_bytes 0$/m.test(text)) break;
    await sleep(100);
  }
  const audience = await (await fetch(`http://${address}/v1/audience?book=acme-outdoor`)).json();
  const all = Object.values(audience.questions).flatMap(({ weeks }) => weeks.map(({ reports }) => reports));
  const sum = all.reduce((a, b) => a + b, 0);
  if (sum !== acknowledged) throw new Error(`${acknowledged} were acknowledged, but ${sum} are counted`);
}

async function throughput() {
  const rows = [];
  for (const [name, store] of [["SQLite", undefined], ["PostgreSQL", await postgres()]]) {
    const server = await collector(store);
    const fast = [], half = [], spent = [];
    let all = (await load(server.address, 2)).acknowledged;
    for (let at = 0; at < +options.runs; at++) {
      const before = server.processor();
      fast.push(await load(server.address, +options.seconds));
      spent.push((server.processor() - before) / fast.at(-1).acknowledged * 1e6);
      half.push(await load(server.address, +options.seconds, TARGET / 2));
    }
    for (const { acknowledged } of [...fast, ...half]) all += acknowledged;
    await counted(server, all);
    const best = fast.reduce((a, b) => a.rate >= b.rate ? a : b);
    const calm = half.reduce((a, b) => a.p99 <= b.p99 ? a : b);
    const worst = half.reduce((a, b) => a.p99 >= b.p99 ? a : b);
    rows.push([
      name, `${number(best.rate)} (${(best.rate / TARGET).toFixed(1)} ×)`, number(Math.min(...fast.map(({ rate }) => rate))), ms(best.p99),
      ms(calm.p50), ms(calm.p99), ms(worst.p99), `${Math.min(...spent).toFixed(0)} µs`, `${server.memory("VmHWM").toFixed(0)} MB`, number(all),
    ]);
    console.error(rows.at(-1).join("  "));
    await server.stop();
  }
  return `Acknowledged reports a second over ${CONNECTIONS} kept connections, each with one report under way; best and worst of ${options.runs} runs of ${options.seconds} s. Acknowledged means: synced to the disk. In brackets: against the target of ${number(TARGET)}. Then the latencies at half the target, ${number(TARGET / 2)}/s, each report timed from when it was due. Processor time is the collector's alone, user and system; it depends less than the rest on what else the machine does. Counted in the store afterwards, and equal to what was acknowledged: the last column.

| store | a second, best run | worst run | p99 then | p50 at half | p99 at half, best run | worst run | processor time a report | memory, highest | reports in all |
| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |
${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}
`;
}

async function soak() {
  const minutes = +options.soak, rows = [];
  const server = await collector(await postgres());
  let over = false;
  const work = load(server.address, minutes * 60, +options.rate).finally(() => { over = true; });
  const memory = [];
  for (let at = 0; !over; at++) {
    await Promise.race([sleep(5000), work]);
    memory.push(server.memory("VmRSS"));
  }
  const { acknowledged, p50, p99 } = await work;
  await counted(server, acknowledged);
  const quarter = Math.floor(memory.length / 4);
  for (let part = 0; part < 4; part++) {
    const some = memory.slice(part * quarter, (part + 1) * quarter).sort((a, b) => a - b);
    rows.push(`| ${part + 1} | ${some[0].toFixed(1)} MB | ${some[quarter >> 1].toFixed(1)} MB | ${some.at(-1).toFixed(1)} MB |`);
  }
  await server.stop();
  return `${number(minutes)} minutes at ${number(+options.rate)} reports a second into PostgreSQL: ${number(acknowledged)} reports, all of them counted; p50 ${ms(p50)}, p99 ${ms(p99)}. Resident memory, looked at every five seconds, by quarters of the time:

| quarter | least | median | most |
| --- | --: | --: | --: |
${rows.join("\n")}
`;
}

/** Nanoseconds a turn of a fixed loop takes: how much else the machine does. */
function spin() {
  const start = process.hrtime.bigint();
  let x = 1;
  for (let i = 0; i < 2e7; i++) x = Math.imul(x, 1_664_525) + 1_013_904_223 | 0;
  return x === 0 ? 0 : Number(process.hrtime.bigint() - start) / 2e7;
}

try {
  const build = spawnSync("cargo", ["build", "--quiet", "--release", "-p", "fewbits-collector", "--bins", "--examples"], { cwd: root, stdio: "inherit" });
  if (build.status !== 0) throw new Error("it does not build");
  const turns = [spin()];
  const section = options.soak ? "soak" : "throughput";
  const text = await (options.soak ? soak() : throughput());
  turns.push(spin());
  const machine = `${os.cpus()[0].model.trim()}, ${os.cpus().length} processors, ${new Date().toISOString().slice(0, 10)}; load average ${os.loadavg()[0].toFixed(1)} at the end. A turn of a fixed loop took ${turns.map((t) => t.toFixed(2)).join(" ns before and ")} ns after: how much else the machine did. Collector, load generator and database shared it.`;
  const part = `<!-- ${section} -->\n${machine}\n\n${text}<!-- /${section} -->`;
  if (options.write) {
    const file = join(root, "docs/generated/collector.md");
    const before = readFileSync(file, "utf8");
    writeFileSync(file, before.replace(new RegExp(`<!-- ${section} -->[^]*<!-- /${section} -->`), () => part));
  } else console.log(part);
} finally {
  for (const end of ended.reverse()) await end();
}
