// Ways from page to page: loaded in advance, by a router, in a view transition, back from the back/forward cache. Where an
// engine has no such thing, the same is asked of the page without it.
import assert from "node:assert/strict";

const HEADERS = {
  "content-security-policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'inline-speculation-rules'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'",
};
const FROM = "/lab/moves/from.html", TO = "/lab/moves/to.html", ROUTER = "/lab/moves/router.html";
const ADVANCE = "#advance";

const runs = (page) => page.until("the package runs", () => window.endShown !== undefined);
const counted = (page, wanted) => page.settles("what is counted", wanted, async () => {
  const { signals } = await window.fb.exportMine();
  return ["pages", "came"].map((wantedName) => signals.find(({ name }) => name === wantedName).value);
});
const asked = ({ site }, path) => site.requests.filter((request) => request.path === path).length;

/** The visitor has read guides, and what the page shows of that is kept. */
async function reader(page) {
  await page.open(TO);
  await runs(page);
  await page.call(() => window.fb.track("read", { topic: "guides" }));
  await page.until("it is kept", () => localStorage.getItem("fewbits:moves:shown")?.includes("guides"));
  await page.until("nothing is hidden any more", () => document.documentElement.dataset.fewbits === undefined);
  await counted(page, [1, 1]);
}

/** Goes to the page from which one goes on; where the browser can, the next page is loaded in `advance`: waited for until it is
 * `loaded`, or until enough time has `passed` for all that could happen there. */
async function before(page, search, advance) {
  const sign = `/lab/moves/${advance}`;
  const times = asked(page, sign);
  await page.open(`${FROM}${search}${advance ? ADVANCE : ""}`);
  const able = await page.call(() => HTMLScriptElement.supports?.("speculationrules") === true);
  const kept = await page.stored(), { length } = page.site.reports();
  if (able && advance) {
    await page.driver.wait(() => asked(page, sign) > times, 20_000, "nothing was loaded in advance", 40);
    assert.deepEqual(await page.stored(), kept, "a page that nobody opened has stored something");
    assert.equal(page.site.reports().length, length, "a page that nobody opened has sent a report");
  }
  return able && Boolean(advance);
}

async function onwards(page) {
  await page.click("#to");
  await page.until("the next page runs", () => location.pathname.endsWith("/to.html") && window.endShown !== undefined);
  await page.until("the page was seen", () => window.moves.first !== null);
  return page.call(() => ({ ...window.moves, opened: performance.getEntriesByType("navigation")[0].activationStart ?? 0 }));
}

/** What moved after the page was opened, without what a visitor did. */
const moved = ({ shifts, opened }) => shifts.filter(({ startTime, hadRecentInput }) => startTime >= opened && !hadRecentInput);

