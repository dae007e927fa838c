// Consent tools as sources: the libraries that real ones are built on, late, changed, absent and hostile.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, beforeEach, test } from "node:test";
import { CmpApi as TcfTool } from "@iabtcf/cmpapi";
import { GVL, Segment, SegmentEncoder, TCModel, TCString } from "@iabtcf/core";
import { CmpApi as GppTool } from "@iabgpp/cmpapi";
import { build } from "esbuild";
import { followTcf } from "../dist/tcf.js";
import { followGpp } from "../dist/gpp.js";
import { followConsentMode } from "../dist/consent-mode.js";
import { createFewbits } from "../dist/node.js";
import { bytes, listen, soon, until } from "./lib.mjs";

const { CmpApiModel } = await import(new URL("../../node_modules/@iabtcf/cmpapi/lib/mjs/CmpApiModel.js", import.meta.url));
const { outputFiles: [file] } = await build({
  entryPoints: [new URL("../src/consent-table.ts", import.meta.url).pathname], bundle: true, format: "esm", write: false,
});
const table = await import(`data:text/javascript,${encodeURIComponent(file.text)}`);

const quiet = listen();
after(() => quiet.stop());
const ALL = ["store", "personalise", "measure", "share"];
const every = (answer) => Object.fromEntries(ALL.map((purpose) => [purpose, answer]));
const UNKNOWN = every("unknown"), NO = every("denied"), YES = every("granted");

let stops;
beforeEach(() => {
  stops = [];
  globalThis.window = globalThis;
});
afterEach(() => {
  for (const stop of stops) stop();
  for (const name of ["window", "__tcfapi", "__gpp", "dataLayer"]) delete globalThis[name];
  CmpApiModel.reset();
});

/** A running Fewbits that follows, with all that was told. */
async function follow(how, options = {}, consent = {}) {
  const fb = await createFewbits({ book: bytes, consent, storage: "none" });
  const told = [];
  const more = (other, given = {}) => stops.push(other(fb, { onAnswer: (one) => told.push(one), ...given }));
  more(how, options);
  return { fb, told, more, last: () => told.at(-1) };
}
/** The same without an SDK: what it was told. */
function overheard(how, options = {}) {
  const said = [], told = [];
  const fb = { setConsent: async (answers) => { said.push(answers); } };
  const stop = how(fb, { onAnswer: (one) => told.push(one), ...options });
  stops.push(stop);
  return { said, told, stop, fb };
}

// ---- the table

test("the page about consent shows the table as it is", async () => {
  const page = await readFile(new URL("../../../docs/consent.md", import.meta.url), "utf8");
  const row = (name) => page.match(new RegExp(`^\\| ${name} \\|(.*)\\|$`, "m"))[1].split("|").map((cell) => cell.trim());
  const list = (ids) => ids.join(", ");
  const tcf = [...ALL.map((purpose) => list(table.TCF_PURPOSES[purpose]))];
  tcf[3] += `; with \`hints: "content"\` ${list(table.TCF_PURPOSES["share-content"])}`;
  assert.deepEqual(row("TCF purposes"), tcf);
  assert.deepEqual(row("GPP `tcfeuv2`, `tcfcav1`"), tcf);
  assert.deepEqual(row("Consent Mode types"), ALL.map((purpose) => list(table.CONSENT_TYPES[purpose].map((type) => `\`${type}\``))));
  for (const field of table.US_OPT_OUTS) assert.ok(page.includes(`\`${field}\``));
  const closed = row("GPP `us\\*`").map((cell) => /denies/.test(cell));
  assert.deepEqual(closed, ALL.map((purpose) => table.US_CLOSES.measure.includes(purpose)));
  const closedLess = row("GPP `us\\*`").map((cell) => /denies/.test(cell) && !/share-only/.test(cell));
  assert.deepEqual(closedLess, ALL.map((purpose) => table.US_CLOSES["share-only"].includes(purpose)));
});

