// Outlets: what leaves by a hint, nothing without `share`, and what was handed on is taken back.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer, get } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { GrowthBook } from "@growthbook/growthbook";
import { compile } from "../dist/node.js";
import { feedGrowthBook } from "../dist/growthbook.js";
import { shareWithGpt } from "../dist/gpt.js";
import { openRtb, userData } from "../dist/openrtb.js";
import { formatHint, HINT_COOKIE, HINT_HEADER, parseHint, readHint, shareWithServer } from "../dist/ssr.js";
import { BOOK, browserGlobals, clock, Disk, listen, open, START, until } from "./lib.mjs";

const YES = { store: "granted", personalise: "granted", measure: "granted", share: "granted" };
const book = await compile({ ...BOOK, hints: { dimensions: ["interest"], why: "ads for the right aisle" } });
const TAXONOMY = { "interest/boots": "676", "interest/sandals": ["680", "681"], "interest/footwear": "676" };

let globals, quiet;
before(() => { quiet = listen(); });
after(() => quiet.stop());
beforeEach(() => {
  globals?.restore();
  globals = browserGlobals();
  clock.now = START;
  for (const name of ["googletag", "document"]) delete globalThis[name];
});
after(() => globals.restore());

/** A visitor who likes boots, in a tab. */
async function visitor(consent = YES, disk = new Disk()) {
  const tab = await open(disk, globals, { book, consent });
  tab.fb.track("view", { aisle: "boots" });
  return { ...tab, disk, given: [] };
}
const heard = (given) => given.map(({ segments, because }) => [segments, because]);

// ---- OpenRTB

test("user.data: an integer for the taxonomy, texts for the segments, each once", () => {
  assert.deepEqual(userData(["interest/sandals", "interest/boots", "interest/footwear", "x/y"], {
    name: "shop.example", taxonomy: TAXONOMY, segclass: "shop@7",
  }), [{ name: "shop.example", ext: { segtax: 4, segclass: "shop@7" }, segment: [{ id: "676" }, { id: "680" }, { id: "681" }] }]);
  assert.deepEqual(userData(["interest/any"], { name: "shop.example", taxonomy: TAXONOMY }), []);
  assert.deepEqual(userData(["constructor"], { name: "shop.example", taxonomy: TAXONOMY }), []);
  assert.deepEqual(userData(["interest/boots"], { name: "shop.example", taxonomy: TAXONOMY, segtax: "4" }), []);
  assert.deepEqual(userData(["a"], { name: "shop.example", taxonomy: { a: ["", "0", "x", "-1", "1e3", "999999"] } }), []);
  assert.ok(quiet.said.some((line) => line.includes("is no number of an IAB taxonomy")));
});

test("numbers of sensitive topics are refused, by the compiler's own list", async () => {
  const list = await readFile(new URL("../../../src/book/author/sensitive.txt", import.meta.url), "utf8");
  const never = new Set([...list.matchAll(/\| iab-audience-1\.1 \| (\d+)(?:-(\d+))? \|/g)].flatMap(([, first, last = first]) =>
    Array.from({ length: last - first + 1 }, (_, index) => Number(first) + index)));
  assert.ok(never.size > 100);
  const every = Array.from({ length: 2000 }, (_, index) => String(index + 1));
  const options = { name: "shop.example", taxonomy: { "interest/boots": every } };
  const [{ segment }] = userData(["interest/boots"], options);
  assert.deepEqual(segment.map(({ id }) => Number(id)), every.map(Number).filter((id) => !never.has(id)));
  // Another taxonomy has other numbers.
  assert.equal(userData(["interest/boots"], { ...options, segtax: 6 })[0].segment.length, 2000);
});

test("OpenRTB: handed on with `share`, taken back with it, and the entries of others stay", async () => {
  const { fb, given } = await visitor();
  const ortb = openRtb(fb, { name: "shop.example", taxonomy: TAXONOMY, onGiven: (one) => given.push(one) });
  await ortb.ready;
  const mine = { name: "shop.example", ext: { segtax: 4 }, segment: [{ id: "676" }] };
  assert.deepEqual(ortb.data, [mine]);
  const theirs = { name: "other.example", segment: [{ id: "x" }] };
  const request = { imp: [], user: { data: [theirs] } };
  const bare = {};
  assert.equal(ortb.enrich(ortb.enrich(request)), request);
  ortb.enrich(bare);
  assert.deepEqual(request.user.data, [theirs, mine]);
  assert.deepEqual(bare, { user: { data: [mine] } });
  await fb.setConsent({ share: "denied" });
  assert.deepEqual([ortb.data, request.user.data, bare], [[], [theirs], { user: {} }]);
  assert.deepEqual(ortb.enrich({ user: {} }), { user: {} });
  await fb.setConsent({ share: "granted" });
  await until("it is handed on again", () => ortb.data.length > 0);
  assert.deepEqual([request.user.data, bare], [[theirs, mine], { user: { data: [mine] } }]);
  ortb.stop();
  assert.deepEqual([ortb.data, request.user.data], [[], [theirs]]);
  assert.deepEqual(heard(given), [
    [["interest/boots"], "hint"], [null, "no-consent"], [["interest/boots"], "hint"], [null, "stopped"],
  ]);
  await fb.setConsent({ share: "denied" });
  assert.equal(given.length, 4);
});

