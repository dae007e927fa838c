// The submodule in a real Prebid.js, bundled from its npm package with the module for real-time data and a bidder that
// keeps what it is asked with instead of asking anybody.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { compile } from "../dist/node.js";
import { rtdSubmodule } from "../dist/prebid.js";
import { BOOK, browserGlobals, Disk, listen, open, until } from "./lib.mjs";

const YES = { store: "granted", personalise: "granted", measure: "granted", share: "granted" };
const book = await compile({ ...BOOK, hints: { dimensions: ["interest"], why: "ads for the right aisle" } });
const MINE = { name: "shop.example", ext: { segtax: 4 }, segment: [{ id: "676" }] };
const THEIRS = { name: "other.example", segment: [{ id: "x" }] };

/** As much of a page as Prebid looks at when it loads. */
function page() {
  const element = () => ({
    style: {}, children: [], setAttribute() { /* nothing is shown */ }, getAttribute: () => null, appendChild: element, insertBefore: element,
    remove() { /* nothing is shown */ }, parentNode: { insertBefore: element, removeChild: element },
  });
  const location = new URL("https://shop.example/");
  const listeners = { addEventListener() { /* no events */ }, removeEventListener() { /* no events */ } };
  Object.assign(globalThis, {
    window: globalThis, top: globalThis, self: globalThis, parent: globalThis, frames: {}, location,
    document: {
      ...listeners, location, readyState: "complete", referrer: "", cookie: "", createElement: element, createTextNode: element,
      getElementsByTagName: () => [element()], querySelector: () => null, querySelectorAll: () => [], getElementById: () => null,
      body: element(), head: element(), documentElement: element(), hasFocus: () => true,
    },
  });
}

let globals, quiet, folder, prebid, fb;
const asked = [];
before(async () => {
  quiet = listen();
  page();
  globals = browserGlobals(undefined, { navigator: { language: "en", userAgent: "test" } });
  folder = await mkdtemp(join(tmpdir(), "fewbits-prebid-"));
  await build({
    stdin: {
      contents: `
        export { default as pbjs } from "prebid.js";
        import "prebid.js/modules/rtdModule.js";
        import "prebid.js/modules/allowActivities.js";
        export { submodule } from "./node_modules/prebid.js/dist/src/src/hook.js";
        export { default as adapters } from "./node_modules/prebid.js/dist/src/src/adapterManager.js";`,
      resolveDir: fileURLToPath(new URL("../..", import.meta.url)),
    },
    bundle: true, format: "esm", platform: "browser", outfile: join(folder, "prebid.mjs"),
  });
  prebid = await import(pathToFileURL(join(folder, "prebid.mjs")));
  const { pbjs, submodule } = prebid;
  pbjs.processQueue();
  for (const code of ["one", "two"]) {
    pbjs.registerBidAdapter(null, code, {
      code, supportedMediaTypes: ["banner"], isBidRequestValid: () => true, interpretResponse: () => [],
      buildRequests: (_, { ortb2 }) => {
        asked.push([code, structuredClone(ortb2.user?.data)]);
        return [];
      },
    });
  }
  const tab = await open(new Disk(), globals, { book, consent: { ...YES, share: "unknown" } });
  fb = tab.fb;
  fb.track("view", { aisle: "boots" });
  // Prebid takes the first configuration alone; the SDK comes later, as it does on a page.
  submodule("realTimeData", rtdSubmodule({
    fewbits: new Promise((done) => { setTimeout(done, 30, fb); }), name: "shop.example", taxonomy: { "interest/boots": "676" },
  }));
  pbjs.setConfig({
    realTimeData: { auctionDelay: 5000, dataProviders: [{ name: "fewbits", waitForIt: true }] },
    ortb2: { user: { data: [THEIRS] } },
  });
});
afterEach(() => { asked.length = 0; });
after(async () => {
  // The page's globals stay: Prebid's timers need them until this process ends.
  quiet.stop();
  await rm(folder, { recursive: true });
});

/** What both bidders are asked with in one auction. */
async function auction() {
  const { pbjs } = prebid;
  await new Promise((done) => {
    pbjs.requestBids({
      adUnits: [{ code: "top", mediaTypes: { banner: { sizes: [[300, 250]] } }, bids: [{ bidder: "one", params: {} }, { bidder: "two", params: {} }] }],
      timeout: 5000,
      bidsBackHandler: done,
    });
  });
  const [one, two] = ["one", "two"].map((code) => asked.find(([bidder]) => bidder === code)?.[1]);
  assert.deepEqual(one, two, "all bidders are told the same");
  asked.length = 0;
  return one;
}

test("nothing without `share`; with it for every bidder, beside what the site tells itself; nothing after", async () => {
  assert.deepEqual(await auction(), [THEIRS]);
  await fb.setConsent({ share: "granted" });
  await fb.hint();
  await until("it is told", async () => (await auction()).length > 1);
  assert.deepEqual(await auction(), [THEIRS, MINE]);
  await fb.setConsent({ share: "denied" });
  assert.deepEqual(await auction(), [THEIRS]);
  assert.deepEqual(prebid.pbjs.getConfig("ortb2"), { user: { data: [THEIRS] } }, "the page's own data is untouched");
});

test("what Prebid's rules forbid stays out", async () => {
  const { pbjs } = prebid;
  await fb.setConsent({ share: "granted" });
  await until("it is told", async () => (await auction()).length > 1);
  pbjs.setConfig({ allowActivities: { enrichUfpd: { rules: [{ condition: ({ componentName }) => componentName === "fewbits", allow: false }] } } });
  assert.deepEqual(await auction(), [THEIRS]);
  pbjs.setConfig({ allowActivities: {} });
  assert.deepEqual(await auction(), [THEIRS, MINE]);
});

test("a request for deletion erases everything, and takes back", async () => {
  assert.deepEqual(fb.segments.includes("interest/boots"), true);
  prebid.adapters.callDataDeletionRequest();
  await until("it is erased", () => !fb.segments.includes("interest/boots"));
  await until("nothing is told", async () => (await auction()).length === 1);
});

test("an SDK that does not come, or could not start, and requests of another shape: the auction goes on", async () => {
  for (const fewbits of [Promise.reject(new Error("no")), null, {}, fb]) {
    const one = rtdSubmodule({ fewbits, name: "shop.example", taxonomy: {} });
    assert.equal(one.init({}, {}), true);
    for (const request of [{}, { ortb2Fragments: {} }, { ortb2Fragments: { global: Object.freeze({}) } }]) {
      await new Promise((done) => { one.getBidRequestData(request, done, {}, {}, 100); });
    }
    one.onDataDeletionRequest({});
  }
  // Before it was set up.
  await new Promise((done) => { rtdSubmodule({ fewbits: fb, name: "x", taxonomy: {} }).getBidRequestData({}, done, {}, {}, 100); });
});
