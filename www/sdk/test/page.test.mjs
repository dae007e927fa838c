// The browser entry in a make-believe page: importing touches nothing, and only what the book needs is looked at.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, beforeEach, test } from "node:test";
import { BOOK, bytes, clock, Disk, listen, Locks, soon, START, until } from "./lib.mjs";
import { compile } from "../dist/node.js";
import { entries } from "../entries.mjs";

const core = await readFile(new URL("../dist/fewbits_core_bg.wasm", import.meta.url));
const POWERS = [
  "document", "navigator", "location", "history", "navigation", "window", "localStorage", "sessionStorage", "indexedDB",
  "caches", "cookieStore", "XMLHttpRequest", "WebSocket", "EventSource", "Worker", "BroadcastChannel",
  "addEventListener", "removeEventListener", "scrollY", "innerHeight",
];
// These exist in Node, too: a call is what counts.
const ACTS = ["fetch", "setTimeout", "setInterval", "queueMicrotask"];

/** A target that remembers who listens. */
function target(name, log, more) {
  const listeners = new Map();
  return {
    ...more,
    listeners,
    addEventListener(type, listener) {
      log.push(`${name} + ${type}`);
      listeners.set(type, (listeners.get(type) ?? new Set()).add(listener));
    },
    removeEventListener(type, listener) {
      log.push(`${name} - ${type}`);
      listeners.get(type)?.delete(listener);
    },
    fire(type, event = {}) { for (const one of [...(listeners.get(type) ?? [])]) one({ type, ...event }); },
    get count() { return [...listeners.values()].reduce((sum, set) => sum + set.size, 0); },
  };
}

let undo = [], log, page, quiet;
const define = (name, value) => {
  const old = Object.getOwnPropertyDescriptor(globalThis, name);
  undo.push(() => old ? Object.defineProperty(globalThis, name, old) : delete globalThis[name]);
  Object.defineProperty(globalThis, name, { configurable: true, ...(typeof value === "function" && value.getter ? { get: value } : { value, writable: true }) });
};

/** A page with just enough of everything, which writes down what is read of it. */
function makePage({ gpc, navigation = true, tall = 4000 } = {}) {
  log = [];
  const watched = (name, object) => new Proxy(object, {
    get: (from, key) => {
      if (typeof key === "string" && !["addEventListener", "removeEventListener"].includes(key)) log.push(`${name}.${key}`);
      return Reflect.get(from, key, from);
    },
  });
  const disk = new Disk();
  const window = target("window", log);
  const document = target("document", log, {
    referrer: "https://www.google.com/search?q=boots", baseURI: "https://shop.example/boots", visibilityState: "visible",
    documentElement: { scrollHeight: tall },
  });
  const location = { href: "https://shop.example/boots?utm_medium=email", pathname: "/boots", search: "", hash: "", hostname: "shop.example" };
  const go = (_state, _title, url) => { location.pathname = url; };
  const history = { pushState: go, replaceState: go };
  const nav = target("navigation", log);
  if (navigation) window.navigation = nav;
  page = { disk, window, document, location, history, nav, locks: new Locks(), requests: [], status: 200 };
  define("window", window);
  define("document", watched("document", document));
  define("location", watched("location", location));
  define("history", history);
  define("navigator", watched("navigator", {
    userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
    language: "de-CH", maxTouchPoints: 5, onLine: true, locks: page.locks, ...(gpc && { globalPrivacyControl: true }),
  }));
  define("localStorage", disk.tab());
  define("addEventListener", window.addEventListener);
  define("removeEventListener", window.removeEventListener);
  define("scrollY", 0);
  define("innerHeight", 1000);
  define("fetch", async (address, init) => {
    // A part of the package, loaded on demand.
    if (page.missing && String(address).includes(page.missing)) return new Response(null, { status: 404 });
    if (String(address).startsWith("file:")) return new Response(await readFile(address), { headers: { "content-type": "application/wasm" } });
    page.requests.push({ address: String(address), ...init });
    if (page.status === 0) throw new TypeError("failed");
    return new Response(null, { status: page.status });
  });
}

before(() => { quiet = listen(); });
after(() => quiet.stop());
beforeEach(() => {
  for (const one of undo.reverse()) one();
  undo = [];
  clock.now = START;
});
after(() => undo.reverse().forEach((one) => one()));