test("no outlet without `share`, without `store`, with an objection to personalisation, or where Fewbits does not run", async () => {
  for (const [consent, because] of [
    [{ ...YES, share: "unknown" }, "no-consent"], [{ ...YES, share: "denied" }, "no-consent"], [{}, "no-consent"],
    [{ ...YES, personalise: "denied" }, "no-consent"], [{ ...YES, store: "unknown" }, "no-store"],
  ]) {
    const { fb, given } = await visitor(consent);
    const ortb = openRtb(fb, { name: "shop.example", taxonomy: TAXONOMY, onGiven: (one) => given.push(one) });
    await ortb.ready;
    assert.deepEqual([ortb.data, heard(given)], [[], [[null, because]]]);
  }
  const { fb, given } = await visitor();
  fb.destroy();
  await openRtb(fb, { name: "shop.example", taxonomy: TAXONOMY, onGiven: (one) => given.push(one) }).ready;
  assert.deepEqual(heard(given), [[null, "not-running"]]);
});

test("consent that comes later opens the outlet; a withdrawal while the gate is asked keeps it shut", async () => {
  const { fb } = await visitor({ ...YES, share: "unknown" });
  const ortb = openRtb(fb, { name: "shop.example", taxonomy: TAXONOMY });
  await ortb.ready;
  assert.deepEqual(ortb.data, []);
  void fb.setConsent({ share: "granted" });
  void fb.setConsent({ share: "denied" });
  await fb.setConsent({});
  assert.deepEqual(ortb.data, []);
  await fb.setConsent({ share: "granted" });
  await until("it is handed on", () => ortb.data.length > 0);
});

test("what the visitor had erased is taken back, in this tab and in others", async () => {
  const one = await visitor();
  const two = await visitor(YES, one.disk);
  const [here, there] = [one, two].map(({ fb, given }) =>
    openRtb(fb, { name: "shop.example", taxonomy: TAXONOMY, onGiven: (told) => given.push(told) }));
  await Promise.all([here.ready, there.ready]);
  assert.deepEqual([here.data.length, there.data.length], [1, 1]);
  await one.fb.forget();
  await until("both are empty", () => here.data.length + there.data.length === 0);
  assert.deepEqual(heard(one.given).at(-1), [null, "forgotten"]);
});

test("a listener of the site that throws hinders nothing", async () => {
  const { fb } = await visitor();
  const ortb = openRtb(fb, { name: "shop.example", taxonomy: TAXONOMY, onGiven: () => { throw new Error("the site's own"); } });
  await ortb.ready;
  assert.equal(ortb.data.length, 1);
  ortb.enrich(Object.freeze({ user: Object.freeze({}) }));
  ortb.enrich(null);
  assert.ok(quiet.said.some((line) => line.includes("a request could not be changed")));
});

// ---- Google Publisher Tag

/** As the tag does when it has loaded: runs what was queued, and from then on at once. */
function loadTag() {
  const configs = [];
  const tag = globalThis.googletag ??= {};
  const queued = tag.cmd ?? [];
  tag.setConfig = (config) => configs.push(structuredClone(config));
  tag.cmd = { push: (work) => work() };
  for (const work of queued) work();
  return configs;
}
const pps = (...values) => ({ pps: { taxonomies: { IAB_AUDIENCE_1_1: { values } } } });

test("GPT: signals for a tag that loads later, cleared when consent ends", async () => {
  const { fb } = await visitor();
  const outlet = shareWithGpt(fb, { taxonomy: TAXONOMY });
  await outlet.ready;
  const configs = loadTag();
  assert.deepEqual(configs, [pps("676")]);
  await fb.setConsent({ share: "denied" });
  assert.deepEqual(configs, [pps("676"), { pps: null }]);
  await fb.setConsent({ share: "granted" });
  await until("they are set again", () => configs.length === 3);
  outlet.stop();
  assert.deepEqual(configs.slice(2), [pps("676"), { pps: null }]);
});

