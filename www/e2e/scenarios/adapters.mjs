// Consent tools and Prebid.js from npm on a page with the package, and what the site's own server gets to see.
import assert from "node:assert/strict";
import { readHint } from "fewbits/ssr";
import { asksForAssetsOnly } from "../lib/rules.mjs";

const YES = { store: "granted", personalise: "granted", measure: "granted", share: "granted" };
const ADS = { book: "/lab/ads.book", consent: YES };

/** Puts a consent tool into the page, which says later what the visitor answered. */
async function tool() {
  const { tcfStub, TcfTool, GVL, TCModel, TCString } = await window.lab.load("tools.js");
  const vendors = new GVL({
    gvlSpecificationVersion: 3, vendorListVersion: 1, tcfPolicyVersion: 5, lastUpdated: "2026-01-01T00:00:00Z", vendors: {},
    purposes: {}, specialPurposes: {}, features: {}, specialFeatures: {}, stacks: {}, dataCategories: {},
  });
  let real;
  window.banner = {
    stub: () => tcfStub(),
    load: () => {
      real = new TcfTool(300, 1, true);
      real.update("", true);
    },
    answer: (...purposes) => {
      const model = new TCModel(vendors);
      Object.assign(model, { cmpId: 300, cmpVersion: 1, isServiceSpecific: true });
      model.publisherConsents.set(purposes);
      real.update(TCString.encode(model), false);
    },
  };
}

export function adapters(check) {
  check("a consent tool that loads late, behind its stub: a yes, another mind, and nothing is left", {}, async (page) => {
    await page.lab({ book: "/lab/ads.book" });
    await page.call(tool);
    await page.call(async () => {
      window.banner.stub();
      const { followTcf } = await window.lab.load("sdk/tcf.js");
      window.told = [];
      followTcf(window.lab.fb, { onAnswer: ({ because }) => window.told.push(because) });
    });
    await page.call(() => window.banner.load());
    await page.until("the banner is seen", () => window.told.includes("cmpuishown"));
    assert.deepEqual(await page.keys(), []);
    await page.call(() => window.banner.answer(1, 5, 6));
    const answers = () => ["store", "personalise", "measure", "share"].map((purpose) => window.lab.fb.consent[purpose]);
    await page.settles("consent", ["granted", "granted", "denied", "denied"], answers);
    await page.call(() => window.lab.fb.track("view", { aisle: "boots" }));
    await page.until("something is kept", () => Object.keys(localStorage).length > 0);
    await page.call(() => window.banner.answer(5, 6));
    await page.settles("what is kept", [], () => Object.keys(localStorage));
    await asksForAssetsOnly(page);
  });

  // The shop's own pages allow no frames.
  const framed = { headers: { "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:" } };
  check("a frame follows the consent tool of the page around it", framed, async (page) => {
    await page.lab();
    await page.call(tool);
    await page.call(async () => {
      window.banner.stub();
      window.banner.load();
      const frame = document.createElement("iframe");
      frame.src = "/lab/lab.html";
      const loaded = new Promise((done) => { frame.onload = done; });
      document.body.append(frame);
      await loaded;
      window.inner = frame.contentWindow;
    });
    await page.until("the frame's lab is there", () => window.inner.lab !== undefined);
    // As code of the frame itself, so that it looks out from there.
    await page.call(async () => {
      await window.inner.lab.start();
      const script = window.inner.document.createElement("script");
      script.type = "module";
      script.src = "/lab/inside.js";
      window.inner.document.head.append(script);
    });
    await page.until("it listens", () => window.inner.told?.includes("cmpuishown"));
    await page.call(() => window.banner.answer(1, 5, 6));
    await page.settles("consent", "granted", () => window.inner.lab.fb.consent.personalise);
  });

  check("the site's server is told the hint while the visitor shares, by a cookie and by a header, and Prebid is", {}, async (page) => {
    await page.lab(ADS);
    await page.call(async () => {
      window.lab.fb.track("view", { aisle: "boots" });
      const [{ shareWithServer }, { rtdSubmodule }, { pbjs, submodule }] = await Promise.all(
        ["sdk/ssr.js", "sdk/prebid.js", "tools.js"].map(window.lab.load));
      window.server = shareWithServer(window.lab.fb);
      await window.server.ready;
      pbjs.processQueue();
      pbjs.registerBidAdapter(null, "probe", {
        code: "probe", supportedMediaTypes: ["banner"], isBidRequestValid: () => true, interpretResponse: () => [],
        // Keeps what it is asked with, and asks nobody.
        buildRequests: (_, { ortb2 }) => {
          window.asked = structuredClone(ortb2.user?.data ?? null);
          return [];
        },
      });
      submodule("realTimeData", rtdSubmodule({ fewbits: window.lab.fb, name: "shop.example", taxonomy: { "interest/boots": "676" } }));
      pbjs.setConfig({ realTimeData: { auctionDelay: 5000, dataProviders: [{ name: "fewbits", waitForIt: true }] } });
      window.auction = () => new Promise((done) => {
        const adUnits = [{ code: "top", mediaTypes: { banner: { sizes: [[300, 250]] } }, bids: [{ bidder: "probe", params: {} }] }];
        pbjs.requestBids({ adUnits, timeout: 5000, bidsBackHandler: () => done(window.asked) });
      });
    });
    const ask = async () => {
      await page.call(async () => { await (await fetch("/lab/lab.html", { headers: window.server.headers })).text(); });
      const { headers } = page.site.requests.at(-1);
      return [readHint({ cookie: headers.cookie }), readHint(headers)];
    };
    const boots = { segments: ["interest/boots"] };
    const [byCookie, byHeader] = await ask();
    assert.deepEqual(byHeader, boots);
    // An engine that wants https for it even here takes no cookie, and the console says so.
    const refused = (await page.lines()).some((line) => line.includes("the browser does not take the cookie"));
    assert.deepEqual(byCookie, refused ? null : boots);
    if (page.engine.name === "Chromium") assert.ok(!refused);
    const mine = [{ name: "shop.example", ext: { segtax: 4 }, segment: [{ id: "676" }] }];
    assert.deepEqual(await page.call(() => window.auction()), mine);

    await page.call(() => window.lab.fb.setConsent({ share: "denied" }));
    assert.deepEqual(await ask(), [null, null]);
    assert.equal(await page.call(() => document.cookie), "");
    assert.deepEqual(await page.call(() => window.auction()), null);
  });
}
