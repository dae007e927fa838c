// The profile survives whatever happens to tabs and storage, and goes when it is told to.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { BOOK, browserGlobals, bytes, clock, DAY, Disk, listen, open, signal, soon, START, until } from "./lib.mjs";

let globals, quiet;
before(() => { quiet = listen(); });
after(() => quiet.stop());
beforeEach(() => {
  globals?.restore();
  globals = browserGlobals();
  clock.now = START;
});
after(() => globals.restore());

/** Folds what is written so far: whoever reads the ledger does. */
const fold = (tab) => tab.fb.ledger();
const views = (tab) => signal(tab.fb, "views");
const PROFILE = `fewbits:${BOOK.book}:profile`;
const JOURNAL = new RegExp(`^fewbits:${BOOK.book}:journal:\\d+:\\d+$`);

test("before consent, and with a no, storage is not touched but to erase", async () => {
  const touched = [];
  const storage = new Proxy({}, { get: (_, key) => { touched.push(key); throw new Error("hands off"); } });
  const tab = await open(new Disk(), globals, { consent: {}, storage });
  tab.fb.track("view", { aisle: "boots" }, 3);
  tab.fb.declare({ weather: "cold" });
  tab.fb.segments;
  await tab.fb.report();
  await tab.fb.ledger();
  await tab.fb.exportMine();
  await tab.fb.setConsent({ personalise: "granted", measure: "granted", share: "granted" });
  await tab.fb.report();
  tab.fb.destroy();
  assert.deepEqual(touched, []);
});

test("consent to storage: what happened before it is kept, and a reload knows the visitor", async () => {
  const disk = new Disk();
  const one = await open(disk, globals, { consent: {} });
  for (let i = 0; i < 3; i++) one.fb.track("view", { aisle: "boots" });
  assert.deepEqual(disk.keys(), []);
  await one.fb.setConsent({ store: "granted" });
  assert.ok(disk.keys().includes(PROFILE));
  one.fb.track("view");
  assert.ok(disk.keys().some((key) => JOURNAL.test(key)));
  one.kill();
  const two = await open(disk, globals);
  assert.equal(await views(two), 4);
  assert.ok(two.fb.is("interest/boots"));
  assert.deepEqual(disk.keys().filter((key) => !key.startsWith("fewbits:")), []);
});

test("two tabs, any interleaving: nothing is lost and nothing counts twice", async () => {
  let seed = 7;
  const random = (n) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
  for (let run = 0; run < 40; run++) {
    const disk = new Disk();
    const tabs = [await open(disk, globals), await open(disk, globals)];
    let count = 0;
    for (let step = 0; step < 30; step++) {
      const at = random(2);
      switch (random(6)) {
        case 0: void fold(tabs[at]); break;
        case 1: await fold(tabs[at]); break;
        case 2: await soon(); break;
        case 3:
          tabs[at].kill();
          tabs[at] = await open(disk, globals);
          break;
        default:
          count += 1;
          tabs[at].fb.track("view");
      }
    }
    for (const tab of tabs) assert.equal(await views(tab), count, `run ${run}`);
    assert.equal(globals.locks.most, 1);
  }
});

test("a tab that dies at any moment loses at most the event in flight", async () => {
  let moments = 0;
  for (let fatal = 1; ; fatal++) {
    const disk = new Disk();
    const first = await open(disk, globals);
    first.fb.track("view");
    await fold(first);
    let left = fatal, told = 0;
    first.storage.before = () => {
      if (--left > 0) return;
      first.kill();
      throw new Error("the process ended");
    };
    for (let i = 0; i < 3 && !first.storage.dead; i++) {
      first.fb.track("view");
      if (!first.storage.dead) told++;
    }
    await fold(first);
    if (!first.storage.dead) {
      first.fb.track("view");
      if (!first.storage.dead) told++;
    }
    const died = first.storage.dead;
    first.kill();
    const next = await open(disk, globals);
    assert.equal(await views(next), 1 + told, `died at write ${fatal}`);
    moments++;
    if (!died) break;
  }
  assert.ok(moments > 5, `${moments} moments`);
});

