// The bindings of frameworks, and pages without one: the same small app in each, rendered, hydrated and used.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { compile } from "fewbits/node";
import { forBrowser, forServer, FRAMEWORKS, ROUTERS } from "../frameworks/build.mjs";
import { ENGINES, startDriver } from "./lib/engines.mjs";
import { assemble } from "./lib/site.mjs";
import { visitor } from "./lib/visit.mjs";
import { dom } from "./scenarios/dom.mjs";

const source = (name) => new URL(`../frameworks/${name}`, import.meta.url);
const DAY = 86_400_000;
const FIRST = { decision: "plain", hero: "Welcome", is: "no", note: "cool", segments: "interest/any" };

let files;
const servers = {};

const html = (script, app = "") => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Frames</title><link rel="icon" href="data:,"></head>
<body><div id="app">${app}</div><script type="module" src="/frameworks/${script}.js"></script></body></html>`;

before(async () => {
  files = await assemble();
  const root = path.join(files.root, "frameworks");
  await mkdir(root);
  const put = (name, text) => writeFile(path.join(root, name), text);
  await put("frames.book", await compile(await readFile(source("book.json"), "utf8")));
  await Promise.all(FRAMEWORKS.map(async (framework) => {
    const { name } = framework;
    await forBrowser(framework, path.join(root, `${name}.js`));
    servers[name] = await forServer(framework, path.join(root, `${name}.server.cjs`));
    await put(`${name}.html`, html(name));
    await put(`${name}-hydrated.html`, html(name, await servers[name].whole()));
  }));
  await put("routes.book", await compile(await readFile(source("routers/book.json"), "utf8")));
  await Promise.all(ROUTERS.map(async (router) => {
    await forBrowser(router, path.join(root, `${router.name}.js`));
    // The address of the router's first view.
    await mkdir(path.join(root, router.name));
    await put(`${router.name}/index.html`, html(router.name));
  }));
  await forBrowser({ client: "dom/client.js" }, path.join(root, "dom.js"));
  await put("dom.html", html("dom").replace('<div id="app"></div>', await readFile(source("dom/page.html"), "utf8")));
});
after(() => files?.remove());

/** What the app shows, as a list: drivers order keys as they like. Runs in the page. */
function shown() {
  const text = (id) => document.querySelector(`#${id}`)?.textContent;
  return [
    ["decision", text("decision")], ["hero", text("hero")?.trim()], ["is", text("is")],
    ["note", document.querySelector("#note")?.dataset.variant], ["segments", text("segments")],
  ];
}
const shows = (page, wanted) => page.settles("the app", Object.entries({ ...FIRST, ...wanted }), shown);
const running = (page) => page.until("Fewbits runs", () => window.fb !== undefined && !document.querySelector("#boots").disabled);

/** Nothing was said on the console: no mismatch, no warning of the framework. */
async function quiet(page) {
  const loud = (await page.lines()).filter((line) => /^(warn|error)/.test(line));
  assert.deepEqual(loud, []);
}

/** One visit, from what the page shows first to the next day. */
async function visit(page, address) {
  await page.open(address);
  await running(page);
  await shows(page, {});
  assert.equal(await page.call(() => window.started), 1, "it was started more than once");
  await page.until("both slots count as shown, once", () => [...window.shown].sort().join() === "hero:plain,note:cool");

  // The note may change, but not while somebody is writing in it; the hero stays for the session.
  await page.click("#field");
  await page.call(() => document.querySelector("#boots").click());
  const reached = { segments: "interest/boots", is: "yes" };
  await shows(page, reached);
  assert.equal(await page.call(() => document.activeElement.id), "field");
  await page.click("#boots");
  await shows(page, { ...reached, note: "warm" });
  await quiet(page);

  await page.open(`${address}?ahead=${DAY}`);
  await running(page);
  const known = { ...reached, decision: "winter", hero: "Winter boots", note: "warm" };
  await shows(page, known);
  await quiet(page);
  await page.call(() => window.end());
  await page.until("it has ended with the app", () => window.fb.track("boots") === 0);
}

/** The scenario of one framework. Both visits share a browser, because its start is most of the time. */
const framework = ({ name }) => (check) => {
  check(`${name}: rendered in the browser, and rendered on a server and hydrated`, {}, async (page) => {
    await visit(page, `/frameworks/${name}.html`);
    await page.call(() => localStorage.clear());
    const rendered = await readFile(path.join(files.root, "frameworks", `${name}-hydrated.html`), "utf8");
    // Without a script, too, there is something to see.
    assert.match(rendered, /Welcome/);
    assert.match(rendered, /interest\/any/);
    await visit(page, `/frameworks/${name}-hydrated.html`);
  });
};

/** A walk through the views of a real router. */
const routed = ({ name }) => (check) => check(`${name}: each view counts once, shows what fits, and leaves no listener`, { early: ["listeners"] }, async (page) => {
  await page.open(`/frameworks/${name}/`);
  const views = (wanted) => page.settles("the views", wanted, async () => (await window.fb?.exportMine())?.signals[0].value);
  const stands = (headline, text) => page.settles("the view", [headline, text], () => {
    const part = document.querySelector("#hero, #show");
    return [document.querySelector("h1")?.textContent, part?.checkVisibility() ? part.innerText.trim() : ""];
  });
  await stands("Home", "Welcome");
  await views(1);
  await page.click("#shelf");
  await stands("Shelf", "");
  await views(2);
  // The address that one is at already, and what is no view: state that a page keeps, a place in it.
  await page.click("#shelf");
  await page.call(() => history.replaceState(history.state, "", "?sort=price"));
  await views(2);
  await page.click("#home");
  await stands("Home", "Winter boots");
  await views(3);
  await page.settles("the segments", "visit/walk", () => document.querySelector("#segments").textContent);
  // One that sends on to another is one view.
  await page.click("#old");
  await stands("Shelf", "You walk.");
  await views(4);
  await page.call(() => { history.back(); });
  await stands("Home", "Winter boots");
  await views(5);
  await page.call(() => { history.forward(); });
  await stands("Shelf", "You walk.");
  await views(6);
  assert.deepEqual(await page.call(() => window.shown), ["hero:plain", "hero:winter"]);
  assert.ok((await page.call(() => window.listening())).includes("click"));
  await page.call(() => window.end());
  await page.settles("the package's listeners", [[], true], () => [window.listening(), window.historyIsNative()]);
  await quiet(page);
});

test("React's stream has what its string has", async () => {
  for (const name of ["react18", "react19"]) {
    const { streamed, whole } = servers[name];
    const plain = (text) => text.replace(/<!--.*?-->/g, "");
    assert.equal(plain(await streamed()), plain(whole()));
  }
});

function suite(engine, scenarios) {
  let driver;
  before(async () => { driver = await startDriver(engine); });
  after(() => driver?.stop());
  const visits = visitor(engine, {
    files: () => files,
    driver: () => driver,
    restart: async () => {
      await driver.stop();
      driver = await startDriver(engine);
    },
  });
  for (const scenario of scenarios) scenario((name, options, work) => test(name, visits(name, options, work)));
}

describe("frameworks", { concurrency: 1 }, () => {
  for (const engine of ENGINES) describe(engine.name, { concurrency: 1 }, () => suite(engine, [...FRAMEWORKS.map(framework), ...ROUTERS.map(routed), dom]));
});

