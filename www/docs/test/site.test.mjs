// The built site in a browser: the playground answers, every page is accessible and fits a phone, and nothing is asked
// of anybody else.
import assert from "node:assert/strict";
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { By, Key, until } from "selenium-webdriver";
import { ENGINES, startDriver } from "../../e2e/lib/engines.mjs";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".wasm": "application/wasm", ".woff2": "font/woff2", ".svg": "image/svg+xml" };

let server, origin, engine, driver;
const strange = [];

before(async () => {
  assert.ok(existsSync(join(DIST, "index.html")), "build the site first: npm run build -w docs");
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const file = join(DIST, decodeURIComponent(pathname.endsWith("/") ? `${pathname}index.html` : pathname));
    if (!file.startsWith(DIST) || !existsSync(file) || !statSync(file).isFile()) {
      strange.push(request.url);
      return response.writeHead(404).end();
    }
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://localhost:${server.address().port}`;
  engine = await startDriver(ENGINES[0]);
  driver = await engine.session();
});
after(async () => {
  await driver?.quit();
  await engine?.stop();
  server?.closeAllConnections();
  server?.close();
});

const width = (pixels) => driver.sendDevToolsCommand("Emulation.setDeviceMetricsOverride",
  { width: pixels, height: 900, deviceScaleFactor: 1, mobile: pixels < 600 });
const dark = (on) => driver.executeScript("document.documentElement.classList.toggle('dark', arguments[0])", on);

/** Every address that was asked for, from the browser's own log. */
async function asked() {
  const entries = await driver.manage().logs().get("performance");
  return entries.map(({ message }) => JSON.parse(message).message)
    .filter(({ method }) => method === "Network.requestWillBeSent")
    .map(({ params }) => params.request.url);
}

test("the playground: events make segments, and a mistake is named with its line", async () => {
  await width(1280);
  await driver.get(`${origin}/playground.html`);
  const segment = (name) => driver.wait(until.elementLocated(By.xpath(`//div[@class='playground']//p[contains(@class,'family')]/button[contains(., '${name}')]`)), 15_000);
  const boots = await segment("boots");
  assert.doesNotMatch(await boots.getAttribute("class") ?? "", /holds/);
  await driver.executeScript(`const [, aisle] = document.querySelectorAll(".playground form select");
    aisle.value = "boots"; aisle.dispatchEvent(new Event("change"));`);
  const track = await driver.findElement(By.css(".playground .go"));
  await track.click();
  await driver.wait(async () => /holds/.test(await (await segment("boots")).getAttribute("class") ?? ""), 10_000);
  await (await segment("boots")).click();
  const why = await driver.wait(until.elementLocated(By.css(".playground .why")), 10_000);
  assert.match(await why.getText(), /interest\/boots.*holds/);

  // A mistake at the end of the first line.
  await driver.executeScript(`document.querySelector(".playground .cm-content").focus()`);
  await driver.findElement(By.css(".playground .cm-content")).sendKeys(Key.chord(Key.CONTROL, Key.HOME), Key.END, "!");
  const finding = await driver.wait(until.elementLocated(By.css(".playground .findings li")), 10_000);
  assert.match(await finding.getText(), /^line 1/);
});

const pages = readdirSync(DIST, { recursive: true }).filter((path) => path.endsWith(".html") && path !== "404.html").sort();

for (const page of pages) {
  test(`${page}: accessible in light and dark, fits a phone`, async () => {
    await width(1280);
    await driver.get(`${origin}/${page}`);
    await driver.wait(() => driver.executeScript("return document.readyState === 'complete' && !!document.querySelector('#app')?.children.length"), 10_000);
    await driver.executeScript(AXE);
    for (const night of [false, true]) {
      await dark(night);
      const found = await driver.executeAsyncScript(`
        const done = arguments[0];
        axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"] })
          .then(({ violations }) => done(violations.map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | "))))
          .catch((error) => done([String(error)]));`);
      assert.deepEqual(found, [], night ? "dark" : "light");
    }
    await dark(false);
    await width(390);
    const wide = await driver.executeScript("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
    assert.ok(wide <= 0, `${wide} pixels too wide for a phone`);
  });
}

test("nothing is asked of anybody else, and nothing that is not there", async () => {
  const all = await asked();
  assert.ok(all.length > pages.length);
  assert.deepEqual(all.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith("data:") && !url.startsWith("blob:")), []);
  assert.deepEqual(strange.filter((url) => url !== "/favicon.ico"), []);
});
