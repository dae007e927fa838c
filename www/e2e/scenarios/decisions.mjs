// What the shop decides: by rules, by a bandit, by two tests at once, and out of a large catalogue.
import assert from "node:assert/strict";

const shown = (page) => page.call(() => Object.fromEntries([...document.querySelectorAll("[data-testid=panel-decisions] [data-decided]")]
  .map((it) => [it.dataset.decided, [it.dataset.variant, it.querySelector(".group-why").textContent]])));
const onPage = (page) => page.call(() => Object.fromEntries([...document.querySelectorAll("[data-slot]")].map((it) => [it.dataset.slot, it.dataset.variant])));

export function decisions(check) {
  check("slots are decided with a reason, and two tests at once stay as they were drawn", {}, async (page) => {
    await page.shop();
    // Nobody has agreed: everybody sees the same.
    assert.deepEqual(await onPage(page), { hero: "welcome", note: "returns", picks: "any", weather: "mild", door: "story" });
    await page.press("consent-accept");
    await page.until("the bandit chose", () => /what others in such weather liked/.test(document.querySelector("[data-decided=hero]")?.textContent ?? ""));
    const first = await shown(page);
    assert.ok(["welcome", "winter", "summer", "camp"].includes(first.hero[0]), first.hero[0]);
    assert.ok(["returns", "repairs"].includes(first.note[0]), first.note[0]);
    assert.ok(["story", "thrift"].includes(first.door[0]), first.door[0]);
    for (const slot of ["note", "door"]) assert.match(first[slot][1], /your browser drew one/);
    const drawn = await onPage(page);
    for (const [slot, [variant]] of Object.entries(first)) assert.equal(drawn[slot], variant, slot);

    await page.reload();
    await page.ready();
    await page.settles("the hero, again", first.hero[0], () => document.querySelector("[data-slot=hero]").dataset.variant);
    assert.deepEqual(await onPage(page), drawn);

    // A rule about what the visitor does comes before the bandit, at once.
    await page.stroll("sandals");
    await page.showsHero("summer");
    await page.until("the reason is told", () => /you linger at the sandals/.test(document.querySelector("[data-decided=hero]").textContent));
    assert.deepEqual(await page.lines(), []);
  });

  check("a preview by the address shows what it names, and leaves no trace", {}, async (page) => {
    await page.shop("/?fewbits-force=door-words:thrift,hero:camp");
    await page.press("consent-local");
    await page.settles("the hero that is previewed", "camp", () => document.querySelector("[data-slot=hero]").dataset.variant);
    await page.settles("the text that is previewed", "thrift", () => document.querySelector("[data-slot=door]").dataset.variant);
    assert.equal((await page.keys()).includes("fewbits:fernhill:choices"), false);
  });

  check("a large catalogue is put in order by interest, in the browser", {}, async (page) => {
    await page.shop();
    await page.press("consent-local");
    await page.stroll("sandals");
    await page.showsHero("summer");
    await page.follow("/handed-on/");
    const first = () => page.until("the list is there", () => document.querySelectorAll("[data-testid=finds] > li").length === 24
      && [...document.querySelectorAll("[data-testid=finds] a")].map((it) => new URL(it.href).pathname.split("/")[1]));
    assert.deepEqual(new Set(await first()), new Set(["sandals"]));
    assert.equal(await page.call(() => document.querySelector("[data-testid=finds]").dataset.where), "worker");
    assert.match(await page.call(() => document.querySelector("[data-testid=finds] .find-why").textContent), /you linger at the sandals/);
    await page.call(() => {
      const select = document.querySelector("[data-finds-ask] [name=aisle]");
      select.value = "tents";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await page.settles("the aisle that was asked for", ["tents"], () => [...new Set([...document.querySelectorAll("[data-testid=finds] a")].map((it) => new URL(it.href).pathname.split("/")[1]))]);
    assert.deepEqual(await page.lines(), []);
  });
}