test("a journal ends after a minute and after 4 KB, and goes when it is in the snapshot of all tabs", async () => {
  const disk = new Disk();
  const journals = () => disk.keys().filter((key) => JOURNAL.test(key));
  const gone = (what) => until(what, () => journals().length === 0);
  const tab = await open(disk, globals);
  tab.fb.track("view");
  clock.now += 59_000;
  tab.fb.track("view");
  assert.equal(await views(tab), 2);
  assert.equal(journals().length, 1, "a fold alone removes none");
  clock.now += 2_000;
  tab.fb.track("view");
  assert.equal(journals().length, 2);
  await gone("an old journal asks to be swept up");
  assert.equal(await views(tab), 3);

  for (let i = 0; i < 500; i++) tab.fb.track("view", { aisle: "boots" });
  for (const key of journals()) assert.ok(atob(disk.cells.get(key)).length <= 4096);
  assert.ok(journals().length > 1);
  await gone("a full journal asks, too");
  assert.equal(await views(tab), 503);
});

test("a journal that was left goes after two minutes, not before", async () => {
  const disk = new Disk();
  const journals = () => disk.keys().filter((key) => JOURNAL.test(key)).length;
  const dead = await open(disk, globals);
  dead.fb.track("view");
  dead.kill();
  const tab = await open(disk, globals);
  tab.fb.track("view");
  clock.now += 61_000;
  tab.fb.track("view");
  await until("the own journals are swept up", () => journals() === 1);
  assert.equal(await views(tab), 3, "another tab's journal stays while it may be in use, and counts");
  clock.now += 61_000;
  tab.fb.track("view");
  clock.now += 61_000;
  tab.fb.track("view");
  await until("the journal that was left goes", () => journals() === 0);
  assert.equal(await views(tab), 5);
});

test("tabs that see each other's writes late lose nothing and count nothing twice", async () => {
  const disk = new Disk(30);
  const tabs = [await open(disk, globals), await open(disk, globals)];
  let told = 0;
  for (let round = 0; round < 60; round++) {
    for (const tab of tabs) {
      tab.fb.track("view");
      told++;
      // Two folds in a row, the second one over an old copy of the storage.
      if (round % 3 === 0) void tab.fb.ledger();
    }
    if (round % 20 === 10) clock.now += 61_000;
    await soon(round % 7);
  }
  for (const tab of tabs) await until("all of it counts", async () => await views(tab) === told);
  await until("the journals are swept up", async () => {
    clock.now += 61_000;
    tabs[0].fb.track("view");
    told++;
    await soon(700);
    return !disk.keys().some((key) => JOURNAL.test(key));
  });
  const next = await open(disk, globals);
  assert.equal(await views(next), told);
});

test("tabs that see each other's writes late send one report, and a visitor who was forgotten stays so", async () => {
  const disk = new Disk(200);
  const consent = { store: "granted", personalise: "granted", measure: "granted" };
  const tabs = [await open(disk, globals, { consent }), await open(disk, globals, { consent })];
  await tabs[0].fb.report();
  await soon(300);
  clock.now += 4 * DAY;
  const results = await Promise.all(tabs.map(({ fb }) => fb.report({ handOver: true })));
  assert.deepEqual(results.map(({ status }) => status).sort(), ["ready", "waiting"], JSON.stringify(results));

  tabs[0].fb.track("view");
  await views(tabs[0]);
  const forgotten = tabs[0].fb.forget();
  // The other one folds as soon as it has the lock.
  await Promise.all([forgotten, tabs[1].fb.ledger()]);
  await soon(1500);
  for (const tab of [tabs[1], await open(disk, globals)]) assert.equal(await views(tab), 0);
});

test("a clock that goes back or forward loses nothing", async () => {
  const disk = new Disk();
  const tab = await open(disk, globals);
  for (const jump of [-3600_000, 3600_000, -DAY / 2, DAY / 2]) {
    tab.fb.track("view");
    clock.now += jump;
    tab.fb.track("view");
    await fold(tab);
  }
  clock.now = START + 2 * 3600_000;
  assert.equal(await views(tab), 8);
  assert.equal(await views(await open(disk, globals)), 8);
});

test("storage that is full: one word about it, memory goes on, and space is used when there is some", async () => {
  const disk = new Disk();
  const tab = await open(disk, globals);
  tab.fb.track("view");
  await fold(tab);
  tab.storage.full = true;
  for (let i = 0; i < 5; i++) tab.fb.track("view");
  assert.equal(await views(tab), 6);
  assert.deepEqual(tab.errors.map(({ code }) => code), ["storage-full"]);
  assert.equal(await views(await open(disk, globals)), 1, "what was stored stands");
  tab.storage.full = false;
  await fold(tab);
  assert.equal(await views(await open(disk, globals)), 6);
});

