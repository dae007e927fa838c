// What a page calls, and what it gets back; and that nothing it says turns up where it should not.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { compile, createFewbits } from "../dist/node.js";
import { BOOK, bytes, clock, DAY, Disk, listen, soon, START } from "./lib.mjs";

let quiet;
before(() => { quiet = listen(); });
after(() => quiet.stop());
beforeEach(() => { clock.now = START; });
const start = (options) => createFewbits({ book: bytes, clock: () => clock.now, ...options });
const value = async (fb, name) => (await fb.exportMine()).signals.find((one) => one.name === name).value;

test("segments, ids, flags and is() agree; groups and the ladder's top count", async () => {
  const fb = await start();
  const all = Object.entries(BOOK.dimensions)
    .flatMap(([name, { segments, otherwise }]) => [...segments.map(({ id }) => id), otherwise].map((id) => `${name}/${id}`));
  assert.deepEqual(fb.ids, all);
  const agree = () => {
    const held = all.filter((_, index) => fb.flags[index] === 1);
    assert.deepEqual(fb.segments, held);
    for (const id of all) assert.equal(fb.is(id), held.includes(id), id);
  };
  agree();
  assert.equal(fb.is("interest/footwear"), false);
  assert.equal(fb.is("interest/any"), true, "`otherwise` of that name is a segment");
  assert.equal(fb.is("lifecycle/any"), true, "and where it is not, everybody");
  fb.track("view", { aisle: "boots" });
  agree();
  assert.equal(fb.is("interest/footwear"), true);
  assert.equal(fb.is("interest/any"), false);
  for (const wrong of ["interest/nothing", "", "lifecycle", null, {}]) assert.equal(fb.is(wrong), false);
});

test("track: events, tags and values; how many segments changed", async () => {
  const fb = await start();
  assert.equal(fb.track("view"), 0);
  assert.equal(fb.track("view", {}), 0);
  assert.equal(fb.track("view", { aisle: ["boots", "sandals"], unknown: "x" }), 4);
  assert.equal(await value(fb, "views"), 3);
  assert.equal(fb.segments[0], "lifecycle/active");
  assert.equal(fb.track("purchase", null, 150), 2);
  assert.equal(await value(fb, "spend"), 150);
  assert.equal(fb.track("never-heard-of"), 0);
  assert.equal(fb.track("never-heard-of", { nor: "this" }), 0);
  for (let i = 0; i < 1000; i++) fb.track("view", { aisle: "boots" });
  assert.equal(await value(fb, "views"), 1003);
});

test("a million distinct tags and a 10 MB tag leave no trace and cost nothing", async () => {
  const fb = await start({ consent: { store: "granted" } });
  const before = (await fb.exportMine()).signals.length;
  const huge = "x".repeat(10_000_000);
  const began = performance.now();
  fb.track("view", { aisle: huge });
  fb.track("view", { [huge]: huge });
  fb.track(huge, { aisle: "boots" });
  for (let i = 0; i < 1_000_000; i++) fb.track("nothing", { [`tag${i % 1000}`]: "x" });
  for (let i = 0; i < 10_000; i++) fb.track("view", { aisle: `value-${i}` });
  assert.ok(performance.now() - began < 20_000);
  const mine = await fb.exportMine();
  assert.equal(mine.signals.length, before);
  assert.ok(JSON.stringify(mine).length < 20_000);
});

test("declare: facts one by one and all at once", async () => {
  const fb = await start();
  assert.equal(fb.declare({ weather: "cold", member: true }), 2);
  assert.ok(fb.is("told/cold-member"));
  assert.equal(fb.declare({ age: 70 }), 0);
  assert.equal(fb.declare({ member: false }), 2);
  assert.ok(fb.is("told/old"));
  assert.equal(fb.declare({ weather: "cold", member: true }, { replace: true }), 2);
  assert.equal(await value(fb, "age"), null, "what is not given is taken back");
  assert.equal(fb.declare({ member: null }), 2);
  assert.deepEqual([await value(fb, "member"), await value(fb, "weather")], [null, "cold"]);
  fb.declare({ age: 500 });
  assert.equal(await value(fb, "age"), 120);
});

test("setContext: raw values and items", async () => {
  const fb = await start();
  const see = (name) => value(fb, name);
  fb.setContext({ referrer: "https://www.google.com/" });
  fb.setContext({ url: "https://shop.example/?utm_medium=cpc", language: "fr-CA", timeZone: "Asia/Tokyo" });
  assert.deepEqual([await see("referrer"), await see("medium"), await see("language"), await see("continent"), await see("season")],
    ["search", "ads", "fr", "asia", "autumn"]);
  fb.setContext({ season: "winter", device: "tablet" });
  assert.deepEqual([await see("season"), await see("device")], ["winter", "tablet"]);
  assert.ok(fb.is("where/winter"));
});