test("the page's line about Global Privacy Control is what the SDK does", async () => {
  const { outputFiles: [one] } = await build({
    entryPoints: [new URL("../src/consent.ts", import.meta.url).pathname], bundle: true, format: "esm", write: false,
  });
  const { decide } = await import(`data:text/javascript,${encodeURIComponent(one.text)}`);
  const page = await readFile(new URL("../../../docs/consent.md", import.meta.url), "utf8");
  const row = page.match(/^\| Global Privacy Control \|(.*)\|$/m)[1].split("|").map((cell) => cell.trim());
  const denied = (gpc) => Object.values(decide(YES, YES, gpc, () => assert.fail())).map((answer) => answer === "denied");
  assert.deepEqual(row.map((cell) => /^denied/.test(cell)), denied("measure"));
  assert.deepEqual(row.map((cell) => /^denied$/.test(cell)), denied("share-only"));
});

test("several sources: the strictest answer, and who has no say does not hinder", () => {
  const [g, u, d] = ["granted", "unknown", "denied"];
  for (const [answers, wanted] of [
    [[g, g], g], [[g, u], u], [[u, g], u], [[g, d], d], [[d, u], d], [[u, d, g], d], [[g, undefined], g],
    [[undefined, u], u], [[undefined, undefined], undefined], [[], undefined],
  ]) {
    assert.equal(table.strictest(answers), wanted);
    assert.deepEqual(table.combine(answers.map((store) => store ? { store } : {})), wanted ? { store: wanted } : {});
  }
});

/** TCF: what was agreed to about the site and about its partners. */
const of = (...ids) => Object.fromEntries(ids.map((id) => [id, true]));
const EVERY = of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
const TCF_CASES = [
  ["all", { own: EVERY, partners: EVERY }, YES],
  ["nothing", {}, NO],
  ["nothing, said explicitly", { own: { 1: false, 5: false }, partners: { 1: false } }, NO],
  ["storage alone", { own: of(1) }, { ...NO, store: "granted" }],
  ["content", { own: of(1, 5, 6) }, { ...NO, store: "granted", personalise: "granted" }],
  ["content, and half of measuring", { own: of(1, 5, 6, 8) }, { ...NO, store: "granted", personalise: "granted" }],
  ["content and measuring", { own: of(1, 5, 6, 8, 9) }, { ...YES, share: "denied" }],
  ["ads without content", { own: of(1, 3, 4) }, { ...NO, store: "granted", share: "granted" }],
  ["all but storage", { own: of(3, 4, 5, 6, 8, 9) }, NO],
  ["hints for content", { own: of(1, 5, 6), hints: "content" }, { ...YES, measure: "denied" }],
  ["hints for content, with ads alone", { own: of(1, 3, 4), hints: "content" }, { ...NO, store: "granted" }],
  ["the site was not asked about", { partners: EVERY }, UNKNOWN],
  ["partners count", { partners: EVERY, basis: "purposes" }, YES],
  ["partners count, and said no", { own: EVERY, basis: "purposes" }, NO],
  ["both", { own: of(1, 5, 6), partners: EVERY, basis: "both" }, { ...NO, store: "granted", personalise: "granted" }],
  ["both, one not asked", { partners: of(1), basis: "both" }, { ...NO, store: "unknown" }],
  ["purpose 1 is not asked there", { own: of(5, 6), askedToStore: false }, { ...NO, store: "unknown", personalise: "unknown" }],
  ["as a vendor", { own: EVERY, vendor: "granted" }, YES],
  ["as a vendor, refused", { own: EVERY, vendor: "denied" }, NO],
  ["as a vendor, not shown", { own: EVERY, vendor: "unknown" }, UNKNOWN],
];
for (const [name, given, wanted] of TCF_CASES) {
  test(`TCF, ${name}`, () => {
    const answers = { own: {}, partners: {}, basis: "publisher", hints: "ads", askedToStore: true, ...given };
    assert.deepEqual(table.fromTcf(answers), wanted);
  });
}