test("hundreds of events in one turn: few writes, and none is lost, wherever in them the storage becomes full", async () => {
  for (const room of [10, 500, 800, 1000, 2500, 2600, 2700, 2800, 4000, 5000, Infinity]) {
    const disk = new Disk();
    const tab = await open(disk, globals);
    let writes = 0, limit = room;
    const { setItem } = tab.storage;
    tab.storage.setItem = (key, text) => {
      writes++;
      const others = [...disk.cells].reduce((sum, [one, { length }]) => sum + (one === key ? 0 : one.length + length), 0);
      if (others + key.length + text.length > limit) throw new DOMException("no", "QuotaExceededError");
      setItem(key, text);
    };
    for (let i = 0; i < 300; i++) tab.fb.track("view");
    assert.ok(writes < 50, `${writes} writes`);
    await soon();
    if (room < Infinity) {
      await fold(tab);
      assert.equal(await views(tab), 300, `room for ${room}, in memory`);
      limit = Infinity;
      await fold(tab);
    }
    tab.kill();
    assert.equal(await views(await open(disk, globals)), 300, `room for ${room}, stored`);
  }
});

test("storage that is forbidden: memory goes on", async () => {
  const disk = new Disk();
  const tab = await open(disk, globals);
  tab.fb.track("view");
  tab.storage.blocked = true;
  for (let i = 0; i < 3; i++) tab.fb.track("view");
  assert.ok(tab.fb.is("lifecycle/active"));
  await fold(tab);
  await tab.fb.setConsent({ store: "denied" });
  await tab.fb.forget();
  assert.deepEqual([...new Set(tab.errors.map(({ code }) => code))], ["storage-blocked"]);
});

test("a record that cannot be read is not written over", async () => {
  const disk = new Disk();
  const one = await open(disk, globals);
  one.fb.track("view");
  await fold(one);
  const before = disk.cells.get(PROFILE);
  one.storage.unreadable = true;
  await fold(one);
  one.storage.unreadable = false;
  assert.equal(disk.cells.get(PROFILE), before);
  assert.equal(await views(one), 1);
});

test("stored text that is cut, damaged, foreign or no base64: a new start, said once, never a crash", async () => {
  const disk = new Disk();
  const first = await open(disk, globals);
  for (let i = 0; i < 4; i++) first.fb.track("view", { aisle: "boots" }, i);
  await fold(first);
  first.fb.track("view");
  first.kill();
  const good = new Map(disk.cells);
  const journal = disk.keys().find((key) => JOURNAL.test(key));
  const damage = [
    () => "", (text) => text.slice(0, 5), (text) => text.slice(0, -8), (text) => "%%%" + text, (text) => "AAAA" + text,
    (text) => text.slice(0, 20) + "AAAA" + text.slice(24), () => "x".repeat(100_000), () => "null",
  ];
  for (const spoil of damage) {
    for (const key of [PROFILE, journal, "fewbits:gate"]) {
      disk.cells = new Map(good);
      disk.cells.set(key, spoil(good.get(key) ?? "AAAA"));
      disk.cells.set(`fewbits:${BOOK.book}:journal:not:a:number`, "??");
      const tab = await open(disk, globals);
      assert.equal(tab.fb.ok, true);
      tab.fb.track("view");
      const count = await views(tab);
      if (key === PROFILE) {
        assert.deepEqual(tab.errors.map(({ code }) => code), ["profile-discarded"]);
        assert.ok((await tab.fb.ledger()).some(({ what }) => what === "discarded"));
      } else assert.ok(count >= 5, `${key}: ${count}`);
      tab.kill();
      assert.ok(await views(await open(disk, globals)) >= 1, "and it is kept from now on");
    }
  }
});

test("without locks it works, but no report is made", async () => {
  globals.restore();
  globals = browserGlobals(undefined, { navigator: { locks: undefined } });
  const disk = new Disk();
  const tab = await open(disk, globals, { consent: { store: "granted", measure: "granted" } });
  tab.fb.track("view");
  assert.equal(await views(tab), 1);
  assert.deepEqual(await tab.fb.report({ handOver: true }), { status: "withheld", reason: "no-lock" });
  tab.kill();
  assert.equal(await views(await open(disk, globals)), 1);
});

test("locks that refuse, as to a page that is left: no report, no snapshot, and the journal keeps what happened", async () => {
  globals.restore();
  globals = browserGlobals({ request: () => Promise.reject(new Error("not active")) });
  const disk = new Disk();
  const tab = await open(disk, globals, { consent: { store: "granted", measure: "granted" } });
  tab.fb.track("view");
  assert.equal(await views(tab), 1);
  assert.equal((await tab.fb.report()).reason, "no-lock");
  assert.equal(disk.keys().filter((key) => JOURNAL.test(key)).length, disk.keys().length, "somebody else may hold the lock");
  tab.kill();
  globals.restore();
  globals = browserGlobals();
  assert.equal(await views(await open(disk, globals)), 1);
});