test("GPT: withdrawn before the tag loads, nothing is ever set; the site's own signals stay", async () => {
  const first = await visitor();
  await shareWithGpt(first.fb, { taxonomy: TAXONOMY }).ready;
  await first.fb.setConsent({ share: "denied" });
  assert.deepEqual(loadTag(), []);

  delete globalThis.googletag;
  const content = { IAB_CONTENT_2_2: { values: ["48"] } };
  const { fb } = await visitor();
  const configs = loadTag();
  await shareWithGpt(fb, { taxonomy: TAXONOMY, pps: { taxonomies: content } }).ready;
  await fb.setConsent({ share: "denied" });
  assert.deepEqual(configs, [
    { pps: { taxonomies: { ...content, IAB_AUDIENCE_1_1: { values: ["676"] } } } }, { pps: { taxonomies: content } },
  ]);
  // Nothing is mapped: nothing to say.
  delete globalThis.googletag;
  const silent = loadTag();
  await shareWithGpt((await visitor()).fb, { taxonomy: {} }).ready;
  assert.deepEqual(silent, []);
});

test("GPT: a tag that throws or is too old", async () => {
  for (const tag of [{ cmd: { push: (work) => work() } }, { cmd: { push() { throw new Error("broken"); } } }]) {
    globalThis.googletag = tag;
    const { fb } = await visitor();
    await shareWithGpt(fb, { taxonomy: TAXONOMY }).ready;
  }
  assert.ok(quiet.said.some((line) => line.includes("has no setConfig")));
});

// ---- the site's own server

test("the format: strict, small, versioned", () => {
  for (const [segments, text] of [
    [["interest/footwear"], "1.interest/footwear"],
    [["lifecycle/new", "interest/boots", "lifecycle/new"], "1.interest/boots.lifecycle/new"],
    [[], null], [["x"], null], [["a/b;c"], null], [["a/b.c"], null], [["a/B"], null],
    [Array.from({ length: 17 }, (_, i) => `a/b${i}`), null],
  ]) {
    assert.equal(formatHint(segments), text);
    if (text) assert.deepEqual(parseHint(text), { segments: [...new Set(segments)].sort() });
  }
  for (const text of [
    "", "1", "1.", "2.a/b", "1.a", "1.a/b.", "1.b/b.a/b", "1.a/b.a/b", "1.a/b/c", "1.a/b c", "1.A/b", "01.a/b", " 1.a/b", "1.a/b\n",
    "1.__proto__/x", `1.a/${"b".repeat(65)}`, `1.${Array.from({ length: 17 }, (_, i) => `a/b${String.fromCharCode(97 + i)}`).join(".")}`,
    null, undefined, 3, {}, ["1.a/b"], "1.a/b".repeat(1000),
  ]) assert.equal(parseHint(text), null, String(text));
});

test("the parser: headers of the edge and of Node, hostile ones too", async () => {
  const boots = { segments: ["interest/boots"] };
  const cookie = `a=b; ${HINT_COOKIE}=1.interest/boots; c=d`;
  for (const [headers, wanted] of [
    [new Headers({ cookie }), boots], [{ cookie }, boots], [new Map([["cookie", cookie]]), boots],
    [{ cookie: ["a=b", `${HINT_COOKIE}=1.interest/boots`] }, boots],
    [{ [HINT_HEADER]: "1.interest/coats", cookie }, { segments: ["interest/coats"] }],
    [new Headers({ "Fewbits-Hint": "1.interest/boots" }), boots],
    [{ [HINT_HEADER]: "2.x", cookie }, boots],
    [{ cookie: `${cookie}; ${HINT_COOKIE}=1.interest/coats` }, null],
    [{ cookie: `x${HINT_COOKIE}=1.interest/boots` }, null],
    [{ cookie: "" }, null], [{}, null], [null, null], [undefined, null], [3, null], [{ get: 3 }, null],
    [{ get() { throw new Error("hostile"); } }, null], [Object.create({ cookie }), null],
  ]) assert.deepEqual(readHint(headers), wanted);

  // As a request really comes.
  const server = createServer((request, response) => response.end(JSON.stringify(readHint(request.headers))));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const ask = (headers) => new Promise((done) => {
    get({ port: server.address().port, host: "127.0.0.1", headers }, (answer) => answer.toArray().then((parts) => done(JSON.parse(Buffer.concat(parts)))));
  });
  assert.deepEqual(await ask({ cookie }), boots);
  assert.deepEqual(await ask({ "Fewbits-Hint": "1.interest/boots" }), boots);
  assert.equal(await ask({}), null);
  server.close();
});

/** Cookies as a browser keeps them for this page; `refuses` as without https. */
function cookieJar(refuses = false) {
  const jar = new Map(), written = [];
  globalThis.document = {
    get cookie() { return [...jar].map(([name, value]) => `${name}=${value}`).join("; "); },
    set cookie(text) {
      written.push(text);
      if (refuses) return;
      const [pair, ...rest] = text.split("; ");
      const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      if (rest.includes("Max-Age=0")) jar.delete(name);
      else jar.set(name, value);
    },
  };
  return { jar, written };
}