const UNASKED = { store: "granted", personalise: "granted", measure: "granted", share: "granted" };
const US_CASES = [
  ["nothing applies", {}, {}, {}],
  ["nobody opted out: no yes", { SaleOptOut: 2, SharingOptOut: 2, TargetedAdvertisingOptOut: 2, Gpc: false }, {}, {}],
  ["nobody opted out, and the site relies on it", { SaleOptOut: 2 }, { unasked: UNASKED }, YES],
  ["sale", { SaleOptOut: 1, SharingOptOut: 2 }, {}, { measure: "denied", share: "denied" }],
  ["sharing", { SharingOptOut: 1 }, { unasked: UNASKED }, { ...YES, measure: "denied", share: "denied" }],
  ["targeted advertising closes hints alone", { TargetedAdvertisingOptOut: 1 }, { closes: "share-only", unasked: UNASKED }, { ...YES, share: "denied" }],
  ["the browser's signal in the section", { SaleOptOut: 2, Gpc: true }, {}, { measure: "denied", share: "denied" }],
  ["the older section", { OptOutSale: "Y" }, {}, { measure: "denied", share: "denied" }],
  ["the older section, no opt-out", { OptOutSale: "N" }, {}, {}],
  ["a child without consent", { SaleOptOut: 2, KnownChildSensitiveDataConsents: [0, 1] }, { unasked: UNASKED }, NO],
  ["a child, one field", { KnownChildSensitiveDataConsents: 1 }, {}, NO],
  ["a child with consent", { KnownChildSensitiveDataConsents: [2, 0] }, { unasked: UNASKED }, YES],
];
for (const [name, section, { closes = "measure", unasked = {} }, wanted] of US_CASES) {
  test(`United States, ${name}`, () => assert.deepEqual(table.fromUs(section, closes, unasked), wanted));
}

// ---- the TCF, with the library that consent tools use

const vendors = new GVL({
  gvlSpecificationVersion: 3, vendorListVersion: 1, tcfPolicyVersion: 5, lastUpdated: "2026-01-01T00:00:00Z",
  purposes: Object.fromEntries(Array.from({ length: 11 }, (_, index) => [index + 1, { id: index + 1 }])), specialPurposes: {}, features: {}, specialFeatures: {}, stacks: {}, dataCategories: {},
  vendors: Object.fromEntries([11, 12].map((id) => [id, {
    id, name: "x", purposes: [1], legIntPurposes: [], flexiblePurposes: [], specialPurposes: [], features: [], specialFeatures: [],
  }])),
});
/** What the visitor's answer is encoded to. */
function tcString({ own = [], partners = [], vendor = [], shown = [] }) {
  const model = new TCModel(vendors);
  Object.assign(model, { cmpId: 300, cmpVersion: 1, isServiceSpecific: true });
  model.publisherConsents.set(own);
  model.purposeConsents.set(partners);
  model.vendorConsents.set(vendor);
  const text = TCString.encode(model);
  // The library can read the part that TCF 2.3 made mandatory, and writes it only where it is asked to.
  model.vendorsDisclosed.empty();
  model.vendorsDisclosed.set(shown);
  return `${text}.${SegmentEncoder.encode(model, Segment.VENDORS_DISCLOSED)}`;
}
const tcfTool = () => new TcfTool(300, 1, true);