test("bad arguments: told to onError, once per kind to the console, and nothing is thrown", async () => {
  const codes = [];
  const fb = await start({ onError: ({ code }) => codes.push(code) });
  const said = quiet.said.length;
  for (let round = 0; round < 2; round++) {
    for (const event of [undefined, null, 7, "", {}, []]) fb.track(event);
    for (const amount of [NaN, Infinity, -1e10, "5", {}]) fb.track("view", {}, amount);
    for (const tags of ["aisle", 7, { aisle: 7 }, { aisle: {} }, { aisle: [7] }]) fb.track("view", tags);
    fb.track("view", { aisle: Array.from({ length: 40 }, () => "boots") });
    for (const facts of [null, 7, { nothing: 1 }, { weather: "snow" }, { weather: 7 }, { member: "yes" }, { age: NaN }, { age: "7" }]) fb.declare(facts);
    for (const context of [null, 7, { nothing: 1 }, { season: "monsoon" }]) fb.setContext(context);
    for (const answers of [{ store: "maybe" }, { other: "granted" }]) await fb.setConsent(answers);
    for (const answers of [null, undefined, 7]) await fb.setConsent(answers);
    fb.engage({ dwell: -1 });
    fb.engage(null);
    fb.is("no/such");
    await fb.explain("no/such");
    fb.on("nothing", () => undefined)();
    fb.on("change", 7)();
  }
  await soon();
  const kinds = ["bad-event", "bad-value", "bad-tags", "bad-fact", "bad-context", "bad-consent", "unknown-segment", "bad-option"];
  assert.deepEqual([...new Set(codes)].sort(), kinds.sort());
  assert.equal(quiet.said.length - said, kinds.length);
  const trap = new Proxy({}, { ownKeys() { throw new Error("trap"); }, get() { throw new Error("trap"); } });
  assert.equal(fb.track("view", trap), 0);
  assert.equal(fb.declare(trap), 0);
  assert.equal(fb.declare(trap, { replace: true }), 0);
  assert.equal(fb.setContext(trap), 0);
  assert.equal(fb.ok, true);
});

test("an onError that throws, and a listener that throws, stop nothing", async () => {
  const fb = await start({ onError: () => { throw new Error("mine"); } });
  const heard = [];
  fb.on("change", () => { throw new Error("mine, too"); });
  fb.on("change", (change) => heard.push(change));
  fb.track("");
  fb.track("view", { aisle: "boots" });
  await soon();
  assert.equal(heard.length, 1);
});

test("changes of one turn arrive as one, net", async () => {
  const fb = await start();
  const heard = [];
  fb.track("view", { aisle: "sandals" });
  const off = fb.on("change", (change) => heard.push(change));
  await soon();
  assert.deepEqual(heard, [], "what was before is no news");
  for (let i = 0; i < 4; i++) fb.track("view", { aisle: "boots" });
  fb.declare({ age: 70 });
  fb.declare({ age: 7 });
  await soon();
  assert.deepEqual(heard, [{
    entered: ["lifecycle/active", "interest/boots"], left: ["lifecycle/new", "interest/sandals"],
    segments: ["lifecycle/active", "interest/boots", "told/other", "where/plain"],
  }]);
  off();
  fb.declare({ age: 70 });
  await soon();
  assert.equal(heard.length, 1);
});

test("time alone changes memberships: who reads sees it, who listens is told", async () => {
  const fb = await start();
  for (let i = 0; i < 3; i++) fb.track("view");
  assert.ok(fb.is("lifecycle/active"));
  clock.now += 8 * DAY;
  assert.deepEqual([fb.is("lifecycle/active"), fb.segments[0], fb.flags[2]], [false, "lifecycle/new", 1]);

  let now = Date.now();
  const shift = START + 60_000 - 700 - now;
  const minute = await compile({
    ...BOOK, signals: { views: { count: "view", within: "1m" } }, report: undefined,
    dimensions: { now: { why: "a test", segments: [{ id: "here", when: { views: { $gte: 1 } } }], otherwise: "gone" } },
  });
  const live = await createFewbits({ book: minute, clock: () => Date.now() + shift });
  const heard = [];
  live.on("change", ({ segments }) => heard.push(segments[0]));
  live.track("view");
  await soon(1500);
  assert.deepEqual(heard, ["now/here", "now/gone"], "without a call");
  live.destroy();
});

