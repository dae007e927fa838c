// A first visit, a visitor who comes back, and one who takes the yes back.
import assert from "node:assert/strict";
import { asksForAssetsOnly, keepsNothing } from "../lib/rules.mjs";

const DELIVERED = ["boots", "sandals", "coats", "tents", "packs"];

export function visits(check) {
  check("before an answer nothing is kept, and only assets are asked for", {}, async (page) => {
    await page.shop();
    await page.stroll("sandals");
    await page.until("the shop knows the interest", () => document.querySelector("[data-segment='interest/sandals']") !== null);
    // Without a yes the page stays as it was delivered, though the memory is there.
    assert.equal(await page.variant(), "welcome");
    assert.deepEqual(await page.aisles(), DELIVERED);
    await keepsNothing(page);
    await asksForAssetsOnly(page);
    // With it, the page follows at once what was seen before.
    await page.press("consent-local");
    await page.showsHero("summer");
  });

  check("before an answer the package observes in memory, and writes nothing", {}, async (page) => {
    await page.lab();
    assert.deepEqual(await page.call(() => window.lab.fb.segments), ["crowd/none"]);
    await page.call(() => window.lab.bump(12));
    assert.deepEqual(await page.call(() => window.lab.fb.segments), ["crowd/many"]);
    assert.equal(await page.count(), 12);
    const { status, reason } = await page.call(() => window.lab.fb.report({ handOver: true }));
    assert.deepEqual([status, reason], ["withheld", "no-consent"]);
    await keepsNothing(page);
    await asksForAssetsOnly(page);
  });

  check("after a no nothing is kept either, and the banner asks again", {}, async (page) => {
    await page.shop();
    await page.press("consent-deny");
    await page.stroll("sandals");
    assert.equal(await page.variant(), "welcome");
    assert.ok((await page.segments()).includes("interest/any"));
    await keepsNothing(page);
    await asksForAssetsOnly(page);
    await page.reload();
    await page.ready();
    assert.equal(await page.call(() => document.querySelector("#consent").hidden), false);
  });

  check("a visitor who agreed is recognised: hero and aisles follow", {}, async (page) => {
    await page.shop();
    assert.deepEqual(await page.aisles(), DELIVERED);
    await page.press("consent-accept");
    await page.stroll("sandals");
    await page.showsHero("summer");
    assert.equal((await page.aisles())[0], "sandals");
    // Each page of the walk is a view, whichever way the engine tells of it.
    await page.settles("pages opened this week", "7", () => document.querySelector("[data-signal=pages_7d] strong").textContent);

    await page.reload();
    await page.ready();
    await page.showsHero("summer");
    assert.equal((await page.aisles())[0], "sandals");
    assert.equal(await page.call(() => document.querySelector("#consent").hidden), true);
    assert.ok((await page.segments()).includes("interest/sandals"));

    // A stronger interest takes over, and so it is after the next reload, too.
    await page.stroll("tents");
    await page.stroll("tents");
    await page.showsHero("camp");
    await page.reload();
    await page.ready();
    await page.showsHero("camp");
    assert.deepEqual((await page.aisles()).slice(0, 2), ["tents", "packs"]);
    assert.deepEqual(await page.lines(), []);
  });

  for (const [how, act] of [
    ["withdrawing", async (page) => {
      await page.press("privacy-open");
      await page.press("consent-deny");
    }],
    ["“Forget me”", (page) => page.press("panel-forget")],
  ]) {
    check(`${how} empties the storage, and the other tab follows`, {}, async (page) => {
      await page.shop();
      await page.press("consent-accept");
      await page.stroll("sandals");
      await page.showsHero("summer");
      const first = await page.tab();
      const second = await page.newTab();
      await page.shop();
      await page.showsHero("summer");
      assert.ok((await page.keys()).includes("fewbits:fernhill:profile"));

      await page.turnTo(first);
      await act(page);
      await page.settles("what is stored", [], () => Object.keys(localStorage));
      await page.showsHero("welcome");

      await page.turnTo(second);
      await page.showsHero("welcome");
      // The other tab must not write back what it still had in mind.
      await page.stroll("boots");
      assert.equal(await page.variant(), "welcome");
      assert.deepEqual(await page.keys(), []);
      await page.reload();
      await page.ready();
      assert.equal(await page.variant(), "welcome");
      assert.equal(await page.call(() => document.querySelector("#consent").hidden), false);
      assert.deepEqual(await page.keys(), []);

      await page.turnTo(first);
      await page.stroll("coats");
      assert.equal(await page.variant(), "welcome");
      assert.deepEqual(await page.keys(), []);
    });
  }
}
