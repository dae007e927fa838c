// Fills the generated blocks of README.md, so that no figure and no output in it is written by hand.
//
//   node scripts/readme.mjs           rewrites README.md
//   node scripts/readme.mjs --check   fails if the example differs (sizes and speeds may drift)
//
// A block lies between `<!-- generated:NAME -->` and `<!-- /generated -->`. Sources: the files in
// docs/example, the command line run on them, docs/generated/size.md (`cargo xtask size`) and
// docs/generated/peers.md (`node benches/peers/report.mjs`). A measurement that is not there
// leaves its block as it is. cli/tests/readme.rs compares the example once more.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path) => readFileSync(root + path, "utf8").replaceAll("\r\n", "\n");
const fenced = (language, text) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

const BOOK = "docs/example/shop.book.json";
const EVENTS = "docs/example/visits.jsonl";
const SIMULATE = ["simulate", BOOK, "--events", EVENTS, "--out", "-", "--show-visitors", "-k", "2"];

/** What the command prints: the visitors, then the summary, without its last line, which tells the time it took. */
function simulated() {
  const cargo = (...args) => ["run", "-q", "-p", "fewbits-cli", "--", ...args];
  const { status, stdout, stderr } = spawnSync("cargo", cargo(...SIMULATE), { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`the example fails:\n${stderr}`);
  const summary = stderr.trimEnd().split("\n").slice(0, -1).map((line) => line.trimEnd()).join("\n");
  return fenced("console", `$ cargo ${cargo(...SIMULATE).join(" ")}\n${stdout}\n${summary}`);
}

/** The page as a site writes it, where the package is installed and not beside it. */
const usage = () => fenced("js", read("docs/example/page.js").replace("../../www/sdk/dist/index.js", "fewbits"));

/** A measured page without its title, or undefined. */
function measured(path) {
  if (!existsSync(root + path)) return undefined;
  return read(path).replace(/^# .*\n+/, "").replace(/^(#+) /gm, "##$1 ").trim();
}

/** The table of sizes, and in plain words whether the goal is reached. */
function sizes() {
  const whole = measured("docs/generated/size.md");
  const text = whole?.replace(/^\| entry .*\n/gm, "").replace(/\n+$/, "").concat("\n\nEntry by entry: [docs/generated/size.md](docs/generated/size.md).");
  const goal = Number(text?.match(/shall weigh (\d+) bytes brotli/)?.[1]);
  const now = Number(text?.match(/critical path.*\| (\d+) \|$/m)?.[1]);
  if (!goal || !now) return text;
  const grouped = (n) => n.toLocaleString("en");
  const far = grouped(Math.abs(now - goal));
  return `${now > goal ? `**It is ${grouped(now)} today, ${far} above the goal.**` : `It is ${grouped(now)} today, ${far} below the goal.`}\n\n${text}`;
}

/** How many times faster than the peers: the first table of the page, which has the rest. */
function peers() {
  const [intro, , first] = measured("docs/generated/peers.md")?.split(/^#### (.*)$/m) ?? [];
  if (first === undefined) return undefined;
  return `${intro.replaceAll("](../", "](docs/").trim()}\n\n${first.trim()}\n\nAll engines and sizes: [docs/generated/peers.md](docs/generated/peers.md).`;
}

const BLOCKS = {
  book: { exact: true, text: () => fenced("json", read(BOOK)) },
  events: { exact: true, text: () => fenced("json", read(EVENTS)) },
  example: { exact: true, text: simulated },
  usage: { exact: true, text: usage },
  size: { exact: false, text: sizes },
  peers: { exact: false, text: peers },
};

const checking = process.argv.includes("--check");
const before = read("README.md");
const different = [];
const seen = new Set();
const after = before.replace(
  /<!-- generated:([a-z]+) -->\n([\s\S]*?)<!-- \/generated -->/g,
  (whole, name, old) => {
    const block = BLOCKS[name];
    if (!block) throw new Error(`README.md has a block \`${name}\`, and nothing writes it`);
    seen.add(name);
    if (checking && !block.exact) return whole;
    const text = block.text();
    if (text === undefined) {
      console.warn(`${name}: not measured here; the block stays as it is`);
      return whole;
    }
    if (`${text}\n` !== old) different.push(name);
    return `<!-- generated:${name} -->\n${text}\n<!-- /generated -->`;
  },
);
for (const name in BLOCKS) if (!seen.has(name)) throw new Error(`README.md has no block \`${name}\``);

if (checking) {
  if (different.length) {
    console.error(`README.md differs in: ${different.join(", ")}. Run: node scripts/readme.mjs`);
    process.exit(1);
  }
  console.log("README.md says what the example says");
} else {
  writeFileSync(`${root}README.md`, after);
  console.log(different.length ? `README.md: rewrote ${different.join(", ")}` : "README.md: nothing to do");
}