const { createFewbits } = await import("../dist/index.js");
const start = (options) => createFewbits({ book: bytes, wasm: core, clock: () => clock.now, ...options });
const only = (signals, when) => compile({
  fewbits: 1, book: "small", version: 1, signals,
  dimensions: { one: { why: "a test", segments: [{ id: "yes", when }], otherwise: "no" } },
});

test("importing touches nothing", async () => {
  const touched = [];
  for (const name of POWERS) {
    const getter = () => { touched.push(name); return undefined; };
    getter.getter = true;
    define(name, getter);
  }
  for (const name of ACTS) define(name, () => { touched.push(name); });
  // What a framework does when it is imported is its own business.
  for (const { name } of entries.filter(({ peers }) => !peers)) await import(`../dist/${name}.js?touch`);
  for (const one of undo.splice(0).reverse()) one();
  assert.deepEqual(touched, []);
});

// First, because a module that was loaded once is there for good.
test("the module for reports is missing: it is told, the rest goes on, and it is tried again", async () => {
  makePage();
  page.missing = "fewbits_full_bg";
  const errors = [];
  const fb = await start({ consent: granted, onError: ({ code }) => errors.push(code) });
  assert.deepEqual(await fb.report(), { status: "withheld", reason: "not-running" });
  assert.deepEqual([await fb.ledger(), await fb.explain(fb.segments[0]), await fb.exportMine()], [[], null, null]);
  await until("it is told", () => errors.length === 4);
  assert.deepEqual([...new Set(errors)], ["wasm-failed"]);
  assert.ok(fb.ok && fb.segments.length > 0);
  page.missing = "";
  assert.equal((await fb.report()).reason, "not-due");
  fb.destroy();
});

test("with unknown consent: no storage, no request but the book and the module, and memory works", async () => {
  makePage();
  let touched = 0;
  define("localStorage", Object.assign(() => { touched++; throw new Error("no"); }, { getter: true }));
  const fb = await start();
  await soon(20);
  fb.track("view", { aisle: "boots" });
  await fb.report();
  page.document.visibilityState = "hidden";
  page.document.fire("visibilitychange");
  page.window.fire("pageshow", { persisted: true });
  await soon(20);
  assert.equal(touched, 0);
  assert.deepEqual(page.requests, []);
  assert.ok(fb.is("interest/boots"));
  fb.destroy();
});

test("the environment becomes items; what the book does not ask for is not read", async () => {
  makePage();
  const fb = await start();
  const of = Object.fromEntries((await fb.exportMine()).signals.map(({ name, value }) => [name, value]));
  assert.equal(of.referrer, "search");
  assert.equal(of.medium, "email");
  assert.equal(of.device, "phone");
  assert.equal(of.language, "de");
  assert.ok(["spring", "summer", "autumn", "winter"].includes(of.season));
  fb.destroy();

  for (const one of undo.splice(0).reverse()) one();
  makePage();
  const modest = await start({ book: await only({ facts: { declared: "boolean" } }, { facts: true }) });
  await soon(20);
  assert.deepEqual(log.filter((line) => /userAgent|language|referrer|location\.|maxTouch/.test(line) && line !== "location.hostname"), []);
  assert.deepEqual(log.filter((line) => / \+ (scroll|pointer|key|popstate|currententry)/.test(line)), [], "and nothing is listened to");
  modest.destroy();
});

test("page views: one for the page, one for each new path, none twice", async () => {
  for (const navigation of [true, false]) {
    makePage({ navigation });
    const fb = await start();
    const views = async () => (await fb.exportMine()).signals.find(({ name }) => name === "views").value;
    await soon(20);
    assert.equal(await views(), 1);
    history.pushState(null, "", "/sandals");
    page.nav.fire("currententrychange", { navigationType: "push" });
    page.nav.fire("currententrychange", { navigationType: null });
    assert.equal(await views(), 2);
    // A router that puts the address right, and then goes back to the one before.
    history.replaceState(null, "", "/boots");
    page.nav.fire("currententrychange", { navigationType: "replace" });
    assert.equal(await views(), 2);
    history.pushState(null, "", "/sandals");
    page.nav.fire("currententrychange", { navigationType: "push" });
    assert.equal(await views(), 3);
    fb.destroy();
    history.pushState(null, "", "/coats");
    page.nav.fire("currententrychange");
    assert.equal(page.window.count + page.document.count + page.nav.count, 0, "destroy ends every listener");
    for (const one of undo.splice(0).reverse()) one();
  }
});