test("TCF: the tool comes late, the visitor agrees, changes their mind, and opens the banner again", async () => {
  const { fb, told, last } = await follow(followTcf);
  await soon(120);
  assert.deepEqual(told, []);
  const tool = tcfTool();
  await soon(150);
  tool.update("", true);
  await until("the banner is seen", () => last()?.because === "cmpuishown");
  assert.deepEqual(fb.consent, UNKNOWN);
  tool.update(tcString({ own: [1, 5, 6, 8, 9] }), false);
  assert.deepEqual(last(), {
    source: "tcf", state: "answered", because: "useractioncomplete", answers: { ...YES, share: "denied" },
  });
  await until("it is in force", () => fb.consent.store === "granted");
  assert.deepEqual(fb.consent, { ...YES, share: "denied" });
  tool.update(tcString({ own: [1, 5, 6, 8, 9] }), true);
  assert.deepEqual(fb.consent, { ...YES, share: "denied" });
  tool.update(tcString({ own: [1] }), false);
  await until("it is withdrawn", () => fb.consent.personalise === "denied");
  assert.deepEqual(fb.consent, { ...NO, store: "granted" });
  for (const stop of stops) stop();
  tool.update(tcString({ own: [1, 3, 4, 5, 6, 8, 9] }), false);
  await soon(20);
  assert.deepEqual(fb.consent, { ...NO, store: "granted" });
});

test("TCF: behind the official stub, whose queue the tool takes over", async () => {
  const { default: stub } = await import("@iabtcf/stub");
  const frames = {};
  Object.assign(globalThis, {
    top: globalThis, parent: globalThis, frames, addEventListener: () => undefined,
    document: { body: { appendChild: (frame) => { frames[frame.name] = frame; } }, createElement: () => ({ style: {} }) },
  });
  stub();
  for (const name of ["top", "parent", "frames", "document", "addEventListener"]) delete globalThis[name];
  const { fb, last } = await follow(followTcf);
  await until("it stands in the queue", () => globalThis.__tcfapi().length > 0);
  const tool = tcfTool();
  tool.update(tcString({ own: [1, 3, 4, 5, 6, 8, 9] }), false);
  assert.equal(last().because, "tcloaded");
  await until("it is in force", () => fb.consent.share === "granted");
  assert.deepEqual(fb.consent, YES);
});

test("TCF: the GDPR does not apply, which is no yes", async () => {
  const first = await follow(followTcf, {}, { store: "granted" });
  tcfTool().update(null);
  await until("it is heard", () => first.last()?.state === "not-asked");
  assert.deepEqual(first.last().answers, {});
  assert.deepEqual(first.fb.consent, { ...UNKNOWN, store: "granted" });
  const second = await follow(followTcf, { unasked: { store: "granted", personalise: "granted" } });
  await until("it is heard", () => second.fb.consent.store === "granted");
  assert.deepEqual(second.fb.consent, { ...UNKNOWN, store: "granted", personalise: "granted" });
});

test("TCF: what was said about partners counts if the site says so", async () => {
  const text = tcString({ partners: [1, 3, 4, 5, 6, 8, 9] });
  tcfTool().update(text, false);
  const careful = await follow(followTcf);
  await until("it is heard", () => careful.last()?.state === "answered");
  assert.equal(careful.last().because, "no-publisher-consents");
  assert.deepEqual(careful.fb.consent, UNKNOWN);
  const other = await follow(followTcf, { basis: "purposes" });
  await until("it is in force", () => other.fb.consent.share === "granted");
  assert.deepEqual(other.fb.consent, YES);
});

test("TCF 2.3: a site in the vendor list, shown or not, agreed to or not", async () => {
  for (const [given, wanted] of [
    [{ vendor: [12], shown: [12] }, ["useractioncomplete", "granted"]],
    [{ vendor: [], shown: [12] }, ["useractioncomplete", "denied"]],
    [{ vendor: [12], shown: [11] }, ["vendor-not-shown", "unknown"]],
    // A tool before 2.3 does not list them.
    [{ vendor: [12], shown: [] }, ["useractioncomplete", "granted"]],
  ]) {
    CmpApiModel.reset();
    const tool = tcfTool();
    const { fb, last } = await follow(followTcf, { vendor: 12 });
    tool.update("", true);
    tool.update(tcString({ own: [1, 3, 4, 5, 6, 8, 9], ...given }), false);
    await until("it is heard", () => last()?.state === "answered");
    assert.deepEqual([last().because, last().answers.store], wanted, JSON.stringify(given));
    fb.destroy();
  }
});

