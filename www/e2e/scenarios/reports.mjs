// What leaves: one report, exactly the wire form, once. And nothing where the browser has said no for all sites.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { isWireForm } from "../lib/rules.mjs";

const lab = JSON.parse(readFileSync(new URL("../pages/lab.book.json", import.meta.url), "utf8"));
const DAY = 86_400_000;
const YES = { store: "granted", personalise: "granted", measure: "granted", share: "denied" };
const DESK = { collector: "/v1/report", consent: YES };

const ledger = (page) => page.call(() => [...document.querySelectorAll("[data-testid=panel-ledger] > li")].map((it) => it.dataset.what));
const report = (page) => page.call(async () => {
  const { status, reason, report } = await window.lab.fb.report();
  return [status, reason ?? null, report ?? null];
});

/** Opens the lab, lets the gate draw its question, and moves the clock to after its due time. */
async function openDrawn(page, options) {
  await page.lab(options);
  assert.deepEqual(await report(page), ["waiting", "not-due", null]);
  await page.call(() => { window.lab.ahead = 60_000; });
}

export function reports(check) {
  // The pages of this test would give their whole address away, so that the SDK alone has to hold it back.
  const careless = { headers: { "referrer-policy": "unsafe-url" } };

  check("the report is exactly the wire form, leaves once, and stands in the ledger", careless, async (page) => {
    await page.shop();
    await page.call(() => { document.cookie = "visitor=4711; path=/"; });
    await page.press("consent-accept");
    await page.stroll("sandals");
    await page.until("a question is drawn", () => document.querySelector("[data-what=drawn]") !== null);
    assert.deepEqual(page.site.reports(), []);

    const before = Date.now() + DAY;
    await page.click("[data-jump='86400']");
    await page.until("the ledger says that it left", () => document.querySelector("[data-what=sent] .match:not(.open)") !== null);
    const [sent, ...more] = page.site.reports();
    assert.deepEqual(more, []);
    isWireForm(sent, page.site.files.book, [before, Date.now() + DAY]);
    assert.ok(page.site.requests.some(({ headers }) => headers.cookie), "the pages had no cookie that could go along");
    assert.ok(page.site.requests.some(({ headers }) => headers.referer), "the pages had no referrer that could go along");

    // What the panel shows is what left, to the byte.
    const shown = await page.call(() => [...document.querySelectorAll("[data-testid=panel-ledger] .bytes")].map((it) => it.textContent));
    assert.deepEqual(shown, [sent.body]);
    assert.deepEqual(await ledger(page), ["drawn", "answered", "sent"]);
    assert.equal(page.site.received().accepted, 1);
    const bits = await page.call(() => parseFloat(document.querySelector("[data-testid=panel-bits]").textContent));
    assert.ok(bits > 0 && bits <= 3.32, `${bits} bits`);

    // Neither time nor another page load, nor another interest, asks again.
    await page.reload();
    await page.ready();
    await page.stroll("tents");
    await page.click("[data-jump='604800']");
    await page.until("the panel says so", () => document.querySelector("[data-live=waiting]").textContent.startsWith("That was all"));
    assert.deepEqual(await ledger(page), ["drawn", "answered", "sent"]);
    assert.equal(page.site.reports().length, 1);
    assert.deepEqual(page.site.received().refused, 0);
  });

  check("the visitor's ledger and the collector's dashboard show the same report", { collector: true }, async (page) => {
    await page.shop();
    await page.press("consent-accept");
    await page.until("a question is drawn", () => document.querySelector("[data-what=drawn]") !== null);
    await page.click("[data-jump='86400']");
    await page.until("the collector has it", () => document.querySelector("[data-what=sent] .match:not(.open)") !== null);
    const text = await page.call(() => document.querySelector("[data-testid=panel-ledger] .bytes").textContent);
    assert.deepEqual(page.site.reports().map(({ body }) => body), [text]);

    const ask = async (path) => (await fetch(new URL(path, page.site.collector))).text();
    const { book, question, epoch } = JSON.parse(text);
    // It is counted when the log is next brought into the store.
    const counted = async () => JSON.parse(await ask(`/v1/audience?book=${book}&question=${question}`)).questions[question]?.reports === 1;
    await page.driver.wait(counted, 20_000, "the collector's answer counts no report", 100);
    const dashboard = await ask("/");
    for (const word of [book, question, epoch]) assert.ok(dashboard.includes(word), `the dashboard names ${word}`);
    assert.match(await ask("/metrics"), /^fewbits_reports_accepted_total 1$/m);
  });

  check("the report leaves by itself when it is due", {}, async (page) => {
    await page.lab(DESK);
    await page.driver.wait(() => page.site.reports().length > 0, 15_000, "no report came", 40);
    const now = Date.now();
    isWireForm(page.site.reports()[0], lab, [now, now - DAY]);
    await page.until("it is noted", async () => (await window.lab.fb.ledger()).some(({ what }) => what === "delivered"));
    assert.deepEqual(await report(page), ["withheld", "already-answered", null]);
    await page.lab(DESK);
    assert.deepEqual(await report(page), ["withheld", "already-answered", null]);
    assert.equal(page.site.reports().length, 1);
    assert.deepEqual(await page.lines(), []);
  });

  check("a collector that is down gets the same bytes later, and one that refuses is not asked again", {}, async (page) => {
    page.site.answer("/v1/report", { status: 503, type: "text/plain", body: "later" });
    await openDrawn(page, DESK);
    assert.deepEqual(await report(page), ["waiting", "unreachable", null]);
    page.site.answer("/v1/report", { status: 400, type: "text/plain", body: "not for me" });
    await page.call(() => { window.lab.ahead += 86_400_000; });
    const [status, reason, text] = await report(page);
    assert.deepEqual([status, reason], ["sent", "refused"]);
    assert.deepEqual(page.site.reports().map(({ body }) => body), [text, text]);
    await page.call(() => { window.lab.ahead += 86_400_000; });
    assert.deepEqual(await report(page), ["withheld", "already-answered", null]);
    assert.equal(page.site.reports().length, 2);
    assert.deepEqual((await page.lines()).map((line) => line.split(":", 2).join(":")), ["warn: [fewbits] collector-refused"]);
  });

  check("two tabs that ask at the same moment send one report", {}, async (page) => {
    const tabs = [await page.tab()];
    await openDrawn(page, DESK);
    tabs.push(await page.newTab());
    await page.lab(DESK);
    for (const tab of tabs) {
      await page.turnTo(tab);
      await page.call(() => {
        window.lab.ahead = 60_000;
        window.lab.asked = Promise.all([window.lab.fb.report(), window.lab.fb.report()]);
      });
    }
    for (const tab of tabs) {
      await page.turnTo(tab);
      await page.call(async () => { await window.lab.asked; });
    }
    assert.equal(page.site.reports().length, 1);
  });

  check("Global Privacy Control: nobody is measured, whatever the banner says", { gpc: true }, async (page) => {
    await page.shop();
    assert.equal(await page.call(() => navigator.globalPrivacyControl), true);
    await page.press("consent-accept");
    await page.stroll("sandals");
    await page.showsHero("summer");
    assert.deepEqual(await page.call(() => {
      const { checked, disabled } = document.querySelector("[data-purpose=measure]");
      return { checked, disabled, said: !document.querySelector("[data-live=gpc]").hidden };
    }), { checked: false, disabled: true, said: true });
    await page.click("[data-jump='86400']");
    await page.until("a day has passed", () => document.querySelector("[data-live=clock]").textContent.includes("because you moved"));
    assert.deepEqual(await ledger(page), []);

    await page.lab(DESK);
    assert.deepEqual(await page.call(() => window.lab.fb.consent), { ...YES, measure: "denied" });
    await page.call(() => window.lab.fb.setConsent({ measure: "granted", share: "granted" }));
    assert.deepEqual(await page.call(() => window.lab.fb.consent), { ...YES, measure: "denied" });
    await page.call(() => { window.lab.ahead = 60_000; });
    assert.deepEqual(await report(page), ["withheld", "no-consent", null]);
    assert.deepEqual(page.site.reports(), []);
  });

  check("Global Privacy Control: a site may let it close sharing alone", { gpc: true }, async (page) => {
    await openDrawn(page, { ...DESK, gpc: "share-only", consent: { ...YES, share: "granted" } });
    assert.deepEqual(await page.call(() => window.lab.fb.consent), YES);
    assert.equal((await report(page))[0], "sent");
    const now = Date.now();
    isWireForm(page.site.reports()[0], lab, [now, now + 60_000]);
  });
}