test("explain: what holds, why, and what would change it", async () => {
  const fb = await start();
  fb.track("view");
  fb.track("view");
  const no = await fb.explain("lifecycle/active");
  assert.equal(no.holds, false);
  assert.equal(no.why, "greet newcomers");
  assert.deepEqual(no.because.map(({ signal, operator, operands, current, holds }) => ({ signal, operator, operands, current, holds })),
    [{ signal: "views", operator: "$gte", operands: [3], current: 2, holds: false }]);
  assert.deepEqual(no.wouldChange, ["`views` is 2, needs at least 3"]);
  assert.match(no.text, /does not hold: `views` is 2, needs at least 3\.$/);
  fb.track("view", { aisle: "boots" });
  const yes = await fb.explain("lifecycle/active");
  assert.equal(yes.holds, true);
  assert.match(yes.text, /holds.*`views` is 3 \(at least 3\)/);
  assert.match((await fb.explain("interest/boots")).text, /`aisle` is `boots`/);
  assert.match((await fb.explain("interest/footwear")).text, /holds through `interest\/boots`/);
  assert.match((await fb.explain("lifecycle/any")).text, /everybody/);
  assert.match((await fb.explain("lifecycle/new")).text, /gives way to `lifecycle\/active`/);
  assert.match((await fb.explain("told/cold-member")).text, /`weather` has no value, needs `cold`; `member` has no value, needs true/);
  for (const id of fb.ids) assert.ok((await fb.explain(id)).text.length > 10);
});

test("exportMine: everything, readable, and nothing but", async () => {
  const fb = await start({ consent: { store: "granted", personalise: "granted" } });
  fb.track("view", { aisle: "boots" });
  fb.declare({ weather: "hot", member: true });
  const mine = JSON.parse(JSON.stringify(await fb.exportMine()));
  assert.deepEqual([mine.book, mine.version], ["test-shop", 3]);
  assert.deepEqual(mine.signals.map(({ name }) => name), Object.keys(BOOK.signals));
  assert.deepEqual(mine.consent, { store: "granted", personalise: "granted", measure: "unknown", share: "unknown" });
  assert.ok(mine.bits.cap > 3.3 && mine.bits.spent === 0);
  const of = Object.fromEntries(mine.signals.map((one) => [one.name, one]));
  assert.equal(of.views.kind, "count");
  assert.equal(of.views.stored[0].count, 1);
  assert.deepEqual([of.aisle.value, of.weather.value, of.member.value, of.age.value], ["boots", "hot", true, null]);
});

test("consent: every answer to every purpose, one after the other", async () => {
  const answers = ["granted", "denied", "unknown"];
  const purposes = ["store", "personalise", "measure", "share"];
  for (const first of answers) for (const second of answers) for (const purpose of purposes) {
    const fb = await start({ consent: { [purpose]: first } });
    const heard = [];
    fb.on("consent", (consent) => heard.push(consent[purpose]));
    for (let i = 0; i < 3; i++) fb.track("view");
    const observed = !(purpose === "personalise" && first === "denied");
    assert.equal(fb.is("lifecycle/active"), observed);
    await fb.setConsent({ [purpose]: second });
    assert.equal(fb.consent[purpose], second);
    assert.deepEqual(heard, first === second ? [] : [second]);
    const erased = first !== second && (second === "denied" && ["store", "personalise"].includes(purpose) || purpose === "store" && first === "granted");
    assert.equal(fb.is("lifecycle/active"), observed && !erased, `${purpose}: ${first}, ${second}`);
    const { status, reason } = await fb.report();
    assert.deepEqual([status, reason], ["withheld", purpose === "measure" && second === "granted" ? "no-store" : "no-consent"]);
    fb.destroy();
  }
});

test("destroy: everything answers, nothing happens", async () => {
  const fb = await start({ consent: { store: "granted" } });
  fb.on("change", () => assert.fail());
  fb.track("view", { aisle: "boots" });
  fb.destroy();
  fb.destroy();
  assert.equal(fb.track("view"), 0);
  assert.equal(fb.declare({ member: true }, { replace: true }), 0);
  assert.deepEqual([fb.segments, fb.is("interest/boots"), fb.flags.length], [[], false, 0]);
  assert.equal(await fb.explain("interest/boots"), null);
  assert.equal((await fb.report()).reason, "not-running");
  await fb.setConsent({ store: "denied" });
  await fb.forget();
  assert.equal(await fb.exportMine(), null);
});