test("TCF: the field of the standard's text, where tools put the vendors that were shown", () => {
  const data = { eventStatus: "tcloaded", cmpStatus: "loaded", gdprApplies: true, publisher: { consents: EVERY } };
  const cases = [[{ 7: true }, "denied"], [{ 8: true }, "unknown"], [undefined, "denied"]];
  for (const [disclosedVendors, wanted] of cases) {
    globalThis.__tcfapi = (command, version, hear) => hear({ ...data, vendor: { consents: {}, disclosedVendors } }, true);
    const { told, stop } = overheard(followTcf, { vendor: 7 });
    return until("it is heard", () => told.length > 0).then(() => {
      assert.deepEqual(told.at(-1).answers, every(wanted));
      stop();
    });
  }
});

// ---- the GPP, with the library that consent tools use

const gppTool = (sections, apply = {}) => {
  const tool = new GppTool(300, 1);
  tool.setSupportedAPIs(["7:usnat", "8:usca", "2:tcfeuv2"]);
  for (const [section, fields] of Object.entries(sections)) {
    for (const [field, value] of Object.entries(fields)) tool.setFieldValue(section, field, value);
  }
  tool.setApplicableSections(apply);
  return tool;
};

test("GPP: the tool comes late, the visitor opts out, and in again", async () => {
  const { fb, told, last } = await follow(followGpp, { unasked: { store: "granted", personalise: "granted", measure: "granted" } });
  await soon(120);
  assert.deepEqual(told, []);
  const tool = gppTool({ usnat: { SaleOptOut: 2, SharingOptOut: 2, TargetedAdvertisingOptOut: 2 } }, [7]);
  await until("it is seen", () => last()?.because === "not-ready");
  assert.deepEqual(fb.consent, UNKNOWN);
  tool.setSignalStatus("ready");
  assert.equal(last().because, "usnat:not-opted-out");
  await until("it is in force", () => fb.consent.store === "granted");
  assert.deepEqual(fb.consent, { ...YES, share: "unknown" });
  tool.setSignalStatus("not ready");
  tool.setFieldValue("usnat", "SharingOptOut", 1);
  tool.fireSectionChange("usnat");
  assert.deepEqual(fb.consent, { ...YES, share: "unknown" });
  tool.setSignalStatus("ready");
  assert.equal(last().because, "usnat:opted-out");
  await until("it is in force", () => fb.consent.share === "denied");
  assert.deepEqual(fb.consent, { ...YES, measure: "denied", share: "denied" });
  tool.setFieldValue("usnat", "SharingOptOut", 2);
  tool.fireSectionChange("usnat");
  // Not to object any more is no yes.
  await until("it is in force", () => fb.consent.measure === "granted");
  assert.deepEqual(fb.consent, { ...YES, share: "unknown" });
  for (const stop of stops) stop();
  tool.setFieldValue("usnat", "SaleOptOut", 1);
  tool.fireSectionChange("usnat");
  await soon(20);
  assert.deepEqual(fb.consent, { ...YES, share: "unknown" });
});