test("a lock that never comes does not hold up the page", async () => {
  globals.restore();
  globals = browserGlobals({ request: () => new Promise(() => undefined) });
  const tab = await open(new Disk(), globals);
  assert.equal(tab.fb.ok, true);
});

test("forget erases all, in all tabs, even in one that hears of nothing", async () => {
  const disk = new Disk();
  const [one, two, deaf] = [await open(disk, globals), await open(disk, globals), await open(disk, globals)];
  deaf.storage.listener = undefined;
  for (const tab of [one, two, deaf]) {
    for (let i = 0; i < 2; i++) tab.fb.track("view", { aisle: "boots" });
    await fold(tab);
  }
  await one.fb.forget();
  assert.deepEqual(disk.keys(), []);
  await soon();
  for (const tab of [one, two]) assert.ok(tab.fb.is("interest/any"));
  // What they take in from now on is new. The test is about the tab that heard nothing.
  for (const tab of [one, two]) tab.fb.destroy();
  deaf.fb.track("view");
  await fold(deaf);
  assert.equal(await views(deaf), 0, "a tab that slept brings nothing back");
  assert.equal(deaf.fb.consent.store, "unknown", "and stores no more until it is told that it may");
  deaf.fb.track("view");
  assert.deepEqual(disk.keys(), []);
});

/** A visitor who has given an answer. */
async function answered(disk) {
  const tab = await open(disk, globals, { consent: { store: "granted", measure: "granted" } });
  await tab.fb.report();
  clock.now += 4 * DAY;
  assert.equal((await tab.fb.report({ handOver: true })).status, "ready");
  return tab;
}
const tombstone = (disk) => atob(disk.cells.get("fewbits:gate"));
const MARK = "FBG\x02\x01";
const asked = (fb) => fb.report({ handOver: true }).then(({ reason }) => reason);

test("erasing is no way to be asked again: what was spent stays, 13 bytes, and nothing else", async () => {
  const ways = [
    (tab) => tab.fb.forget(),
    (tab) => tab.fb.setConsent({ store: "denied" }),
    (tab) => tab.fb.setConsent({ store: "unknown" }),
    async () => { await (await open(disk, globals, { consent: { store: "denied" } })).fb.ledger(); },
    async () => { await (await open(disk, globals, { book: bytes.slice(0, 9) })).fb.forget(); },
  ];
  let disk;
  for (const erase of ways) {
    clock.now = START;
    disk = new Disk();
    const tab = await answered(disk);
    const deaf = await open(disk, globals, { consent: { store: "granted", measure: "granted" } });
    deaf.storage.listener = undefined;
    assert.equal(await asked(deaf.fb), "already-answered");
    await erase(tab);
    tab.kill();
    await soon();
    assert.deepEqual(disk.keys(), ["fewbits:gate"]);
    assert.ok(tombstone(disk).startsWith(MARK) && tombstone(disk).length === 13);
    assert.equal(await asked(deaf.fb), deaf.fb.consent.store === "unknown" ? "no-store" : "already-answered");
    deaf.kill();
    const next = await open(disk, globals, { consent: { store: "granted", measure: "granted" } });
    assert.equal(await asked(next.fb), "already-answered");
    const { bits, ledger } = await next.fb.exportMine();
    assert.ok(bits.spent > 1 && bits.spent <= bits.cap && ledger.every(({ bytes }) => bytes === ""));
    // Erased again, it is the same.
    const before = tombstone(disk).slice(0, 13);
    await next.fb.forget();
    assert.equal(tombstone(disk), before);
  }
});

test("who removes everything may be asked again", async () => {
  for (const broken of [false, true]) {
    clock.now = START;
    const disk = new Disk();
    const tab = await answered(disk);
    await tab.fb.forget();
    if (broken) {
      tab.kill();
      await (await open(disk, globals, { book: bytes.slice(0, 9) })).fb.forget({ everything: true });
    } else await tab.fb.forget({ everything: true });
    assert.deepEqual(disk.keys(), []);
    const next = await open(disk, globals, { consent: { store: "granted", measure: "granted" } });
    assert.equal(await asked(next.fb), "not-due");
    assert.equal((await next.fb.exportMine()).bits.spent, 0);
  }
});

