// What the plugin does besides compiling: a book with errors fails the build and says where; in development a new book comes
// in without a new build.
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { openBrowser } from "./lib/browser.mjs";
import { freePort, install, run, serveWith, site } from "./lib/project.mjs";

let browser;
before(async () => {
  install();
  browser = await openBrowser();
});
after(() => browser?.close());

for (const name of ["vite", "webpack", "rollup", "rolldown", "rspack", "esbuild", "bun"]) {
  test(`${name}: a book with errors fails the build, with its lines`, () => {
    const folder = site(name);
    const book = path.join(folder, "shop.book.json");
    writeFileSync(book, readFileSync(book, "utf8").replace('"views": { "$gte": 3 }', '"viws": { "$gte": 3 }'));
    const { status, stdout, stderr } = run(folder, [name === "bun" ? "bun" : "node", "build.mjs"]);
    assert.notEqual(status, 0);
    const said = stdout + stderr;
    assert.match(said, /error\[unknown-signal\]/);
    assert.match(said, /shop\.book\.json:13:\d+/);
    assert.match(said, /13 \|.*"viws"/);
    assert.match(said, /\^\^/);
    assert.match(said, /help: did you mean `views`\?/);
  });
}

test("vite's development server: the page starts, and takes a changed book without being loaded anew", async () => {
  const folder = site("vite");
  const book = path.join(folder, "shop.book.json");
  // What a site may do; without it, Vite loads the page anew.
  writeFileSync(path.join(folder, "main.js"), `${readFileSync(path.join(folder, "main.js"), "utf8")}
window.loaded = Math.random();
import.meta.hot?.accept("./shop.book.json", (changed) => { window.seen = null; visit(changed.default); });
`);
  writeFileSync(path.join(folder, "vite.config.js"), `import fewbits from "fewbits/plugin";
export default { plugins: [fewbits.vite()] };
`);
  rmSync(path.join(folder, "shop.book.d.json.ts"), { force: true });
  const port = await freePort();
  const server = await serveWith(folder, ["vite", "--port", String(port), "--strictPort"], /Local:/);
  try {
    const first = await browser.visit(`http://localhost:${port}/`);
    assert.deepEqual(first.console.filter((line) => /^(WARNING|SEVERE)/.test(line)), []);
    assert.deepEqual(first.seen?.segments, ["lifecycle/active", "interest/guides", "reads/german"]);
    const loaded = await browser.driver.executeScript(() => window.loaded);
    writeFileSync(book, readFileSync(book, "utf8").replace('"id": "guides"', '"id": "handbooks"').replace('"interest": "guides"', '"interest": "handbooks"'));
    await browser.driver.wait(() => browser.driver.executeScript(() => window.seen?.segments.includes("interest/handbooks")), 20_000);
    assert.equal(await browser.driver.executeScript(() => window.loaded), loaded);
    assert.match(readFileSync(path.join(folder, "shop.book.d.json.ts"), "utf8"), /"interest\/handbooks"/);
  } finally {
    await server.stop();
  }
});
