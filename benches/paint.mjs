// What a page with Fewbits costs before one can use it: tasks over 50 ms, layout shifts and the time to the first segments, on a
// processor slowed down in Chromium, each page beside itself without Fewbits, in turns; and writes docs/generated/paint.md:
//   xvfb-run -a node benches/paint.mjs [--rounds=5] [--write]
// Needs `cargo xtask build`, and Chromium with chromedriver, as `cargo xtask test e2e` does.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { serve } from "../www/demo/serve.mjs";
import { ENGINES, startDriver } from "../www/e2e/lib/engines.mjs";
import { compile } from "../www/sdk/dist/node.js";

const { values: options } = parseArgs({ options: { rounds: { type: "string", default: "5" }, write: { type: "boolean" } } });
const ROUNDS = Number(options.rounds);
const RATES = [4, 6];
/** So long after the page was loaded nothing of it is going on any more, at the slowest rate. */
const QUIET = 1000;
const root = fileURLToPath(new URL("../", import.meta.url));
const { build } = createRequire(join(root, "www", "package.json"))("esbuild");
const sdk = (...parts) => join(root, "www/sdk", ...parts);
const demo = (...parts) => join(root, "www/demo", ...parts);

// ---- the pages: each with Fewbits, and with something in its place that knows nothing and loads nothing
const folder = mkdtempSync(join(os.tmpdir(), "fewbits-paint-"));
const WRAPS = {
  with: `import { createFewbits as start } from ${JSON.stringify(sdk("dist/index.js"))};
    export const createFewbits = async (options) => {
      const fb = await start(options);
      performance.mark("segments", { detail: fb.segments.length });
      if (!fb.ok) throw new Error(fb.error.message);
      return fb;
    };`,
  without: `const nothing = async () => null, none = () => 0;
    export const createFewbits = async () => ({
      ok: false, error: null, segments: [], ids: [], slots: [], flags: new Uint8Array(0),
      consent: { store: "unknown", personalise: "unknown", measure: "unknown", share: "unknown" },
      track: none, declare: none, setContext: none, engage: none, is: () => false, on: () => none,
      decide: (slot) => ({ slot, variant: "" }), decisions: () => [], rank: async (_, items) => items,
      setConsent: nothing, forget: nothing, exportMine: nothing, explain: nothing, inspect: nothing, report: nothing, ledger: nothing,
    });`,
};
const wrapped = (which) => ({
  name: "wrapped",
  setup(setup) {
    setup.onResolve({ filter: /^fewbits$/ }, () => ({ path: which, namespace: "wrapped" }));
    setup.onLoad({ filter: /./, namespace: "wrapped" }, () => ({ contents: WRAPS[which], loader: "js", resolveDir: root }));
  },
});
const MINIMAL = (book) => `import { createFewbits } from "fewbits";
  import { keepShown } from ${JSON.stringify(sdk("dist/head.js"))};
  const fb = await createFewbits({ book: ${JSON.stringify(book)}, wasm: "/assets/fewbits_core_bg.wasm", consent: { store: "granted", personalise: "granted" } });
  keepShown(fb, { book: "fernhill", slots: ["hero"] });`;