test("a site that tracks its own views is not counted twice", async () => {
  makePage();
  const fb = await start();
  fb.track("view", { aisle: "boots" });
  await soon(20);
  location.pathname = "/sandals";
  page.nav.fire("currententrychange");
  assert.equal((await fb.exportMine()).signals[0].value, 1);
  fb.destroy();
});

test("auto: false collects nothing by itself", async () => {
  makePage();
  const fb = await start({ auto: false });
  await soon(20);
  location.pathname = "/sandals";
  page.nav.fire("currententrychange");
  assert.equal((await fb.exportMine()).signals[0].value, 0);
  fb.destroy();
});

test("scrolling and attention", async () => {
  makePage();
  const fb = await start();
  await soon(20);
  const value = async (wanted) => (await fb.exportMine()).signals.find(({ name }) => name === wanted).value;
  globalThis.scrollY = 2100;
  page.window.fire("scroll");
  await soon(260);
  assert.equal(await value("depth"), 75);
  globalThis.scrollY = 0;
  page.window.fire("scroll");
  await soon(260);
  assert.equal(await value("depth"), 75, "the greatest depth");
  // Half a second of attention, told when the page is hidden; in steps of ten seconds that is none.
  page.document.visibilityState = "hidden";
  page.document.fire("visibilitychange");
  assert.equal(await value("reading"), 0);
  fb.engage({ dwell: 12 });
  assert.equal(await value("reading"), 10);
  fb.destroy();
});

test("a no to personalisation ends collection, and forgets", async () => {
  makePage();
  const fb = await start({ consent: { store: "granted" } });
  for (let i = 0; i < 3; i++) fb.track("view", { aisle: "boots" });
  await soon(20);
  await fb.setConsent({ personalise: "denied" });
  assert.ok(fb.is("lifecycle/new") && fb.is("interest/any"));
  assert.equal(page.nav.count, 0);
  fb.track("view", { aisle: "boots" });
  page.window.fire("pageshow", { persisted: true });
  await soon(20);
  const mine = await fb.exportMine();
  assert.deepEqual(mine.signals.filter(({ value }) => value !== null && value !== 0 && value !== false), []);
  await fb.setConsent({ personalise: "granted" });
  fb.track("view", { aisle: "boots" });
  assert.ok(fb.is("interest/boots"));
  fb.destroy();
});

test("Global Privacy Control closes measuring and sharing; or, if the site says so, only sharing", async () => {
  const yes = { store: "granted", measure: "granted", share: "granted", personalise: "granted" };
  makePage({ gpc: true });
  const strict = await start({ consent: yes, collector: "/v1/report" });
  assert.deepEqual(strict.consent, { ...yes, measure: "denied", share: "denied" });
  assert.equal((await strict.report()).reason, "no-consent");
  await strict.setConsent({ measure: "granted" });
  assert.equal(strict.consent.measure, "denied");
  strict.destroy();
  const mild = await start({ consent: yes, gpc: "share-only" });
  assert.deepEqual(mild.consent, { ...yes, share: "denied" });
  mild.destroy();
});

const granted = { store: "granted", personalise: "granted", measure: "granted" };

test("a report: drawn, waited for, sent once, exactly, and without anything that a browser can leave out", async () => {
  makePage();
  const fb = await start({ consent: granted, collector: "/v1/report?x=1#hash" });
  const first = await fb.report();
  assert.equal(first.status, "waiting");
  assert.equal(first.reason, "not-due");
  assert.deepEqual(page.requests, []);
  clock.now = first.due.getTime();
  const sent = await fb.report();
  assert.equal(sent.status, "sent");
  assert.match(sent.report, /^\{"fewbits":1,"book":"test-shop","version":3,"epoch":"2026-W4\d","question":"lifecycle","answer":"(rich|active|new)"\}$/);
  const [{ address, ...init }] = page.requests;
  assert.equal(address, "https://shop.example/v1/report?x=1");
  assert.deepEqual(init, {
    method: "POST", body: sent.report, headers: { "content-type": "application/json" }, credentials: "omit",
    referrerPolicy: "no-referrer", cache: "no-store", redirect: "error", keepalive: true,
  });
  assert.deepEqual(await fb.report(), { status: "withheld", reason: "already-answered" });
  const ledger = await fb.ledger();
  assert.deepEqual(ledger.map(({ what }) => what), ["drawn", "answered", "sent", "delivered"]);
  assert.equal(ledger[2].bytes, sent.report);
  assert.equal(ledger[2].to, address);
  assert.ok(ledger.reduce((sum, { bits }) => sum + bits, 0) <= 3.32);
  assert.equal(page.requests.length, 1);
  fb.destroy();
});

