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

const SEGMENTS = ["lifecycle/active", "interest/guides"];
function looksRight({ seen, console, network, headline }, url, json = true) {
  assert.deepEqual(console.filter((line) => !line.startsWith("INFO")), []);
  assert.ok(seen, "the page did not get to its end");
  assert.equal(seen.error, null);
  assert.deepEqual(seen.segments, SEGMENTS);
  assert.equal(headline, "Guides first");
  assert.match(seen.why, /guides/);
  assert.equal(seen.signals, 2);
  if (json) assert.deepEqual(seen.compiledHere, ["lifecycle/new", "interest/any"]);
  assert.deepEqual(network.filter((address) => !address.startsWith(`${url}/`)), []);
}

const SITES = [
  { name: "vite", tool: "vite" },
  { name: "webpack", tool: "webpack" },
  { name: "rollup", tool: "rollup" },
  { name: "esbuild", tool: "esbuild" },
  { name: "parcel", tool: "parcel", command: ["parcel", "build", "index.html", "--dist-dir", "dist", "--no-cache", "--no-source-maps"] },
  { name: "inline", tool: "esbuild", author: true },
  { name: "modules", tool: "" },
  { name: "script", tool: "", json: false },
];
for (const { name, tool, command = ["node", "build.mjs"], json, author } of SITES) {
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
      looksRight(await browser.visit(`${server.url}/`), server.url, json);
      assert.deepEqual(server.missing, []);
    } finally {
      await server.close();
    }
  });
}

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
    assert.match(html, /id="server">lifecycle\/new interest\/news</);
    assert.deepEqual(await (await fetch(`${url}/edge`)).json(), { segments: ["lifecycle/new", "interest/guides"] });
    looksRight(await browser.visit(`${url}/`), url);
    assert.doesNotMatch(server.output(), /error/i);
  } finally {
    await server.stop();
  }
});

const HELD = ["lifecycle/new", "interest/guides"];
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
    const live = { segments: HELD, why: true };
    assert.deepEqual(JSON.parse(stdout), [live, live, live, { segments: HELD }]);
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
    assert.deepEqual(JSON.parse(text), [{ segments: HELD, why: true }, { segments: HELD }]);
  } finally {
    await server.stop();
  }
});