test("GPP: Europe's and Canada's sections, one that applies and is missing, and none that applies", async () => {
  const bits = (...ids) => Array.from({ length: 24 }, (_, index) => ids.includes(index + 1));
  for (const [sections, apply, options, wanted, because] of [
    [{ tcfeuv2: { PublisherConsents: bits(1, 5, 6) } }, [2], {}, { ...NO, store: "granted", personalise: "granted" }, "tcfeuv2"],
    [{ tcfeuv2: { PurposeConsents: bits(1, 3, 4, 5, 6, 8, 9) } }, [2], { basis: "purposes" }, YES, "tcfeuv2"],
    [{ tcfcav1: { PubPurposesExpressConsent: bits(1, 5, 6) } }, [5], {}, { ...NO, store: "granted", personalise: "granted" }, "tcfcav1"],
    [{ tcfcav1: { PubPurposesImpliedConsent: bits(1, 5, 6) } }, [5], {}, { measure: "denied", share: "denied" }, "tcfcav1"],
    [{ usca: { SaleOptOut: 1 }, usnat: { SaleOptOut: 2 } }, [7, 8], {}, { measure: "denied", share: "denied" }, "usnat:not-opted-out usca:opted-out"],
    [{ usca: { SaleOptOut: 1 } }, [8], { optOut: "share-only" }, { share: "denied" }, "usca:opted-out"],
    [{ usva: { TargetedAdvertisingOptOut: 1 } }, [9], {}, { measure: "denied", share: "denied" }, "usva:opted-out"],
    [{ usco: { SaleOptOut: 2, Gpc: true } }, [10], {}, { measure: "denied", share: "denied" }, "usco:opted-out"],
    [{ uspv1: { OptOutSale: "Y" } }, [6], {}, { measure: "denied", share: "denied" }, "uspv1:opted-out"],
    [{ usnat: { SaleOptOut: 2 } }, [8], { unasked: UNASKED }, UNKNOWN, "no-usca"],
    [{ usnat: { SaleOptOut: 2 } }, [99], { unasked: UNASKED }, UNKNOWN, "unknown-section"],
    [{ usnat: { SaleOptOut: 2 } }, [0], { unasked: UNASKED }, UNKNOWN, "section-not-determined"],
    [{ usnat: { SaleOptOut: 1 } }, [-1], {}, {}, "no-section-applies"],
  ]) {
    const tool = gppTool(sections, apply);
    const { told, stop } = overheard(followGpp, options);
    await until("it is seen", () => told.length > 0);
    tool.setSignalStatus("ready");
    assert.deepEqual([told.at(-1).because, told.at(-1).answers], [because, wanted]);
    stop();
    delete globalThis.__gpp;
  }
});

test("GPP: a tool that gives the parts of a section one by one", async () => {
  const pingData = {
    signalStatus: "ready", cmpStatus: "loaded", applicableSections: [7],
    parsedSections: { usnat: [{ Version: 1, SaleOptOut: 2 }, { SubsectionType: 1, Gpc: true }] },
  };
  globalThis.__gpp = (command, hear) => hear({ eventName: "listenerRegistered", listenerId: 1, pingData }, true);
  const { told } = overheard(followGpp);
  await until("it is heard", () => told.length > 0);
  assert.deepEqual(told[0].answers, { measure: "denied", share: "denied" });
});

// ---- Consent Mode, called as Google's snippet does

const gtag = function gtag() {
  (globalThis.dataLayer ??= []).push(arguments);
};
const TYPES = ["personalization_storage", "analytics_storage", "ad_storage", "ad_user_data", "ad_personalization"];
const types = (value, ...names) => Object.fromEntries((names.length ? names : TYPES).map((type) => [type, value]));

test("Consent Mode: a default is no answer, updates are, before and after following began", async () => {
  gtag("js", new Date());
  gtag("consent", "default", types("denied"));
  const { fb, last } = await follow(followConsentMode);
  assert.equal(last().state, "waiting");
  assert.deepEqual(fb.consent, UNKNOWN);
  gtag("consent", "update", types("granted", "personalization_storage", "analytics_storage"));
  assert.deepEqual(last().answers, { ...YES, share: "unknown" });
  await until("it is in force", () => fb.consent.store === "granted");
  gtag("event", "page_view", { page_title: "x" });
  gtag("consent", "update", types("granted", "ad_storage", "ad_user_data"));
  assert.equal(last().answers.share, "unknown");
  gtag("consent", "update", types("granted", "ad_personalization"));
  await until("it is in force", () => fb.consent.share === "granted");
  gtag("consent", "update", types("denied", "personalization_storage"));
  await until("it is withdrawn", () => fb.consent.store === "denied");
  assert.deepEqual(fb.consent, { ...YES, store: "denied", personalise: "denied" });
});

