// The packed package in every bundler, and each page that comes out in a browser. `cargo xtask test bundlers` runs it.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { openBrowser } from "./lib/browser.mjs";
import { freePort, install, ROOT, run, serveWith, site, version } from "./lib/project.mjs";
import { serve } from "./lib/serve.mjs";

let browser;
const table = [];
before(async () => {
  install();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  console.log(`\n${"site".padEnd(12)}${"with".padEnd(18)}${"build".padStart(8)}${"files".padStart(7)}${"bytes".padStart(10)}`);
  for (const { name, tool, built, files, bytes } of table) {
    console.log(`${name.padEnd(12)}${tool.padEnd(18)}${`${(built / 1000).toFixed(1)} s`.padStart(8)}${String(files).padStart(7)}${String(bytes).padStart(10)}`);
  }
});

/** Runs a site's build, and says how it went if it failed. */
function build(folder, command, env) {
  const start = performance.now();
  const { status, stdout, stderr } = run(folder, command, env);
  assert.equal(status, 0, `${command.join(" ")}\n${stdout}\n${stderr}`);
  return performance.now() - start;
}

/** Beside what the bundler made: the book, as JSON and compiled. */
async function addBook(folder) {
  const { compile } = await import("fewbits/node");
  const json = readFileSync(new URL("shop.book.json", import.meta.url), "utf8");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "shop.book.json"), json);
  writeFileSync(path.join(folder, "shop.book.fbk"), await compile(json));
}

function note(name, tool, built, folder) {
  const files = readdirSync(folder, { recursive: true }).map((file) => path.join(folder, file)).filter((file) => statSync(file).isFile());
  table.push({ name, tool, built, files: files.length, bytes: files.reduce((sum, file) => sum + statSync(file).size, 0) });
}

const SEGMENTS = ["lifecycle/active", "interest/guides", "reads/german"];
const NOBODY = ["lifecycle/new", "interest/any", "reads/any"];
/** What `sites/use.js` tells wherever it runs, but for the gate, which asks for locks that not every place has. */
const USED = {
  segments: SEGMENTS, error: null, hero: ["guides", "when", "guides were read"], note: ["words", "experiment"],
  ranked: ["handbook", "front page"],
  // Three of the book, and one for each variant of its experiment.
  signals: 5,
};

/** A first visit, and another one: the visitor is recognised by what the browser keeps. */
async function visits(url, { json = true, early = NOBODY } = {}) {
  const first = await browser.visit(`${url}/`), again = await browser.visit(`${url}/`);
  for (const [{ seen, console, network, headline }, before] of [[first, early], [again, ["lifecycle/active", "interest/guides", "reads/any"]]]) {
    assert.deepEqual(console.filter((line) => !line.startsWith("INFO")), []);
    assert.ok(seen, "the page did not get to its end");
    const { before: at, why, words, report, ledger, compiledHere, ...used } = seen;
    assert.deepEqual(used, USED);
    assert.deepEqual(at, before);
    assert.equal(words, first.seen.words);
    assert.equal(headline, "Guides first");
    assert.match(why, /guides/);
    assert.deepEqual(report, ["waiting", "not-due"]);
    assert.deepEqual(ledger, [["drawn", "lifecycle"]]);
    if (json) assert.deepEqual(compiledHere, NOBODY);
    assert.deepEqual(network.filter((address) => !address.startsWith(`${url}/`)), []);
  }
}

const SITES = [
  { name: "vite", tool: "vite" },
  { name: "vite-inside", tool: "vite" },
  { name: "webpack", tool: "webpack" },
  { name: "rollup", tool: "rollup" },
  { name: "rolldown", tool: "rolldown" },
  { name: "rspack", tool: "@rspack/core" },
  { name: "esbuild", tool: "esbuild" },
  { name: "bun", tool: "bun", command: ["bun", "build.mjs"] },
  { name: "parcel", tool: "parcel", command: ["parcel", "build", "index.html", "--dist-dir", "dist", "--no-cache", "--no-source-maps"] },
  { name: "inline", tool: "esbuild", author: true },
  { name: "modules", tool: "" },
  // What was asked of it before it had arrived has happened by then.
  { name: "script", tool: "", json: false, early: NOBODY.with(1, "interest/news") },
];
for (const { name, tool, command = ["node", "build.mjs"], author, ...page } of SITES) {
  test(`${name}: built, and run`, async () => {
    const folder = site(name);
    const built = build(folder, command);
    const dist = path.join(folder, "dist");
    await addBook(dist);
    note(name, tool && `${tool} ${version(tool)}`, built, dist);
    if (author) {
      // What compiles JSON in the browser is the one part that is not inside.
      const modules = readdirSync(dist).filter((file) => file.endsWith(".wasm"));
      assert.ok(modules.every((file) => file.startsWith("fewbits_author")), modules.join());
    }
    const server = await serve(dist);
    try {
      await visits(server.url, page);
      assert.deepEqual(server.missing, []);
    } finally {
      await server.close();
    }
  });
}

