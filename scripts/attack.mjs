// The attack on the example books and on the three public data sets, and the repeated study:
//   node scripts/attack.mjs [--data=DIR] [--cli=target/release/fewbits] [--write]
// DIR holds the three data sets that books/data is written for; without it their rows are left out, and nothing is
// written. --write: into docs/generated/attack.md. Build first: cargo build --release -p fewbits-cli
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: options } = parseArgs({ options: {
  data: { type: "string" }, write: { type: "boolean" },
  cli: { type: "string", default: join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "release/fewbits") },
} });

/** Four dimensions of eight declared segments, whatever they mean: the population of the study. */
const raw = {
  fewbits: 1, book: "four-dimensions", version: 1,
  signals: Object.fromEntries(["a", "b", "c", "d"].map((d) => [d, { declared: [..."12345678"].map((s) => `${d}${s}`) }])),
  dimensions: Object.fromEntries(["a", "b", "c", "d"].map((d) => [d, {
    why: "to see what four raw dimensions tell",
    segments: [..."1234567"].map((s) => ({ id: `${d}${s}`, when: { [d]: `${d}${s}` } })), otherwise: `${d}8`,
  }])),
  report: { questions: { a: 1, b: 1, c: 1, d: 1 }, bootstrap: true },
};

const number = (n) => Math.round(n).toLocaleString("en");
const percent = (share) => {
  const value = share * 100;
  const digits = value >= 99.95 || value <= 0 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 4;
  return `${value.toFixed(digits)} %`;
};
const times = (value) => (value < 99.95 ? value.toFixed(1) : number(value));
const table = (head, rows) => [head, head.map((_, i) => (i ? "--:" : "---")), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

function fewbits(...args) {
  const from = process.hrtime.bigint();
  const said = execFileSync(options.cli, ["attack", ...args, "--format", "json"], { cwd: root, maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "inherit"] });
  return { ...JSON.parse(said), seconds: Number(process.hrtime.bigint() - from) / 1e9 };
}

const sections = [];
function attack(title, ...args) {
  const found = fewbits(...args);
  console.error(title, `${found.seconds.toFixed(1)} s`);
  const rows = found.mechanisms.flatMap(({ name, rates }) => rates.map((r) => [
    name, number(r.visitors), number(r.attacks), percent(r.rate), `${percent(r.low)} to ${percent(r.high)}`, times(r.times), r.bound === null ? "none" : percent(r.bound),
  ]));
  const alike = found.mechanisms.flatMap(({ name, anonymity }) => anonymity.map((a) => [name, number(a.visitors), a.weeks, percent(a.unique), number(a.p5), number(a.median)]));
  sections.push(`## ${title}

${[...found.notes, `${found.weeks} weeks`, `${found.bound.bits.toFixed(2)} bits, ${times(found.bound.times)} times a guess are proved; the attack ${found.bound.respected ? "stays within" : "IS ABOVE"}`, `${found.seconds.toFixed(0)} s`].join("; ")}.

${table(["what the sites get", "candidates", "attacks", "named", "95 % interval", "times a guess", "bound"], rows)}

${table(["alike in all that a site saw", "visitors", "weeks", "alone", "5th percentile", "median"], alike)}`);
}

const folder = join(os.tmpdir(), `fewbits-attack-${process.pid}`);
mkdirSync(folder);
writeFileSync(join(folder, "four.book.json"), JSON.stringify(raw));
attack("The shop", "books/shop.book.json");
attack("The newspaper", "books/news.book.json");
attack("Four dimensions of eight segments", join(folder, "four.book.json"));
if (options.data) {
  const data = (book, events) => [`books/data/${book}.book.json`, "--map", `books/data/${book}.map.json`, "--events", join(options.data, events)];
  attack("Recorded: requests to a blog (apache)", ...data("apache", "apache_logs_semicomplete/requests.csv"));
  attack("Recorded: areas of a company's site (msweb)", ...data("msweb", "msweb/visits.csv"));
  attack("Recorded: orders of a music shop (CDNOW)", ...data("cdnow", "cdnow/CDNOW_master.txt"));
}
const study = fewbits("--calibrate");
const figure = (f, share) => (f.visitors ? percent(share) : `${share.toFixed(3)} bits`);
const rows = study.figures.map((f) => [
  f.mechanism, f.weeks, f.visitors ? number(f.visitors) : "", figure(f, f.ours), f.visitors ? `${percent(f.low)} to ${percent(f.high)}` : "",
  figure(f, f.published), f.errors === null ? "" : f.errors.toFixed(1), f.agrees ? "agrees" : "**differs**",
]);
const agree = study.figures.filter((f) => f.agrees).length;
sections.push(`## The published study, repeated

${agree} of ${study.figures.length} figures agree within their error. [attack.md](../attack.md#calibration) says what was published, what had to be chosen, and what to make of the others. ${study.seconds.toFixed(0)} s.

${table(["mechanism", "weeks", "candidates", "ours", "95 % interval", "published", "standard errors", ""], rows)}

${table(["anonymity sets among 10,000", "ours", "published"], study.anonymity.map(([what, ours, published]) => [what, ours.toFixed(1), published]))}`);

const text = `# Who is who: the attack, run

Written by \`node scripts/attack.mjs --data=DIR --write\`; [attack.md](../attack.md) says what was done and how to read it. ${os.cpus()[0].model}, ${os.cpus().length} processors shared with other work, ${new Date().toISOString().slice(0, 10)}.

${sections.join("\n\n")}
`;
console.log(text);
if (options.write) {
  if (!options.data) throw new Error("--write needs --data");
  mkdirSync(join(root, "docs/generated"), { recursive: true });
  writeFileSync(join(root, "docs/generated/attack.md"), text);
}