test("the server: a cookie and headers with `share`, neither after, also of an earlier visit", async () => {
  const { jar, written } = cookieJar();
  const { fb, disk } = await visitor();
  const server = shareWithServer(fb, { days: 7 });
  await server.ready;
  assert.deepEqual(written, [`${HINT_COOKIE}=1.interest/boots; Max-Age=604800; Path=/; Secure; SameSite=Lax`]);
  assert.deepEqual(server.headers, { [HINT_HEADER]: "1.interest/boots" });
  assert.deepEqual(readHint({ cookie: globalThis.document.cookie }), { segments: ["interest/boots"] });
  await fb.setConsent({ share: "denied" });
  assert.deepEqual([jar.size, server.headers], [0, {}]);
  assert.equal(written.at(-1), `${HINT_COOKIE}=; Max-Age=0; Path=/; Secure; SameSite=Lax`);
  await fb.setConsent({ share: "granted" });
  await until("it is back", () => jar.size === 1);

  // The visitor comes back and is not asked yet, or has refused elsewhere: what is there goes.
  fb.destroy();
  for (const share of ["unknown", "denied"]) {
    jar.set(HINT_COOKIE, "1.interest/boots");
    const back = await visitor({ ...YES, share }, disk);
    await shareWithServer(back.fb).ready;
    assert.equal(jar.size, 0);
  }
});

test("the server: headers alone; and a browser that does not take the cookie", async () => {
  const { written } = cookieJar();
  const { fb } = await visitor();
  const server = shareWithServer(fb, { cookie: false });
  await server.ready;
  assert.deepEqual([written, server.headers], [[], { [HINT_HEADER]: "1.interest/boots" }]);
  server.stop();
  assert.deepEqual(server.headers, {});
  cookieJar(true);
  await shareWithServer((await visitor()).fb).ready;
  assert.ok(quiet.said.some((line) => line.includes("the browser does not take the cookie")));
});

// ---- GrowthBook

const FEATURES = {
  hero: { defaultValue: "plain", rules: [{ condition: { segments: { $elemMatch: { $eq: "interest/boots" } } }, force: "boots" }] },
  greeting: { defaultValue: "hello", rules: [{ condition: { segments: { $in: ["lifecycle/active"] } }, force: "welcome back" }] },
};

test("GrowthBook: memberships as an attribute that conditions can use, followed, and gone with the visitor's no", async () => {
  const { fb } = await visitor({ personalise: "granted" });
  const growthbook = new GrowthBook({ attributes: { plan: "free" } }).initSync({ payload: { features: FEATURES } });
  const stop = feedGrowthBook(fb, growthbook);
  assert.equal(growthbook.getFeatureValue("hero", ""), "boots");
  assert.equal(growthbook.getFeatureValue("greeting", ""), "hello");
  for (let i = 0; i < 3; i++) fb.track("view", { aisle: "boots" });
  await until("the change is told", () => growthbook.getFeatureValue("greeting", "") === "welcome back");
  assert.deepEqual(growthbook.getAttributes(), { plan: "free", segments: fb.segments });
  await fb.setConsent({ personalise: "denied" });
  assert.deepEqual(growthbook.getAttributes().segments, []);
  assert.equal(growthbook.getFeatureValue("hero", ""), "plain");
  stop();
  growthbook.destroy();
});

test("GrowthBook: what evaluates elsewhere, or sends attributes, gets the hint and needs `share`", async () => {
  const sets = [];
  const remote = { updateAttributes: async (attributes) => { sets.push(attributes); }, isRemoteEval: () => true };
  const { fb } = await visitor({ ...YES, share: "unknown" });
  const stop = feedGrowthBook(fb, remote, { attribute: "groups" });
  await until("consent is in force", async () => fb.setConsent({ share: "granted" }).then(() => sets.length > 0));
  assert.deepEqual(sets, [{ groups: ["interest/boots"] }]);
  await fb.setConsent({ share: "denied" });
  assert.deepEqual(sets.at(-1), { groups: [] });
  stop();
  const logged = await visitor({ ...YES, share: "denied" });
  const told = [];
  feedGrowthBook(logged.fb, { updateAttributes: (attributes) => told.push(attributes) }, { from: "hint" });
  await logged.fb.hint();
  assert.deepEqual(told, []);
  // One that throws, and one that rejects.
  feedGrowthBook(logged.fb, { updateAttributes() { throw new Error("broken"); } })();
  feedGrowthBook(logged.fb, { updateAttributes: () => Promise.reject(new Error("broken")) })();
});
