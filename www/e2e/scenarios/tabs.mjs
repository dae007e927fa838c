// Several tabs of one visitor, at once, and what is left when one of them ends without a word.
import assert from "node:assert/strict";
import { kill, processOf } from "../lib/processes.mjs";

const KEEP = { consent: { store: "granted", personalise: "granted" } };
const count = (page) => page.call(() => window.lab.count());

async function openLab(page) {
  await page.open("/lab/lab.html");
  assert.equal(await page.call((given) => window.lab.start(given), KEEP), true);
}

/** Two tabs of the lab. Answers with their handles; the second is in front. */
async function twoTabs(page) {
  const first = await page.tab();
  await openLab(page);
  const second = await page.newTab();
  await openLab(page);
  return [first, second];
}

/** The tab in front has many events, and is in the middle of more: answers with how many it has had at least. */
async function busy(page) {
  await page.call(() => window.lab.bumpInTurns(50_000));
  return page.until("the tab is busy", () => window.lab.running > 60 && window.lab.running);
}

/** What the other tab had is there, for the first tab and for one that is opened later. */
async function nothingIsLost(page, first, had) {
  await page.turnTo(first);
  const found = await count(page);
  assert.ok(found >= had, `of ${had} events ${found} are left`);
  await page.call(() => window.lab.bump(2));
  assert.equal(await count(page), found + 2);
  await page.reload();
  await page.call((given) => window.lab.start(given), KEEP);
  assert.equal(await count(page), found + 2);
}

export function tabs(check) {
  check("two tabs write at once, and all of it counts", {}, async (page) => {
    const TURNS = 400;
    const handles = await twoTabs(page);
    for (const tab of handles) {
      await page.turnTo(tab);
      await page.call((turns) => window.lab.bumpInTurns(turns), TURNS);
      // Both read the whole meanwhile, which folds the journals of both.
      await count(page);
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
      assert.equal(await count(page), 2 * TURNS);
    }
    await page.newTab();
    await openLab(page);
    assert.equal(await count(page), 2 * TURNS);
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
      // In the middle it might stop with the lock in its hand, which only its death would free.
      await page.call(() => window.lab.bump(40));
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