export function moves(check) {
  for (const [how, search] of [["", ""], [", with a start at once", "?sync"]]) {
    check(`a page that is loaded in advance counts when it is opened${how}`, { headers: HEADERS }, async (page, t) => {
      await reader(page);
      // Once loaded and never opened, which must leave nothing; then loaded and opened.
      if (search === "") {
        await before(page, search, "loaded");
        await page.open("/lab/away.html");
      }
      const able = await before(page, search, "passed");
      const seen = await onwards(page);
      t.diagnostic(`${page.engine.name} ${able ? "loads pages in advance" : "does not load pages in advance"}`);
      if (able) assert.deepEqual(seen.early, { runs: search === "?sync", told: [], writes: [] });
      assert.equal(seen.opened > 0, able, "the page that was loaded in advance was not the one that was opened");
      assert.deepEqual(seen.first, { attribute: "guides", waits: null, seen: "hero guides" });
      await counted(page, [2, 2]);
      await page.until("the offer counts as shown, once", () => window.moves.told.filter((one) => one.startsWith("offer:")).length === 1);
      await page.until("the rest of the page follows", () => document.querySelector("#slot").innerText.trim() === "Read on." && !document.querySelector("#show").hidden);
      assert.deepEqual(moved({ ...seen, shifts: await page.call(() => window.moves.shifts) }), []);
      assert.deepEqual(await page.spied("violations"), []);
    });
  }

  check("what was loaded in advance shows what is known when it is opened", { headers: HEADERS }, async (page) => {
    await reader(page);
    await before(page, "", "loaded");
    await page.call(() => { for (const key of Object.keys(localStorage)) localStorage.removeItem(key); });
    const seen = await onwards(page);
    // Hidden, or what the package has already said instead; never what was forgotten.
    const { attribute, waits, seen: inSight } = seen.first;
    assert.ok(["wait", "plain hero plain"].includes([waits ?? attribute, inSight].join(" ").trim()), JSON.stringify(seen.first));
    await page.until("nothing is hidden any more", () => document.documentElement.dataset.fewbits === undefined);
    assert.equal(await page.call(() => document.documentElement.dataset.fewbitsHero), "plain");
    await counted(page, [1, 1]);
  });

  check("a transition from page to page shows the right variant from its first frame, and hides nothing for long", { headers: HEADERS }, async (page, t) => {
    await page.open(FROM);
    const first = await onwards(page);
    assert.deepEqual([first.first.attribute, first.first.waits], [null, "wait"]);
    await page.until("nothing is hidden any more", () => document.documentElement.dataset.fewbits === undefined);
    await page.call(() => window.fb.track("read", { topic: "guides" }));
    await page.until("it is kept", () => localStorage.getItem("fewbits:moves:shown")?.includes("guides"));
    for (const advance of ["", "loaded"]) {
      await before(page, "", advance);
      const seen = await onwards(page);
      t.diagnostic(`${page.engine.name}: ${seen.reveal?.transition ? "a transition" : "no transition"}${seen.opened > 0 ? ", loaded in advance" : ""}`);
      if (seen.reveal) assert.deepEqual({ ...seen.reveal, transition: null }, { transition: null, attribute: "guides", waits: null, seen: "hero guides" });
      if (seen.reveal?.transition) assert.equal(await page.until("the transition has ended", () => window.moves.finished), true);
      assert.deepEqual(seen.first, { attribute: "guides", waits: null, seen: "hero guides" });
      assert.deepEqual(moved({ ...seen, shifts: await page.call(() => window.moves.shifts) }), []);
    }
    if (page.engine.name === "Chromium") assert.equal(await page.call(() => window.moves.reveal.transition), true);
  });

  check("back from the back/forward cache: slot, attributes and head stand, and go on", { headers: HEADERS }, async (page, t) => {
    page.traceless = true;
    await reader(page);
    await page.until("the slot follows", () => document.querySelector("#slot").innerText.trim() === "Read on.");
    const state = () => [document.documentElement.dataset.fewbitsHero, document.documentElement.dataset.fewbits ?? null, document.querySelector("#slot").innerText.trim(), document.querySelector("#show").hidden];
    const before = await page.call(state);
    await page.open("/lab/away.html");
    await page.driver.navigate().back();
    await runs(page);
    const kept = (await page.spied("persisted")).includes(true);
    t.diagnostic(`${page.engine.name}: back ${kept ? "from the back/forward cache" : "by a new load"}`);
    // A page that was kept is still the same view; one that is loaded anew is another.
    await counted(page, kept ? [1, 1] : [2, 2]);
    await page.settles("the page", kept ? before : ["guides", null, "Read on.", false], state);
    await page.call(() => { window.fb.track("read", { topic: "news" }); window.fb.track("read", { topic: "news" }); });
    await page.until("the slot follows", () => document.querySelector("#slot").innerText.trim() === "Begin here.");
    await page.until("it is kept", () => localStorage.getItem("fewbits:moves:shown")?.includes("plain"));
  });

  for (const how of ["history", "api"]) {
    check(`a router by ${how}: each view counts once, and has the right variant`, { early: ["listeners"] }, async (page) => {
      await page.open(`${ROUTER}?${how}`);
      await page.until("the package runs", () => window.end !== undefined);
      const views = (wanted) => page.settles("the views", wanted, async () => (await window.fb.exportMine()).signals[0].value);
      const lines = () => document.querySelector("main").innerText.split("\n").map((line) => line.trim()).filter(Boolean);
      await views(1);
      await page.call(() => window.go.push("/lab/moves/a"));
      await views(2);
      await page.call(() => history.replaceState(null, "", "/lab/moves/b"));
      await page.call(() => history.pushState(null, "", "/lab/moves/b"));
      await page.call(() => { location.hash = "part"; });
      await page.call(() => window.go.push("/lab/moves/a"));
      await views(3);
      // The visit is a walk now, and what the router brings in next says so.
      await page.call(() => window.go.push("/lab/moves/c?page=2"));
      await views(4);
      await page.settles("the view", ["/lab/moves/c?page=2", "Begin here.", "You walk."], lines);
      // By the page: an engine's own button passes over views that no click led to.
      await page.call(() => { history.back(); });
      await views(5);
      await page.call(() => { history.forward(); });
      await views(6);
      await page.call(() => { location.hash = "/d"; });
      await views(7);

      // Into another view by a transition, in which the slot changes: it is there from the first frame, and the focus stays.
      await page.call(() => document.querySelector("#search").focus());
      const turned = await page.call(() => window.go.turn("/lab/moves/e"));
      const wanted = ["/lab/moves/e", "Read on.", "You walk."];
      for (const text of [turned.first, turned.last]) assert.deepEqual(text.split("\n").map((line) => line.trim()).filter(Boolean), wanted);
      assert.equal(await page.call(() => document.activeElement.id), "search");

      assert.equal((await page.call(() => window.listening())).length > 0, true);
      await page.call(() => window.end());
      assert.deepEqual(await page.call(() => [window.listening(), window.historyIsNative()]), [[], true]);
      assert.deepEqual(await page.lines(), []);
    });
  }

  check("a book without views: nobody listens to the router", { early: ["listeners"] }, async (page) => {
    await page.open(`${ROUTER}?history&lab`);
    await page.until("the package runs", () => window.end !== undefined);
    await page.call(() => window.go.push("/lab/moves/a"));
    const heard = await page.call(() => [window.historyIsNative(), window.listening().filter((type) => /state|entry|scroll|pointer/.test(type))]);
    // What looks at elements that come and go is of `fewbits/dom`.
    assert.deepEqual(heard, [true, ["scroll"]]);
    assert.equal(page.site.requests.some(({ path }) => path.includes("/collect-")), false);
  });
}