test("Consent Mode: no layer yet, one that others wrap, lists that are no arguments", async () => {
  const { told, stop } = overheard(followConsentMode);
  assert.deepEqual(told, []);
  // As the tag manager does when it has loaded.
  const inner = globalThis.dataLayer.push;
  globalThis.dataLayer.push = (...items) => inner.apply(globalThis.dataLayer, items);
  gtag("consent", "update", types("granted"));
  assert.deepEqual(told.at(-1).answers, YES);
  globalThis.dataLayer.push(["consent", "update", types("denied")], { consent: "update" }, null, 3);
  assert.equal(told.length, 1);
  assert.equal(globalThis.dataLayer.length, 5);
  stop();
  gtag("consent", "update", types("denied"));
  assert.equal(told.length, 1);
  const again = overheard(followConsentMode);
  assert.deepEqual(again.told.at(-1).answers, NO);
  again.stop();
  assert.equal(Object.hasOwn(globalThis.dataLayer, "push"), true, "the wrapping function is still there");
});

test("Consent Mode: what is granted by default is the site's word, and only after the wait", async () => {
  gtag("consent", "default", { ...types("granted"), wait_for_update: 60 });
  const careful = overheard(followConsentMode);
  assert.equal(careful.told.at(-1).because, "wait-for-update");
  const site = overheard(followConsentMode, { unasked: UNASKED });
  await until("the wait is over for both", () => [site, careful].every(({ told }) => told.at(-1).state === "not-asked"));
  assert.deepEqual(site.told.at(-1).answers, YES);
  assert.deepEqual(careful.told.at(-1).answers, {});
  gtag("consent", "update", types("denied"));
  assert.deepEqual(site.told.at(-1).answers, NO);
});

test("Consent Mode: of defaults for regions the most exact one; without a region the strictest", () => {
  gtag("consent", "default", types("granted"));
  gtag("consent", "default", { ...types("denied"), region: ["US-CA", "DE", "FR"] });
  gtag("consent", "default", { ...types("granted"), region: ["US"] });
  for (const [region, wanted] of [
    ["US-CA", UNKNOWN], ["us", YES], ["US-NY", YES], ["de", UNKNOWN], ["DE-BY", UNKNOWN], ["CH", YES], [undefined, UNKNOWN],
  ]) {
    const { told, stop } = overheard(followConsentMode, { unasked: UNASKED, ...region && { region } });
    assert.deepEqual(told.at(-1).answers, wanted, region);
    stop();
  }
});

// ---- together, and in bad company

test("two sources: what one grants, the other can keep back; to stop does not loosen", async () => {
  const { fb, more } = await follow(followTcf);
  tcfTool().update(tcString({ own: [1, 3, 4, 5, 6, 8, 9] }), false);
  const stopped = stops.length;
  more(followGpp);
  await soon(150);
  assert.deepEqual(fb.consent, UNKNOWN, "the second has not answered");
  const tool = gppTool({ usnat: { SaleOptOut: 1 } }, [7]);
  tool.setSignalStatus("ready");
  await until("both are heard", () => fb.consent.store === "granted");
  assert.deepEqual(fb.consent, { ...YES, measure: "denied", share: "denied" });
  stops[stopped]();
  tool.setFieldValue("usnat", "SaleOptOut", 2);
  tool.fireSectionChange("usnat");
  await soon(20);
  assert.deepEqual(fb.consent, { ...YES, measure: "denied", share: "denied" });
});

test("what the page says later stays until a source says something new", async () => {
  const { fb } = await follow(followTcf);
  const tool = tcfTool();
  tool.update(tcString({ own: [1, 5, 6] }), false);
  await until("it is in force", () => fb.consent.store === "granted");
  await fb.setConsent({ personalise: "denied" });
  tool.update(tcString({ own: [1, 5, 6] }), false);
  await soon(20);
  assert.equal(fb.consent.personalise, "denied");
});

