// Several tabs of one visitor, at once, and what is left when one of them ends without a word.
import assert from "node:assert/strict";
import { kill, processOf } from "../lib/processes.mjs";

const KEEP = { consent: { store: "granted", personalise: "granted" } };

/** Two tabs of the lab. Answers with their handles; the second is in front. */
async function twoTabs(page) {
  const first = await page.tab();
  await page.lab(KEEP);
  const second = await page.newTab();
  await page.lab(KEEP);
  return [first, second];
}

/** The tab in front has many events, and is in the middle of more: answers with how many it has had at least. An
 * engine hands on what a page stored when the turn ends, so the newest of them are from some turns ago. */
async function busy(page) {
  await page.call(() => window.lab.bumpInTurns(50_000));
  const had = await page.until("the tab is busy", () => window.lab.running > 60 && window.lab.running);
  await page.until("some turns have passed", (before) => window.lab.running > before + 20, had);
  return had;
}

const journals = () => Object.entries(localStorage).filter(([key]) => key.includes(":journal:"));

/** What the tab in front has stored has come to the first tab, by way of the engine's other processes. */
async function handedOn(page, first) {
  const second = await page.tab();
  const stored = await page.call(journals);
  assert.ok(stored.length > 0, "the tab has a journal");
  await page.turnTo(first);
  await page.until("the journals have come", (all) => all.every(([key, text]) => localStorage.getItem(key) === text), stored);
  await page.turnTo(second);
}

/** Waits until so many events count: what another tab wrote last can still be on its way from process to process. */
function counts(page, least) {
  const enough = (least) => window.lab.count().then((count) => count >= least && count);
  return page.until(`at least ${least} events count`, enough, least);
}

/** What the other tab had is there, for the first tab and for one that is opened later. */
async function nothingIsLost(page, first, had) {
  await page.turnTo(first);
  const found = await counts(page, had);
  await page.call(() => window.lab.bump(2));
  const more = await counts(page, found + 2);
  await page.reload();
  await page.startLab(KEEP);
  await counts(page, more);
}

export function tabs(check) {
  check("two tabs write at once, and all of it counts", {}, async (page) => {
    const TURNS = 400;
    const handles = await twoTabs(page);
    for (const tab of handles) {
      await page.turnTo(tab);
      await page.call((turns) => window.lab.bumpInTurns(turns), TURNS);
      // Both read the whole meanwhile, which folds the journals of both.
      await page.count();
    }
    for (const tab of handles) {
      await page.turnTo(tab);
      await page.call(async () => {
        await window.lab.ended;
        await window.lab.count();
      });
    }
    for (const tab of handles) {
      await page.turnTo(tab);
      assert.equal(await counts(page, 2 * TURNS), 2 * TURNS);
    }
    await page.newTab();
    await page.lab(KEEP);
    assert.equal(await counts(page, 2 * TURNS), 2 * TURNS);
    assert.deepEqual(await page.lines(), []);
  });

  check("a tab that is closed in the middle loses nothing", {}, async (page) => {
    const [first] = await twoTabs(page);
    const had = await busy(page);
    await page.driver.close();
    await nothingIsLost(page, first, had);
  });

  check("a tab that is killed in the middle loses nothing but the event in flight", {}, async (page, t, root) => {
    const [first] = await twoTabs(page);
    const victim = await processOf(page, root);
    if (page.engine.endsWithTab) {
      t.diagnostic(`${page.engine.name}'s driver cannot go on without a tab: it is stopped for good instead of killed`);
      // In the middle it might stop with the lock in its hand, which only its death would free. And a process that
      // is stopped, unlike one that dies, keeps back what it has not sent yet.
      await page.call(() => window.lab.bump(40));
      await handedOn(page, first);
      kill(victim, "SIGSTOP");
      await nothingIsLost(page, first, 40);
      kill(victim);
      return;
    }
    const had = await busy(page);
    kill(victim);
    await nothingIsLost(page, first, had);
  });

  check("the shop's other tab follows: hero, aisles, basket", {}, async (page) => {
    await page.shop();
    await page.press("consent-local");
    const first = await page.tab();
    const second = await page.newTab();
    await page.shop();
    await page.stroll("tents");
    await page.buy("tents");

    await page.turnTo(first);
    await page.showsHero("camp");
    assert.deepEqual((await page.aisles()).slice(0, 2), ["tents", "packs"]);
    await page.settles("the basket", "1", () => document.querySelector("[data-testid=cart-count]").textContent);
    await page.stroll("sandals");
    await page.stroll("sandals");
    await page.stroll("sandals");
    await page.turnTo(second);
    await page.goHome();
    await page.showsHero("summer");
  });
}
