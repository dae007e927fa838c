// Away and back with the browser's own button: a page from the back/forward cache has slept, and must not act on
// what it dreamt.
import assert from "node:assert/strict";

/** Leaves the shop by the address bar. */
async function away(page) {
  await page.open("/lab/away.html");
}

/** A visitor who agreed, looked at sandals, and left. */
async function summerAndAway(page) {
  page.traceless = true;
  await page.shop();
  await page.press("consent-local");
  await page.stroll("sandals");
  await page.showsHero("summer");
  await away(page);
}

/** Comes back, and tells whether the very page was kept or loaded anew. */
async function back(page, t) {
  await page.driver.navigate().back();
  await page.until("the shop is back", () => document.querySelector("#panel")?.dataset.ready === "");
  const kept = (await page.spied("persisted")).includes(true);
  t.diagnostic(`${page.engine.name}: back ${kept ? "from the back/forward cache" : "by a new load, not from the back/forward cache"}`);
  return kept;
}

/** Does something in another tab of the same visitor, closes it and comes back. */
async function elsewhere(page, work) {
  const here = await page.tab();
  await page.newTab();
  await page.shop();
  await work();
  await page.driver.close();
  await page.turnTo(here);
}

export function returning(check) {
  check("back to the shop: it knows what happened in another tab meanwhile", {}, async (page, t) => {
    await summerAndAway(page);
    await elsewhere(page, async () => {
      await page.showsHero("summer");
      await page.stroll("tents");
      await page.stroll("tents");
      await page.showsHero("camp");
    });
    await back(page, t);
    await page.showsHero("camp");
    assert.equal((await page.aisles())[0], "tents");
    // And it goes on from there.
    await page.stroll("tents");
    await page.showsHero("camp");
    assert.deepEqual(await page.lines(), []);
  });

  check("back to the shop after the visitor was forgotten in another tab: nothing comes back", {}, async (page, t) => {
    await summerAndAway(page);
    await elsewhere(page, async () => {
      await page.press("panel-forget");
      await page.settles("what is stored", [], () => Object.keys(localStorage));
    });
    await back(page, t);
    await page.showsHero("welcome");
    await page.until("the banner asks again", () => !document.querySelector("#consent").hidden);
    await page.stroll("boots");
    assert.equal(await page.variant(), "welcome");
    assert.deepEqual(await page.keys(), []);
  });

  check("the package does not cost a page its place in the back/forward cache", {}, async (page, t) => {
    // What this engine, driven like this, does with a page that has no package.
    const comesBackKept = async () => {
      await page.open("/lab/away.html?next");
      await page.driver.navigate().back();
      return page.until("the page is back", () => window.spy?.persisted.length > 0 && { kept: window.spy.persisted.includes(true) });
    };
    await page.open("/lab/away.html");
    const { kept: keeps } = await comesBackKept();
    t.diagnostic(`${page.engine.name} ${keeps ? "keeps" : "does not keep"} pages for the back button`);
    for (const consent of [{}, { store: "granted", personalise: "granted", measure: "granted" }]) {
      await page.lab({ consent });
      await page.call(() => window.lab.bump(3));
      const { kept } = await comesBackKept();
      if (keeps) assert.equal(kept, true, `with ${JSON.stringify(consent)} the page was loaded anew`);
    }
  });

  check("back to a page of the package: nothing is counted twice, nothing is lost", {}, async (page, t) => {
    const KEEP = { consent: { store: "granted", personalise: "granted" } };
    await page.lab(KEEP);
    await page.call(() => window.lab.bump(7));
    await away(page);
    await page.driver.navigate().back();
    const kept = await page.until("the lab is back", () => window.lab && { running: window.lab.fb !== undefined });
    t.diagnostic(`${page.engine.name}: back ${kept.running ? "from the back/forward cache" : "by a new load"}`);
    if (!kept.running) await page.startLab(KEEP);
    assert.equal(await page.count(), 7);
    await page.call(() => window.lab.bump(3));
    assert.equal(await page.count(), 10);
    await page.reload();
    await page.startLab(KEEP);
    assert.equal(await page.count(), 10);
  });
}