test("no consent tool: it is said once, and nothing changes", async () => {
  const started = { store: "granted", personalise: "granted" };
  for (const how of [followTcf, followGpp]) {
    const { fb, told } = await follow(how, { patience: 60 }, started);
    await until("it gave up", () => told.length > 0);
    await soon(100);
    assert.deepEqual(told.map(({ state, because }) => [state, because]), [["absent", "no-cmp"]]);
    assert.deepEqual(fb.consent, { ...UNKNOWN, ...started });
  }
  // A process has no page to look at.
  delete globalThis.window;
  const { told } = overheard(followTcf);
  await soon();
  assert.equal(told[0].because, "no-cmp");
});

const thrower = new Proxy({}, { get() { throw new Error("hostile"); }, has: () => true, ownKeys() { throw new Error("hostile"); } });
const HOSTILE = {
  "throws": () => { throw new Error("hostile"); },
  "never answers": () => undefined,
  "answers with nothing": (hear) => hear(),
  "answers with null": (hear) => hear(null, true),
  "refuses": (hear) => hear(null, false),
  "answers with text": (hear) => hear("granted", true),
  "answers with lists": (hear) => hear([[], []], true),
  "answers with an empty object": (hear) => hear({}, true),
  "answers with a trap": (hear) => hear(thrower, true),
  "answers with a trap inside": (hear) => hear({
    eventStatus: "tcloaded", cmpStatus: "loaded", publisher: thrower, purpose: { consents: thrower },
    eventName: "listenerRegistered", pingData: { signalStatus: "ready", applicableSections: [7], parsedSections: thrower },
  }, true),
  "answers with wrong shapes": (hear) => hear({
    eventStatus: "cmpuishown", publisher: 3, pingData: { signalStatus: "ready", applicableSections: "7", parsedSections: [] },
  }, true),
  "says that it failed": (hear) => hear({ cmpStatus: "error", eventStatus: "tcloaded", pingData: { cmpStatus: "error", signalStatus: "ready" } }, true),
  "answers a thousand times": (hear) => { for (let i = 0; i < 1000; i++) hear({ eventStatus: i, pingData: { signalStatus: i } }, true); },
  "asks back for ever": (hear) => hear({ eventName: "x" }, true),
};
for (const [name, act] of Object.entries(HOSTILE)) {
  test(`a consent tool that ${name}: nothing is granted, and nothing is thrown`, async () => {
    globalThis.__tcfapi = (command, version, hear) => act(hear);
    globalThis.__gpp = (command, hear) => act(hear);
    for (const how of [followTcf, followGpp]) {
      const { said, told, stop } = overheard(how, { patience: 80, onAnswer: undefined });
      await soon(200);
      assert.deepEqual(said.flatMap((one) => Object.values(one)).filter((answer) => answer === "granted"), []);
      assert.deepEqual(told, []);
      stop();
    }
  });
}

test("polluted prototypes grant nothing, and a listener of the site that throws hinders nothing", async () => {
  const nothing = tcString({ own: [] });
  Object.defineProperty(Object.prototype, "1", { value: true, configurable: true, writable: true });
  try {
    tcfTool().update(nothing, false);
    const { said } = overheard(followTcf, { onAnswer: () => { throw new Error("the site's own"); } });
    await until("it is heard", () => said.length > 0);
    assert.deepEqual(said, [NO]);
    assert.ok(quiet.said.some((line) => line.includes("onAnswer threw")));
  } finally {
    delete Object.prototype[1];
  }
});

test("options that are none are told, and a getter in the page that throws is no tool", async () => {
  Object.defineProperty(globalThis, "__tcfapi", { get() { throw new Error("hostile"); }, configurable: true });
  const { told, said } = overheard(followTcf, { patience: 1, basis: "x", hints: "y", unasked: { store: "yes" } });
  await until("it gave up", () => told.length > 0);
  assert.deepEqual([told[0].because, said], ["no-cmp", []]);
  for (const word of ["basis", "hints", "unasked.store"]) assert.ok(quiet.said.some((line) => line.includes(word)), word);
});