test("what another tab is spending while this one erases stays spent", async () => {
  const yes = { store: "granted", measure: "granted" };
  const seen = new Set();
  for (let turns = 0; turns < 40; turns++) {
    clock.now = START;
    const disk = new Disk();
    const [one, two] = [await open(disk, globals, { consent: yes }), await open(disk, globals, { consent: yes })];
    await asked(one.fb);
    await asked(two.fb);
    clock.now += 4 * DAY;
    const asking = asked(one.fb);
    for (let turn = 0; turn < turns; turn++) await null;
    await two.fb.forget();
    const reason = await asking;
    seen.add(reason);
    // Given, or erased before it was asked; then another question is drawn.
    if (reason === undefined) assert.ok(tombstone(disk).startsWith(MARK), `after ${turns} turns`);
    else assert.match(reason, /^(not-due|no-store)$/);
  }
  assert.ok(seen.has(undefined) && seen.size > 1, [...seen].join());
});

test("a page that dies at any moment of a report: it is handed out once at the most, and never another one", async () => {
  const yes = { store: "granted", measure: "granted" };
  const outcomes = new Set();
  let moments = 0;
  for (let fatal = 1; ; fatal++) {
    clock.now = START;
    const disk = new Disk();
    const tab = await open(disk, globals, { consent: yes });
    await asked(tab.fb);
    clock.now += 4 * DAY;
    let left = fatal;
    tab.storage.before = () => {
      if (--left > 0) return;
      tab.kill();
      throw new Error("the process ended");
    };
    const first = await tab.fb.report({ handOver: true });
    const died = tab.storage.dead;
    tab.kill();
    const next = await open(disk, globals, { consent: yes });
    const second = await next.fb.report({ handOver: true });
    const given = [first, second].filter(({ status }) => status === "ready");
    // The page that died may have handed it out: then it is not known whether it arrived.
    assert.ok(given.length <= 1, `${fatal}: ${JSON.stringify([first, second])}`);
    outcomes.add(`${first.status} ${second.status}`);
    const { bits } = await next.fb.exportMine();
    assert.ok(given.length === 0 || bits.spent > 1, "charged");
    moments++;
    if (!died) break;
  }
  assert.ok(moments > 2 && outcomes.size > 1, `${moments} moments: ${[...outcomes].join()}`);
});

test("clearing the site's data is forgetting", async () => {
  const disk = new Disk();
  const [one, two] = [await open(disk, globals), await open(disk, globals)];
  for (let i = 0; i < 3; i++) one.fb.track("view");
  await fold(one);
  await fold(two);
  two.storage.clear();
  await soon();
  assert.equal(await views(one), 0);
});

test("a withdrawal empties storage, in all tabs, and nothing is written after it", async () => {
  const disk = new Disk();
  const [one, two] = [await open(disk, globals), await open(disk, globals)];
  disk.cells.set("the-site's-own", "stays");
  disk.cells.set("fewbits:other-book:profile", "stays");
  for (const tab of [one, two]) tab.fb.track("view", { aisle: "boots" });
  await one.fb.setConsent({ store: "denied" });
  await soon();
  assert.equal(two.fb.consent.store, "denied");
  for (const tab of [one, two]) {
    tab.fb.track("view");
    await fold(tab);
    assert.ok(tab.fb.is("interest/any"));
  }
  assert.deepEqual(disk.keys(), ["fewbits:other-book:profile", "the-site's-own"]);
});

test("a no at the start erases what an earlier visit left", async () => {
  const disk = new Disk();
  const one = await open(disk, globals);
  one.fb.track("view");
  await fold(one);
  one.kill();
  const two = await open(disk, globals, { consent: { store: "denied" } });
  assert.deepEqual(disk.keys(), []);
  assert.equal(await views(two), 0);
});

test("a page that could not start can still be told to erase", async () => {
  const disk = new Disk();
  const one = await open(disk, globals);
  one.fb.track("view");
  await fold(one);
  const broken = await open(disk, globals, { book: bytes.slice(0, 9) });
  assert.equal(broken.fb.ok, false);
  await broken.fb.forget();
  assert.deepEqual(disk.keys(), []);
});

test("what another tab learns arrives here", async () => {
  const disk = new Disk();
  const [one, two] = [await open(disk, globals), await open(disk, globals)];
  const changes = [];
  two.fb.on("change", (change) => changes.push(change));
  for (let i = 0; i < 3; i++) one.fb.track("view");
  await soon(400);
  assert.ok(two.fb.is("lifecycle/active"));
  assert.deepEqual(changes.map(({ entered }) => entered), [["lifecycle/active"]]);
});