/** What a server is told of a visitor whose seed it does not have. */
const EVALUATED = { segments: ["lifecycle/new", "interest/guides", "reads/german"], hero: "guides", note: "none" };

test("next: server components, the edge and the browser", async () => {
  const folder = site("next", { page: false });
  await addBook(path.join(folder, "public"));
  const quiet = { NEXT_TELEMETRY_DISABLED: "1" };
  const built = build(folder, ["next", "build"], quiet);
  note("next", `next ${version("next")}`, built, path.join(folder, ".next", "static"));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const server = await serveWith(folder, ["next", "start", "-p", String(port)], /Ready/, quiet);
  try {
    const html = await (await fetch(url)).text();
    assert.match(html, /id="server">lifecycle\/new interest\/news reads\/any plain</);
    assert.deepEqual(await (await fetch(`${url}/edge`)).json(), EVALUATED);
    await visits(url);
    assert.doesNotMatch(server.output(), /error/i);
  } finally {
    await server.stop();
  }
});

/** What runs without a page: nobody was asked to agree to reports, so the gate withholds one, and says so. */
function usedWell({ before, why, words, report, ledger, ...used }, reason = "no-consent") {
  assert.deepEqual(used, USED);
  assert.deepEqual(before, NOBODY);
  assert.match(why, /guides/);
  assert.ok(["few", "many"].includes(words), words);
  assert.deepEqual(report, ["withheld", reason]);
  assert.deepEqual(ledger, reason === "no-consent" ? [["withheld", ""]] : []);
}

for (const [name, command] of [
  ["node", ["node", "main.mjs"]],
  ["deno", ["deno", "run", "--allow-read", "--no-config", "--node-modules-dir=manual", "main.mjs"]],
  ["bun", ["bun", "run", "main.mjs"]],
]) {
  test(`${name}: every entry that needs no page`, async () => {
    const folder = site("runtime", { page: false });
    await addBook(folder);
    copyFileSync(path.join(ROOT, "node_modules", "fewbits", "dist", "fewbits_core_bg.wasm"), path.join(folder, "core.wasm"));
    const { status, stdout, stderr } = run(folder, command);
    assert.equal(status, 0, stderr);
    const told = JSON.parse(stdout);
    assert.equal(told.length, 4);
    assert.deepEqual(told.pop(), EVALUATED);
    // The inlined build is that of pages: without one it has no storage.
    told.forEach((used, index) => usedWell(used, ["no-consent", "no-store", "no-consent"][index]));
    assert.equal(stderr, "");
  });
}

test("workerd: modules as a cloud's worker has them", async () => {
  const folder = site("workerd", { page: false });
  await addBook(folder);
  const built = build(folder, ["node", "build.mjs"]);
  note("workerd", `workerd ${version("workerd").split(".").slice(0, 2).join(".")}`, built, path.join(folder, "dist"));
  copyFileSync(path.join(folder, "shop.book.fbk"), path.join(folder, "dist", "shop.book.fbk"));
  const port = await freePort();
  const config = path.join(folder, "config.capnp");
  writeFileSync(config, readFileSync(config, "utf8").replace("PORT", String(port)));
  const server = await serveWith(folder, ["workerd", "serve", "config.capnp"]);
  try {
    const ask = () => fetch(`http://127.0.0.1:${port}`).catch(() => undefined);
    let answer;
    for (let i = 0; i < 100 && !answer; i++) answer = await ask() ?? await new Promise((done) => setTimeout(done, 50));
    const text = await answer.text();
    assert.equal(answer.status, 200, text + server.output());
    const [told, evaluated] = JSON.parse(text);
    usedWell(told);
    assert.deepEqual(evaluated, EVALUATED);
  } finally {
    await server.stop();
  }
});
