// What is shown: slots by name, kept for the session, by consent, in a preview, and when nothing runs.
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { compile, createFewbits } from "../dist/node.js";
import { initSync } from "../dist/sync.js";
import { browserGlobals, clock, DAY, Disk, open, START, soon, until } from "./lib.mjs";

const BOOK = {
  fewbits: 1, book: "decided", version: 1,
  signals: {
    views: { count: "view", within: "7d" },
    boots: { affinity: "aisle:boots", half_life: "14d" },
    sandals: { affinity: "aisle:sandals", half_life: "14d" },
  },
  dimensions: {
    lifecycle: { why: "greet", segments: [{ id: "regular", when: { views: { $gte: 3 } } }], otherwise: "new" },
  },
  experiments: { copy: { why: "which words", variants: ["cool", "warm"] } },
  bandits: { best: { why: "which sells", variants: ["winter", "plain"] } },
  decisions: {
    hero: {
      why: "the first thing seen", variants: ["winter", "beach", "plain"],
      choose: [
        { when: { lifecycle: "regular" }, show: "beach", because: "welcome back" },
        { when: { views: { $gte: 1 } }, experiment: "copy", show: { cool: "winter", warm: "plain" }, because: "a test of words" },
      ],
      otherwise: "plain",
    },
    aisle: {
      why: "lead with it", variants: ["winter", "beach"], changes: true,
      choose: [{ rank: { winter: "boots", beach: "sandals" }, least: 0.2 }], otherwise: "beach",
    },
    offer: { why: "what sells", variants: ["winter", "plain"], choose: [{ bandit: "best" }], otherwise: "plain" },
  },
};
const bytes = await compile(BOOK);
const page = browserGlobals();
after(() => page.restore());
beforeEach(() => { clock.now = START; });
const opened = (disk, options) => open(disk, page, { book: bytes, ...options });

// The first test: a module that was loaded once stays.
test("without the module every slot shows its otherwise", async () => {
  const broken = { wasm: new Uint8Array([0, 97, 115]), onError: () => undefined };
  for (const fb of [
    ...await Promise.all([bytes, BOOK, JSON.stringify(BOOK)].map((book) => createFewbits({ book, ...broken }))),
    initSync({ book: bytes, ...broken }),
  ]) {
    assert.equal(fb.ok, false);
    assert.deepEqual(fb.decide("hero"), { slot: "hero", variant: "plain", because: "", by: "not-running", rule: -1, frozen: false });
    assert.deepEqual(fb.decisions().map(({ slot, variant }) => `${slot}:${variant}`), ["hero:plain", "aisle:beach", "offer:plain"]);
    assert.equal(fb.decide("nothing").variant, "");
    fb.destroy();
  }
});

test("a slot says what it shows, by which rule, and in whose words", async () => {
  const { fb, errors } = await opened(new Disk());
  assert.deepEqual(fb.slots, ["hero", "aisle", "offer"]);
  assert.deepEqual(fb.decisions()[0], { slot: "hero", variant: "plain", because: "", by: "otherwise", rule: -1, frozen: false });
  for (let i = 0; i < 3; i++) fb.track("view");
  assert.deepEqual(fb.decide("hero"), { slot: "hero", variant: "beach", because: "welcome back", by: "when", rule: 0, frozen: true });
  fb.track("view", { aisle: "boots" });
  assert.deepEqual(fb.decide("aisle"),
    { slot: "aisle", variant: "winter", because: "the greatest of boots, sandals", by: "rank", rule: 0, frozen: false });
  const { by, source, because } = fb.decide("offer");
  assert.deepEqual([by, source, because], ["bandit", "best", "bandit best"]);
  assert.deepEqual((await fb.exportMine()).decisions.map(({ slot }) => slot), fb.slots);
  assert.deepEqual(errors, []);
  fb.destroy();
});

test("an unknown slot shows nothing, and says so", async () => {
  const { fb, errors } = await opened(new Disk());
  for (const name of ["herro", "", null, undefined, 7, {}, "__proto__"]) {
    const { variant, by } = fb.decide(name);
    assert.deepEqual([variant, by], ["", "not-running"]);
  }
  await until("it is told", () => errors.length);
  assert.ok(errors.every(({ code }) => code === "unknown-slot"));
  fb.destroy();
});

