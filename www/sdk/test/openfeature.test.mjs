// The provider under OpenFeature's own web SDK.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { OpenFeature, ProviderEvents, ProviderStatus } from "@openfeature/web-sdk";
import { compile, createFewbits } from "../dist/node.js";
import { FewbitsProvider } from "../dist/openfeature.js";
import { BOOK, soon, until } from "./lib.mjs";

afterEach(() => OpenFeature.clearProviders());

/** Fewbits as far as a provider sees it, with answers that the test sets. */
function fewbits(answers = {}, ok = true) {
  const listeners = new Set(), tracked = [];
  const decide = (slot) => ({ slot, because: `${slot}, because`, rule: 0, frozen: true, by: "when", ...answers[slot] });
  return {
    ok, tracked, decide,
    get slots() { return Object.keys(answers); },
    track: (...given) => tracked.push(given),
    on: (event, listener) => {
      assert.equal(event, "decision");
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    listeners,
    /** Another answer, told as the SDK does. */
    change(slot, answer) {
      answers[slot] = { ...answers[slot], ...answer };
      for (const listener of listeners) listener(decide(slot));
    },
  };
}
async function client(fb, options) {
  await OpenFeature.setProviderAndWait(new FewbitsProvider(fb, options));
  return OpenFeature.getClient();
}

test("slots are flags: value, variant, reason, and the rule's own words", async () => {
  const flags = await client(fewbits({
    hero: { variant: "winter", by: "when", because: "boots, in winter", rule: 2 },
    list: { variant: "boots", by: "rank" },
    copy: { variant: "warm", by: "experiment", source: "hero-copy" },
    offer: { variant: "a", by: "bandit", source: "offers", frozen: false },
    footer: { variant: "plain", by: "otherwise", rule: -1 },
    banner: { variant: "loud", by: "forced" },
  }));
  assert.deepEqual(flags.getStringDetails("hero", "x"), {
    flagKey: "hero", value: "winter", variant: "winter", reason: "TARGETING_MATCH",
    flagMetadata: { because: "boots, in winter", by: "when", rule: 2, frozen: true },
  });
  const reason = (slot) => flags.getStringDetails(slot, "x").reason;
  assert.deepEqual(["list", "copy", "offer", "footer", "banner"].map(reason), ["TARGETING_MATCH", "SPLIT", "SPLIT", "DEFAULT", "STATIC"]);
  assert.equal(flags.getStringDetails("copy", "x").flagMetadata.source, "hero-copy");
  assert.equal(flags.getStringDetails("offer", "x").flagMetadata.frozen, false);
  assert.equal(flags.getStringValue("hero", "x"), "winter");
});

test("types: text as it is, what reads as a number or a boolean, and anything by a map", async () => {
  const flags = await client(fewbits({
    yes: { variant: "on" }, no: { variant: "off" }, number: { variant: "12.5" }, text: { variant: "winter" }, empty: { variant: "" },
    price: { variant: "low" }, hero: { variant: "winter" }, odd: { variant: "constructor" },
  }), { values: { price: { low: 9.5 }, hero: { winter: { title: "Warm feet" } }, odd: {}, yes: { off: 1 } } });
  assert.deepEqual([flags.getBooleanValue("yes", false), flags.getBooleanValue("no", true)], [true, false]);
  assert.deepEqual([flags.getNumberValue("number", 0), flags.getNumberValue("price", 0)], [12.5, 9.5]);
  assert.deepEqual(flags.getObjectValue("hero", {}), { title: "Warm feet" });
  for (const [details, value] of [
    [flags.getBooleanDetails("text", true), true], [flags.getNumberDetails("text", 3), 3], [flags.getNumberDetails("empty", 3), 3],
    [flags.getObjectDetails("text", { a: 1 }), { a: 1 }], [flags.getStringDetails("hero", "x"), "x"], [flags.getBooleanDetails("odd", true), true],
  ]) {
    assert.deepEqual([details.value, details.errorCode, details.reason], [value, "TYPE_MISMATCH", "ERROR"]);
    assert.ok(details.errorMessage.includes("values"));
  }
});

test("a flag that is no slot", async () => {
  const fb = fewbits({ hero: { variant: "winter" } });
  const asked = [];
  const { decide } = fb;
  fb.decide = (slot) => { asked.push(slot); return decide(slot); };
  const flags = await client(fb);
  const details = flags.getStringDetails("nowhere", "plain");
  assert.deepEqual([details.value, details.errorCode, details.reason], ["plain", "FLAG_NOT_FOUND", "ERROR"]);
  assert.deepEqual(asked, [], "it is not asked for");
});

test("an answer that changed is an event, one that is given for the first time is none", async () => {
  const fb = fewbits({ hero: { variant: "winter" }, footer: { variant: "plain" } });
  const flags = await client(fb);
  const heard = [];
  flags.addHandler(ProviderEvents.ConfigurationChanged, ({ flagsChanged }) => heard.push(flagsChanged));
  fb.change("hero", { variant: "winter" });
  assert.equal(flags.getStringValue("hero", "x"), "winter");
  fb.change("hero", { variant: "winter" });
  fb.change("footer", { variant: "long" });
  assert.deepEqual(heard, []);
  fb.change("hero", { variant: "beach" });
  assert.deepEqual(heard, [["hero"]]);
  assert.equal(flags.getStringValue("hero", "x"), "beach");
  await OpenFeature.clearProviders();
  assert.equal(fb.listeners.size, 0, "nobody listens any more");
});

test("before it has started, and when it cannot: the site's default", async () => {
  let start;
  const flags = OpenFeature.getClient();
  OpenFeature.setProvider(new FewbitsProvider(new Promise((done) => { start = done; })));
  assert.equal(flags.getStringDetails("hero", "plain").errorCode, "PROVIDER_NOT_READY");
  start(fewbits({ hero: { variant: "winter" } }));
  await soon();
  assert.equal(flags.providerStatus, ProviderStatus.READY);
  assert.equal(flags.getStringValue("hero", "plain"), "winter");

  for (const broken of [fewbits({}, false), Promise.reject(new Error("no"))]) {
    await assert.rejects(client(broken));
    assert.equal(OpenFeature.getClient().providerStatus, ProviderStatus.ERROR);
    assert.equal(OpenFeature.getClient().getStringDetails("hero", "plain").value, "plain");
  }
  const flaky = fewbits({ hero: { variant: "", by: "not-running" } });
  const details = (await client(flaky)).getStringDetails("hero", "plain");
  assert.deepEqual([details.value, details.errorCode], ["plain", "PROVIDER_NOT_READY"]);
});

test("track: texts are tags, `value` is the value", async () => {
  const fb = fewbits();
  const flags = await client(fb);
  flags.track("purchase", { value: 129, aisle: "boots", count: 3, gift: true });
  flags.track("view");
  assert.deepEqual(fb.tracked, [["purchase", { aisle: "boots" }, 129], ["view", {}, null]]);
});

test("two clients for two domains, and the evaluation context is not needed", async () => {
  const provider = new FewbitsProvider(fewbits({ hero: { variant: "winter" } }));
  await OpenFeature.setProviderAndWait("shop", provider);
  await OpenFeature.setContext({ targetingKey: "nobody" });
  assert.equal(OpenFeature.getClient("shop").getStringValue("hero", "x"), "winter");
  assert.equal(OpenFeature.getClient().getStringValue("hero", "x"), "x");
});

test("over the real thing: a rule, an experiment, an answer that changes, and the end", async () => {
  const book = await compile({
    ...BOOK,
    decisions: {
      hero: {
        why: "lead with the aisle", variants: ["boots", "plain"], otherwise: "plain", changes: true,
        choose: [{ when: { aisle: "boots" }, show: "boots", because: "looked at boots" }],
      },
      copy: {
        why: "find the better words", variants: ["control", "warm"], otherwise: "control",
        choose: [{ experiment: "hero-copy", because: "we try words" }],
      },
    },
    experiments: { "hero-copy": { why: "find the better words", variants: ["control", "warm"] } },
  });
  const fb = await createFewbits({ book, storage: "none" });
  const flags = await client(fb);
  const heard = [];
  flags.addHandler(ProviderEvents.ConfigurationChanged, ({ flagsChanged }) => heard.push(...flagsChanged));
  assert.deepEqual([flags.getStringValue("hero", "x"), flags.getStringDetails("hero", "x").reason], ["plain", "DEFAULT"]);
  const copy = flags.getStringDetails("copy", "x");
  assert.ok(["control", "warm"].includes(copy.value));
  assert.deepEqual([copy.reason, copy.flagMetadata.source, copy.flagMetadata.because], ["SPLIT", "hero-copy", "we try words"]);
  flags.track("view", { aisle: "boots" });
  await until("the change is told", () => heard.includes("hero"));
  const hero = flags.getStringDetails("hero", "x");
  assert.deepEqual([hero.value, hero.reason, hero.flagMetadata.because], ["boots", "TARGETING_MATCH", "looked at boots"]);
  assert.equal(flags.getStringValue("copy", "x"), copy.value);
  fb.destroy();
  assert.deepEqual([flags.getStringDetails("hero", "x").value, flags.getStringDetails("hero", "x").errorCode], ["x", "PROVIDER_NOT_READY"]);
});
