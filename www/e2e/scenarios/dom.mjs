// Pages without a framework: attributes, templates, the visitor's focus, and a policy that lets nothing be parsed.
import assert from "node:assert/strict";

const TRUSTED = {
  "content-security-policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src data:; require-trusted-types-for 'script'; trusted-types 'none'",
};
const DAY = 86_400_000;
const PAGE = "/frameworks/dom.html";

/** What can be seen of these, and what the keyboard can reach. Runs in the page. */
function seen() {
  const visible = (element) => element.checkVisibility();
  const part = (id) => document.querySelector(id);
  const links = [...document.querySelectorAll("#app a, #app input")];
  const before = document.activeElement;
  const reachable = links.filter((link) => {
    link.focus({ preventScroll: true });
    return document.activeElement === link;
  }).map((link) => link.getAttribute("href") ?? link.id);
  if (before !== document.activeElement) document.activeElement.blur();
  if (before !== document.body) before.focus({ preventScroll: true });
  return [
    `welcome ${visible(part("#welcome"))}`, `again ${visible(part("#again"))}`, `reachable ${reachable.join(" ")}`,
    part("#hero").innerText.trim(), part("#note").innerText.trim(),
  ];
}
const NEW = ["welcome true", "again false", "reachable #tour field", "Welcome", "Some words, and"];
const KNOWN = ["welcome false", "again true", "reachable #more #warm", "Winter boots", "Warm feet for all"];
const shows = (page, wanted) => page.settles("the page", wanted, seen);
const opened = async (page, address = PAGE) => {
  await page.open(address);
  await page.until("slots are decided", () => document.querySelector("#note[data-fewbits-shown]") !== null);
};

export function dom(check) {
  check("attributes: a new visitor, then a known one, under a strict policy", { headers: TRUSTED }, async (page) => {
    await opened(page);
    await shows(page, NEW);
    // The click is what changes the page, so it may at once; the hero stays for the session.
    await page.click("#boots");
    await shows(page, KNOWN.with(3, "Welcome"));
    assert.deepEqual(await page.call(() => window.shown), ["hero:plain", "note:cool", "note:warm"]);
    assert.deepEqual(await page.spied("violations"), []);
    await opened(page, `${PAGE}?ahead=${DAY}`);
    await shows(page, KNOWN);
    assert.deepEqual(await page.spied("violations"), []);
    assert.deepEqual((await page.lines()).filter((line) => /^(warn|error)/.test(line)), []);
  });

  check("attributes: Fewbits cannot start, and the page is what a new visitor sees", {}, async (page) => {
    page.site.answer("/frameworks/frames.book", { status: 404 });
    await opened(page);
    await shows(page, NEW);
    await page.click("#boots");
    await shows(page, NEW);
  });

  check("attributes: a form is tracked when it is sent", {}, async (page) => {
    await opened(page);
    await page.call(() => document.querySelector("#form").addEventListener("submit", (event) => event.preventDefault()));
    await page.click("#send");
    await page.until("it counts", async () => window.fb.is("interest/boots"));
    assert.equal(await page.call(async () => (await window.fb.exportMine()).signals[0].value), 1);
  });

  check("attributes: what has the focus stays until that has gone", {}, async (page) => {
    await opened(page);
    await page.call(() => document.querySelector("#field").focus());
    await page.call(() => document.querySelector("#boots").click());
    await page.until("the rest follows", () => document.querySelector("#welcome").hidden);
    assert.deepEqual(await page.call(() => [document.activeElement.id, document.querySelector("#warm").hidden]), ["field", true]);
    await page.call(() => document.querySelector("#send").focus());
    // Nothing was done, so in sight nothing changes either; out of sight it does.
    await page.call(() => { document.querySelector("#note").dataset.fewbitsLive = ""; document.querySelector("#send").blur(); });
    await page.until("the note follows", () => !document.querySelector("#warm").hidden);
  });

  check("attributes: what is being read stays as it is, what is out of sight follows", {}, async (page) => {
    await opened(page);
    await page.call(() => {
      const below = document.querySelector("#welcome").cloneNode(true);
      below.id = "below";
      below.style.marginTop = "300vh";
      document.querySelector("#app").append(below);
    });
    await page.until("it is taken in", () => document.querySelector("#below").checkVisibility());
    await page.call(() => window.fb.track("boots"));
    await page.until("what is below follows", () => document.querySelector("#below").hidden);
    assert.deepEqual(await page.call(() => [document.querySelector("#welcome").hidden, document.querySelector("#warm").hidden]), [false, true]);
    // The visitor does something: now it may.
    await page.click("h1");
    await page.until("the rest follows", () => document.querySelector("#welcome").hidden && !document.querySelector("#warm").hidden);
  });

  check("attributes: elements that come, go and move; others that interfere; an end", {}, async (page) => {
    await opened(page, PAGE);
    await page.call(() => window.fb.track("boots"));
    const counted = await page.call(async () => {
      const app = document.querySelector("#app");
      let changes = 0;
      const observer = new MutationObserver((records) => { changes += records.length; });
      observer.observe(app, { subtree: true, childList: true, attributes: true });
      // Somebody takes away what we show, again and again; and somebody shows what we hide.
      const fight = new MutationObserver(() => { for (const one of app.querySelectorAll("#late h3")) one.remove(); });
      fight.observe(app, { subtree: true, childList: true });

      const late = document.createElement("section");
      late.id = "late";
      late.dataset.fewbitsSlot = "note";
      const template = document.createElement("template");
      template.dataset.fewbitsVariant = "warm";
      template.content.append(Object.assign(document.createElement("h3"), { textContent: "Late" }));
      late.append(template);
      const gone = document.createElement("p");
      gone.id = "gone";
      gone.dataset.fewbitsShow = "interest/boots, !interest/any";
      gone.hidden = true;
      app.append(late, gone);
      await new Promise((done) => { setTimeout(done, 50); });
      const shown = !gone.hidden;
      gone.remove();
      app.prepend(gone);
      late.before(document.querySelector("#again"));
      gone.dataset.fewbitsShow = "!interest/boots";
      await new Promise((done) => { setTimeout(done, 50); });
      const { length } = app.querySelectorAll("#late h3");
      const before = changes;
      await new Promise((done) => { setTimeout(done, 50); });
      return { shown, again: gone.hidden, length, restless: changes - before, many: changes > 60 };
    });
    assert.deepEqual(counted, { shown: true, again: true, length: 0, restless: 0, many: false });
    await page.call(() => {
      window.end();
      const after = document.createElement("p");
      after.id = "after";
      after.dataset.fewbitsShow = "!interest/boots";
      document.querySelector("#app").append(after);
    });
    await page.until("it has ended", () => window.fb.track("boots") === 0);
    assert.equal(await page.call(() => document.querySelector("#after").hidden), false);
  });
}