test("the canary: what a visitor does or is appears in no error, no line, no ledger, no report", async () => {
  const errors = [];
  const fb = await start({
    consent: { store: "granted", personalise: "granted", measure: "granted" }, onError: (error) => errors.push(error),
  });
  let n = 0;
  const canary = () => `Canary${++n}Zq`;
  const list = [];
  const sing = () => { const one = canary(); list.push(one); return one; };
  fb.track(sing(), { [sing()]: sing() }, 3);
  fb.track("view", { aisle: sing() });
  fb.track("view", { aisle: [sing(), 7] }, sing());
  fb.track({ [sing()]: 1 }, sing(), sing());
  fb.declare({ weather: sing(), member: sing(), [sing()]: sing() });
  fb.declare({ weather: sing() }, { replace: true });
  fb.setContext({
    referrer: `https://${sing()}.example/${sing()}`, url: `https://shop.example/${sing()}?utm_medium=${sing()}`,
    userAgent: sing(), language: sing(), timeZone: `Europe/${sing()}`, season: sing(), [sing()]: sing(), utcOffset: sing(), touchPoints: sing(),
  });
  await fb.setConsent({ store: sing(), [sing()]: "granted" });
  await fb.setConsent({ store: "granted", measure: "granted" });
  fb.is(sing());
  await fb.explain(sing());
  fb.on(sing(), () => undefined);
  fb.engage({ dwell: sing(), [sing()]: 3 });
  await fb.report();
  clock.now += 4 * DAY;
  const { report } = await fb.report({ handOver: true });
  await soon();
  const seen = JSON.stringify([errors, quiet.said, await fb.ledger(), report, fb.consent, await fb.exportMine(), fb.segments]);
  assert.ok(list.length > 25 && errors.length > 5 && report);
  for (const one of list) assert.ok(!seen.includes(one), one);
  assert.ok(!/Canary/i.test(seen));
});

test("a core that stopped: every `otherwise`, and what is stored can still be erased", async () => {
  const storage = new Disk().tab();
  const fb = await start({ consent: { store: "granted" }, storage });
  for (let i = 0; i < 3; i++) fb.track("view", { aisle: "boots" });
  assert.ok(fb.is("lifecycle/active"));
  fb.declare({ get weather() { throw new WebAssembly.RuntimeError("unreachable"); } });
  await soon();
  assert.deepEqual([fb.ok, fb.error.code], [false, "internal"]);
  assert.deepEqual(fb.segments, ["lifecycle/new", "interest/any", "told/other", "where/plain"]);
  assert.deepEqual([fb.is("lifecycle/new"), fb.is("lifecycle/active"), fb.track("view")], [true, false, 0]);
  assert.ok(storage.length > 0);
  await fb.setConsent({ store: "denied" });
  assert.equal(storage.length, 0);
});

test("explain: what moved a trained model's answer", async () => {
  const fb = await createFewbits({ auto: false, clock: () => clock.now, book: {
    fewbits: 1, book: "modelled", version: 1,
    signals: {
      views: { count: "view", within: "7d" }, weather: { declared: ["cold", "hot"] }, club: { declared: "boolean" },
      intent: { model: "intent" },
    },
    models: { intent: {
      inputs: ["views", { signal: "weather", is: "cold" }, { signal: "club", missing: 0 }, { signal: "weather", is: "hot" }],
      gives: "probability", weights: [0.5, -2, 1, 3],
    } },
    dimensions: { ready: { why: "help", segments: [{ id: "yes", when: { intent: { $gte: 0.5 } } }], otherwise: "no" } },
  } });
  fb.track("view");
  fb.declare({ weather: "cold" });
  const { holds, because: [first] } = await fb.explain("ready/yes");
  assert.equal(holds, false);
  assert.deepEqual(first.moved, [{ signal: "weather", is: "cold", by: -2 }, { signal: "views", by: 0.5 }]);
  assert.equal(first.text, "`intent` is 0.18, needs at least 0.5, above all lowered by `weather` (`cold` or not) and raised by `views`");
  assert.ok(Math.abs(await value(fb, "intent") - 1 / (1 + Math.exp(1.5))) < 1e-12);
  fb.declare({ weather: "hot", club: true });
  const now = await fb.explain("ready/yes");
  assert.deepEqual(now.because[0].moved.map(({ by }) => by), [3, 1, 0.5]);
  assert.equal(now.holds, true);
});
