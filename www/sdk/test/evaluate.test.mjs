// Decisions of one situation: what the visitor's own browser would show, without its seed or with one that is given.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { createEvaluator } from "../dist/evaluate.node.js";
import { compile } from "../dist/node.js";
import { listen, START, until } from "./lib.mjs";

const BOOK = {
  fewbits: 1, book: "evaluated", version: 1,
  signals: {
    views: { count: "view", within: "7d" },
    boots: { affinity: "aisle:boots", half_life: "14d" },
    sandals: { affinity: "aisle:sandals", half_life: "14d" },
    member: { declared: "boolean" },
  },
  dimensions: { lifecycle: { why: "greet", segments: [{ id: "regular", when: { views: { $gte: 3 } } }], otherwise: "new" } },
  experiments: { copy: { why: "which words", variants: ["cool", "warm"] } },
  bandits: { best: { why: "which sells", variants: ["winter", "plain"] } },
  decisions: {
    hero: {
      why: "the first thing seen", variants: ["beach", "winter", "plain"],
      choose: [
        { when: { lifecycle: "regular" }, show: "beach", because: "welcome back" },
        { experiment: "copy", show: { cool: "winter", warm: "plain" }, because: "a test of words" },
        { when: { member: true }, show: "beach", because: "members know it" },
      ],
      otherwise: "plain",
    },
    aisle: {
      why: "lead with it", variants: ["winter", "beach"],
      choose: [{ rank: { winter: "boots", beach: "sandals" } }], otherwise: "beach",
    },
    offer: { why: "what sells", variants: ["winter", "plain"], choose: [{ bandit: "best" }], otherwise: "plain" },
  },
};
const UNDRAWN = "no seed was given, so experiments and bandits were passed over";
const SEED = "00010203-0405-4607-8809-0a0b0c0d0e0f";

let quiet, evaluator;
const errors = [];
before(async () => {
  quiet = listen();
  evaluator = await createEvaluator({ book: await compile(BOOK), onError: ({ code }) => errors.push(code) });
});
after(() => quiet.stop());
const evaluate = (situation) => evaluator.evaluate({ now: START, ...situation });
const views = (count, tags) => Array(count).fill({ event: "view", tags, at: START - 60_000 });

test("conditions and rankings decide in the words of the client; nothing is frozen", () => {
  assert.deepEqual(evaluator.slots, ["hero", "aisle", "offer"]);
  const { decide, decisions, segments } = evaluate({ events: views(3, { aisle: "boots" }) });
  assert.deepEqual(segments, ["lifecycle/regular"]);
  assert.deepEqual(decide("hero"), { slot: "hero", variant: "beach", because: "welcome back", by: "when", rule: 0, frozen: false });
  assert.deepEqual(decide("aisle"),
    { slot: "aisle", variant: "winter", because: "the greatest of boots, sandals", by: "rank", rule: 0, frozen: false });
  assert.deepEqual(decisions().map(({ slot }) => slot), evaluator.slots);
  assert.deepEqual(decisions()[0], decide("hero"));
});

test("without a seed experiments and bandits have no answer, and otherwise says so", () => {
  const { decide } = evaluate();
  assert.deepEqual(decide("hero"), { slot: "hero", variant: "plain", because: UNDRAWN, by: "otherwise", rule: -1, frozen: false });
  assert.equal(decide("offer").because, UNDRAWN);
  // No chance is missing here, and here another rule has an answer.
  assert.deepEqual([decide("aisle").by, decide("aisle").because], ["otherwise", ""]);
  assert.equal(evaluate({ facts: { member: true } }).decide("hero").because, "members know it");
});

test("with a seed they answer: the same for the same, each variant for some, and no word of it stays", () => {
  const { decide } = evaluate({ seed: SEED });
  const hero = decide("hero");
  assert.deepEqual([hero.by, hero.source, hero.because, hero.rule], ["experiment", "copy", "a test of words", 1]);
  assert.deepEqual([decide("offer").by, decide("offer").source], ["bandit", "best"]);
  assert.deepEqual(evaluate({ seed: SEED.replaceAll("-", "").toUpperCase() }).decide("hero"), hero);
  for (const slot of ["hero", "offer"]) {
    const seen = Array.from({ length: 64 }, (_, i) => evaluate({ seed: (i * 0x9e3779b1 >>> 0).toString(16).padStart(32, "0") }).decide(slot).variant);
    assert.deepEqual([...new Set(seen)].sort(), ["plain", "winter"]);
  }
  assert.equal(evaluate().decide("hero").because, UNDRAWN);
});

test("what is no seed, and a slot that there is not, are told", async () => {
  for (const seed of ["", "abc", `${SEED}0`, "g".repeat(32), 7, null]) {
    errors.length = 0;
    assert.equal(evaluate({ seed }).decide("hero").because, UNDRAWN);
    await until("it is told", () => errors.length);
    assert.deepEqual(errors, ["bad-option"]);
  }
  errors.length = 0;
  assert.deepEqual(evaluate().decide("herro"), { slot: "herro", variant: "", because: "", by: "not-running", rule: -1, frozen: false });
  await until("it is told", () => errors.length);
  assert.deepEqual(errors, ["unknown-slot"]);
});

// The golden cases of decisions that tell of events and facts alone; the others are about what a page has shown before.
const FITTING = ["at", "expect", "track", "tags", "value", "declare"];
const golden = JSON.parse(await readFile(new URL("../../../tests/golden/decisions.json", import.meta.url), "utf8"))
  .filter(({ steps }) => steps.every((step) => Object.keys(step).every((key) => FITTING.includes(key))));
for (const { name, why, seed, book, steps } of golden) {
  test(`decisions.json: ${name}`, async () => {
    const { evaluate: at } = await createEvaluator({ book: await compile(JSON.stringify(book)) });
    const events = [];
    let facts = {};
    for (const [index, step] of steps.entries()) {
      const now = Date.parse(step.at);
      if (step.track) events.push({ event: step.track, tags: step.tags, value: step.value, at: now });
      facts = { ...facts, ...step.declare };
      const { decide } = at({ now, events, facts, ...seed && { seed } });
      for (const [slot, variant] of Object.entries(step.expect?.decisions ?? {})) {
        assert.equal(decide(slot).variant, variant, `${why} Step ${index + 1}: ${slot}`);
      }
    }
  });
}
test("most golden cases of decisions fit", () => assert.ok(golden.length >= 8, `${golden.length}`));