test("the same report waits while the collector cannot be reached, and is not repeated when it was refused", async () => {
  for (const [status, after, reason] of [[0, "waiting", "unreachable"], [503, "waiting", "unreachable"], [429, "waiting", "unreachable"], [400, "sent", "refused"]]) {
    makePage();
    const fb = await start({ consent: granted, collector: "/v1/report" });
    clock.now += 4 * 86_400_000;
    await fb.report();
    clock.now += 4 * 86_400_000;
    page.status = status;
    const result = await fb.report();
    assert.equal(result.status, after);
    assert.equal(result.reason, reason);
    page.status = 204;
    const again = await fb.report();
    if (after === "waiting") {
      assert.equal(again.status, "sent");
      assert.equal(page.requests[0].body, page.requests[1].body);
    } else assert.equal(again.reason, "already-answered");
    fb.destroy();
    for (const one of undo.splice(0).reverse()) one();
    clock.now = START;
  }
});

test("two tabs at once send one report", async () => {
  makePage();
  const tabs = await Promise.all([1, 2].map(() => start({ consent: granted, collector: "/v1/report", storage: page.disk.tab() })));
  // The gate's module is there in both, so that they ask at once.
  for (const fb of tabs) await fb.report();
  clock.now += 4 * 86_400_000;
  const results = await Promise.all(tabs.map((fb) => fb.report()));
  assert.deepEqual(results.map(({ status }) => status).sort(), ["sent", "waiting"]);
  assert.equal(results.find(({ status }) => status === "waiting").reason, "being-sent");
  assert.equal(page.requests.length, 1);
  for (const fb of tabs) fb.destroy();
});

test("without a collector nothing is sent; what is handed over counts as sent", async () => {
  makePage();
  const fb = await start({ consent: granted });
  await fb.report();
  clock.now += 4 * 86_400_000;
  assert.deepEqual(await fb.report(), { status: "withheld", reason: "no-collector" });
  const { status, report } = await fb.report({ handOver: true });
  assert.equal(status, "ready");
  assert.equal((await fb.ledger()).find(({ what }) => what === "sent").bytes, report);
  assert.deepEqual(await fb.report({ handOver: true }), { status: "withheld", reason: "already-answered" });
  assert.deepEqual(page.requests, []);
  fb.destroy();
});

test("a due report leaves by itself, a while after the start; a withdrawal before it stops it", async () => {
  for (const withdraw of [false, true]) {
    makePage();
    const early = await start({ consent: granted });
    await early.report();
    early.destroy();
    clock.now += 4 * 86_400_000;
    const fb = await start({ consent: granted, collector: "/v1/report" });
    assert.deepEqual(page.requests, [], "not in the tick of the consent");
    if (withdraw) await fb.setConsent({ measure: "denied" });
    if (withdraw) await soon(2500);
    else await until("the report left", () => page.requests.length);
    assert.equal(page.requests.length, withdraw ? 0 : 1);
    fb.destroy();
    for (const one of undo.splice(0).reverse()) one();
    clock.now = START;
  }
});

test("storage that fails when the ledger is written: nothing leaves", async () => {
  makePage();
  const storage = page.disk.tab();
  const fb = await start({ consent: granted, collector: "/v1/report", storage });
  await fb.report();
  clock.now += 4 * 86_400_000;
  storage.full = true;
  const { status } = await fb.report();
  assert.equal(status, "withheld");
  assert.deepEqual(page.requests, []);
  storage.full = false;
  assert.equal((await fb.report()).status, "sent");
  fb.destroy();
});

test("back from the back/forward cache: what other tabs did in the meantime is known", async () => {
  makePage();
  const fb = await start({ consent: granted });
  const other = await start({ consent: granted, storage: page.disk.tab(), auto: false });
  for (let i = 0; i < 3; i++) other.track("view", { aisle: "sandals" });
  page.window.fire("pageshow", { persisted: true });
  await soon(20);
  assert.ok(fb.is("interest/sandals"));
  fb.destroy();
  other.destroy();
});

test("bytes that were never read stay unread: the book names no engagement, so no listener for it", async () => {
  makePage();
  const fb = await start({ book: await only({ views: { count: "view", within: "7d" } }, { views: { $gte: 1 } }) });
  await soon(20);
  assert.deepEqual(log.filter((line) => / \+ (scroll|pointer|key)/.test(line)), []);
  assert.ok(fb.is("one/yes"));
  fb.destroy();
});
assert.ok(BOOK);