const page = (script) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Paint</title><link rel="icon" href="data:,">
<script src="/watch.js"></script><script src="/head.js" data-book="fernhill"></script><link rel="stylesheet" href="/minimal.css">
</head><body><h1>Welcome</h1><p>Some words.</p><script type="module" src="${script}"></script></body></html>`;
const WATCH = `window.seen = { tasks: [], frames: [], shifts: [] };
const watch = (type, work) => new PerformanceObserver((list) => list.getEntries().forEach(work)).observe({ type, buffered: true });
watch("longtask", ({ startTime, duration }) => seen.tasks.push({ startTime, duration }));
watch("layout-shift", ({ value }) => seen.shifts.push(value));
watch("long-animation-frame", ({ startTime, duration, scripts }) => seen.frames.push({ startTime, duration, scripts: scripts.map(
  ({ startTime, duration, invoker, invokerType, sourceURL, sourceFunctionName }) => ({ startTime, duration, invoker, invokerType, sourceURL, sourceFunctionName })) }));`;

async function scripts(which, entryPoints, outdir) {
  await build({
    entryPoints, outdir, bundle: true, format: "esm", target: "es2022", minify: true, splitting: true, chunkNames: "[name]-[hash]",
    plugins: [wrapped(which)], logLevel: "error",
  });
}
const sites = {};
for (const which of ["with", "without"]) {
  const at = join(folder, which);
  cpSync(demo("dist"), at, { recursive: true });
  const shop = join(at, "index.html");
  const html = readFileSync(shop, "utf8");
  if (!html.includes("<head>")) throw new Error("the shop's page has no <head>");
  writeFileSync(shop, html.replace("<head>", '<head><script src="/watch.js"></script>'));
  for (const [name, book] of [["compiled", "/assets/shop.book"], ["json", "/assets/shop.book.json"]]) {
    writeFileSync(join(folder, `${name}.js`), MINIMAL(book));
    await scripts(which, { [name]: join(folder, `${name}.js`) }, at);
    writeFileSync(join(at, `${name}.html`), page(`/${name}.js`));
  }
  await scripts(which, { shop: demo("src/client/main.ts") }, join(at, "assets"));
  for (const module of ["core", "author"]) cpSync(sdk(`dist/fewbits_${module}_bg.wasm`), join(at, `fewbits_${module}_bg.wasm`));
  cpSync(sdk("dist/fewbits.head.js"), join(at, "head.js"));
  writeFileSync(join(at, "watch.js"), WATCH);
  writeFileSync(join(at, "minimal.css"), "h1 { height: 30vh } html[data-fewbits-hero=winter] h1 { color: navy }");
  writeFileSync(join(at, "assets/shop.book"), await compile(readFileSync(demo("src/shop.book.json"), "utf8")));
  sites[which] = await serve({ port: 0, root: at });
}
const PAGES = [
  { name: "a minimal page, the shop's book compiled", path: "compiled.html" },
  { name: "the same, the book as JSON, compiled in the page", path: "json.html" },
  { name: "the demo shop", path: "" },
];

// ---- visits
const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });
const running = await startDriver(ENGINES.find(({ name }) => name === "Chromium"));
const driver = await running.session();
const cdp = (command, parameters = {}) => driver.sendDevToolsCommand(command, parameters);
// Below the width at which the shop opens its panel, which draws all that is known.
await driver.manage().window().setRect({ x: 0, y: 0, width: 1000, height: 900 });
const browser = (await driver.getCapabilities()).get("browserVersion");

async function load(url) {
  await driver.get(url);
  await pause(QUIET);
  return driver.executeScript(() => ({
    ...window.seen,
    segments: performance.getEntriesByName("segments")[0]?.startTime ?? null,
    painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
  }));
}
const results = [];
/** A first visit, with nothing in any cache, and the next one, by a visitor who agreed. */
async function visits(place, which, rate, round) {
  const url = sites[which].url + place.path;
  await driver.get("about:blank");
  await cdp("Network.clearBrowserCache");
  await cdp("Storage.clearDataForOrigin", { origin: new URL(url).origin, storageTypes: "all" });
  await cdp("Emulation.setCPUThrottlingRate", { rate });
  const note = (visit, seen) => results.push({ place, which, rate, round, visit, ...seen });
  note("first", await load(url));
  if (place.path === "") {
    await driver.executeScript(() => document.querySelector("[data-testid=consent-local]").click());
    await pause(QUIET);
  }
  note("next", await load(url));
  await cdp("Emulation.setCPUThrottlingRate", { rate: 1 });
}
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const rate of RATES) for (const place of PAGES) {
      // In turns, so that what disturbs the machine disturbs both.
      for (const which of round % 2 ? ["without", "with"] : ["with", "without"]) await visits(place, which, rate, round);
    }
    console.error(`round ${round + 1} of ${ROUNDS}`);
  }
} finally {
  await driver.quit();
  await running.stop();
  for (const site of Object.values(sites)) await site.close();
  rmSync(folder, { recursive: true, force: true });
}

// ---- the table
const median = (numbers) => numbers.length ? [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] : NaN;
const ms = (value) => Number.isFinite(value) ? `${Math.round(value)} ms` : "";
const busy = (runs) => {
  const counts = runs.map(({ tasks }) => tasks.length), all = runs.flatMap(({ tasks }) => tasks.map(({ duration }) => duration));
  return all.length ? `${median(counts)} of up to ${ms(Math.max(...all))}` : "none";
};
const shifts = (runs) => {
  const most = Math.max(...runs.map(({ shifts: values }) => values.reduce((sum, value) => sum + value, 0)));
  return most === 0 ? "0" : most.toFixed(4);
};
const some = (wanted) => results.filter((one) => Object.entries(wanted).every(([key, value]) => one[key] === value));
const rows = PAGES.flatMap((place) => RATES.flatMap((rate) => ["first", "next"].map((visit) => {
  const [ours, bare] = ["with", "without"].map((which) => some({ place, rate, visit, which }));
  const cells = [
    place.name, `${rate} ×`, visit, busy(ours), busy(bare), shifts(ours), shifts(bare),
    ms(median(ours.map(({ painted }) => painted))), ms(median(bare.map(({ painted }) => painted))), ms(median(ours.map(({ segments }) => segments))),
  ];
  return `| ${cells.join(" | ")} |`;
})));

/** What ran in a long task, by the browser's own account of the frame around it. */
const file = (address) => address && (URL.canParse(address) ? new URL(address).pathname : address);
function within({ startTime, duration }, { frames }) {
  const end = startTime + duration;
  const inside = frames.flatMap(({ scripts: all }) => all).filter((one) => one.startTime >= startTime - 1 && one.startTime < end);
  const told = inside.map((one) => `${one.invokerType} ${file(one.invoker.split("#")[0]) || ""} ${one.sourceFunctionName ? `(${one.sourceFunctionName})` : ""}`.trim().replace(/\s+/g, " ").replace(/-[A-Z0-9]{8}\b/g, ""));
  return [...new Set(told)].sort().join("; ") || "no script named: the browser's own work (parsing, style, layout), or WebAssembly that a promise of its own called";
}
const causes = PAGES.map((place) => {
  const found = new Map();
  for (const run of results.filter((one) => one.place === place)) {
    for (const task of run.tasks) {
      const cause = within(task, run);
      const entry = found.get(cause) ?? { with: [], without: [] };
      entry[run.which].push(task.duration);
      found.set(cause, entry);
    }
  }
  const lines = [...found].sort(([, a], [, b]) => b.with.length - a.with.length).map(([cause, times]) =>
    `| ${cause} | ${times.with.length ? `${times.with.length}, ${ms(median(times.with))}` : ""} | ${times.without.length ? `${times.without.length}, ${ms(median(times.without))}` : ""} |`);
  return `**${place.name[0].toUpperCase()}${place.name.slice(1)}**\n\n${lines.length ? `| what ran | with: how many, median | without |\n|---|--:|--:|\n${lines.join("\n")}` : "No task over 50 ms."}`;
});
const text = `# What a visitor waits for

Written by \`node benches/paint.mjs --write\`: the built package in Chromium ${browser}, headless, its processor slowed down 4 and 6 times by the browser itself, the server on the same machine. ${ROUNDS} rounds, each page with Fewbits and without it in turns; "without" is the same page with something in the place of Fewbits that answers at once, knows nothing and loads nothing. A first visit has empty caches and no memory; the next one has both, and consent. ${os.cpus()[0].model.trim()}, ${os.cpus().length} processors, perhaps busy with other work: compare with and without, not with other tables.

Long tasks are those over 50 ms, the browser's own count: median of their number, and the longest of all rounds. Layout shift is the greatest sum of a load. The first paint is the first contentful one; first segments are counted from the start of the navigation.

| page | slowed | visit | long tasks with | without | shift with | without | paint with | without | first segments |
|---|--:|---|--:|--:|--:|--:|--:|--:|--:|
${rows.join("\n")}

## What ran in the long tasks

By the browser's account of long frames (\`long-animation-frame\`), all rounds and both rates together. A script is named by what called it.

${causes.join("\n\n")}
`;
if (options.write) {
  mkdirSync(join(root, "docs/generated"), { recursive: true });
  writeFileSync(join(root, "docs/generated/paint.md"), text);
}
console.log(text);