test("it stays for the session, over pages and tabs, and may change in the next one", async () => {
  const disk = new Disk();
  const one = await opened(disk);
  one.fb.track("view");
  const first = one.fb.decide("hero");
  assert.equal(first.by, "experiment");
  const two = await opened(disk);
  for (let i = 0; i < 3; i++) two.fb.track("view");
  assert.deepEqual(two.fb.decide("hero"), first);
  assert.equal(two.fb.decide("offer").variant, one.fb.decide("offer").variant);
  clock.now += DAY;
  const three = await opened(disk);
  assert.equal(three.fb.decide("hero").because, "welcome back");
  for (const { fb } of [one, two, three]) fb.destroy();
});

test("nothing is kept before consent; forgetting erases it in all tabs, and the next draw is a new one", async () => {
  const disk = new Disk();
  const { fb } = await opened(disk, { consent: {} });
  fb.decide("offer");
  assert.deepEqual(disk.keys(), []);
  await fb.setConsent({ store: "granted", personalise: "granted" });
  assert.ok(disk.keys().includes("fewbits:decided:choices"));
  const kept = fb.decide("offer");
  const other = await opened(disk);
  assert.equal(other.fb.decide("offer").variant, kept.variant);
  await fb.forget();
  assert.deepEqual(disk.keys(), []);
  await soon(20);
  // Another seed each time: both variants come up.
  const seen = new Set();
  for (let i = 0; i < 40; i++) {
    seen.add(other.fb.decide("offer").variant);
    await other.fb.forget();
  }
  assert.equal(seen.size, 2);
  await fb.setConsent({ personalise: "denied" });
  fb.track("view");
  assert.deepEqual(fb.decisions().map(({ by }) => by), ["otherwise", "otherwise", "otherwise"]);
  fb.destroy();
  other.fb.destroy();
});

test("who listens hears of the first answer, and of changes where the slot may change", async () => {
  const { fb } = await opened(new Disk());
  const heard = [];
  const off = fb.on("decision", ({ slot, variant }) => heard.push(`${slot}:${variant}`));
  fb.decide("aisle");
  fb.decide("aisle");
  assert.deepEqual(heard.splice(0), ["aisle:beach"]);
  fb.track("view", { aisle: "boots" });
  await soon();
  assert.deepEqual(heard.splice(0), ["aisle:winter"]);
  for (let i = 0; i < 3; i++) fb.track("view", { aisle: "sandals" });
  await soon();
  assert.deepEqual(heard.splice(0), ["aisle:beach"]);
  off();
  for (let i = 0; i < 9; i++) fb.track("view", { aisle: "boots" });
  await soon();
  assert.deepEqual(heard, []);
  fb.destroy();
});

test("a preview forces slots, experiments and bandits, by options and by the page's address, and leaves no trace", async () => {
  const disk = new Disk();
  const { fb, errors } = await opened(disk, { force: { copy: "warm", aisle: "winter", best: "winter" } });
  fb.track("view");
  assert.deepEqual(fb.decide("hero"),
    { slot: "hero", variant: "plain", because: "a test of words", by: "forced", rule: 1, source: "copy", frozen: false });
  assert.equal(fb.decide("aisle").by, "forced");
  assert.deepEqual([fb.decide("offer").variant, fb.decide("offer").by], ["winter", "forced"]);
  assert.ok(!disk.keys().includes("fewbits:decided:choices"));
  assert.deepEqual(errors, []);
  fb.destroy();

  const wrong = await opened(new Disk(), { force: { copy: "hot", herro: "winter", hero: "cold" } });
  await until("it is told", () => wrong.errors.length);
  assert.deepEqual(new Set(wrong.errors.map(({ code }) => code)), new Set(["bad-force"]));
  assert.equal(wrong.fb.decide("hero").by, "otherwise");
  wrong.fb.destroy();
});

test("after the end the answers are harmless", async () => {
  const fb = await createFewbits({ book: bytes });
  fb.destroy();
  assert.deepEqual([fb.decide("hero").variant, fb.decide("hero").by], ["plain", "not-running"]);
  assert.equal(fb.decisions().length, 3);
});
