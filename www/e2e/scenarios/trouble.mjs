// What can go wrong on a real site: the page goes on with every `otherwise`, says why once, and loses nothing that
// could be kept.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";

const BOOK = "/assets/shop.book";
const MODULE = "/assets/fewbits_first_bg.wasm";
const PART = "/assets/fewbits_decide_bg.wasm";
const PROFILE = "fewbits:fernhill:profile";
const START_PAGE = "<!doctype html><html lang=en><title>Shop</title><p>Every path of this server shows this page.";

const missing = { status: 404, type: "text/plain", body: "not found\n" };
const html = { status: 200, type: "text/html; charset=utf-8", body: START_PAGE };

/** What keeps the package from starting, and what it says then. */
const STOPS = [
  { what: "WebAssembly is blocked by the page's policy", code: "wasm-blocked", set: (site, on) => site.allowWasm(!on) },
  { what: "the module is missing", code: "wasm-failed", set: (site, on) => site.answer(MODULE, on && missing) },
  { what: "the module's address answers with a page", code: "wasm-failed", set: (site, on) => site.answer(MODULE, on && html) },
  { what: "the module is cut short", code: "wasm-failed", set: (site, on) => cut(site, MODULE, "application/wasm", on) },
  { what: "a part of the module that the book needs is missing", code: "wasm-failed", set: (site, on) => site.answer(PART, on && missing) },
  { what: "the book is missing", code: "book-not-found", set: (site, on) => site.answer(BOOK, on && missing) },
  { what: "the book's address answers with a page", code: "book-is-html", set: (site, on) => site.answer(BOOK, on && html) },
  { what: "the server fails", code: "book-unreachable", set: (site, on) => site.answer(BOOK, on && { ...missing, status: 500 }) },
  { what: "the book is cut short", code: "book-corrupt", set: (site, on) => cut(site, BOOK, "application/octet-stream", on) },
  { what: "the book is of a newer form", code: "book-newer", set: (site, on) => newer(site, on) },
  { what: "the book is text of another kind", code: "book-not-json", set: (site, on) => site.answer(BOOK, on && { ...missing, status: 200, body: "book: fernhill\n" }) },
];

async function cut(site, asked, type, on) {
  const bytes = await readFile(path.join(site.files.root, asked));
  site.answer(asked, on && { type, body: bytes.subarray(0, bytes.length >> 1) });
}

/** The number of the form stands behind the three letters at the beginning. */
async function newer(site, on) {
  const bytes = await readFile(path.join(site.files.root, BOOK));
  bytes[3] += 1;
  site.answer(BOOK, on && { body: bytes });
}

/** The one line that a failure may write, by its code. */
async function saysOnce(page, code) {
  const lines = await page.lines();
  assert.deepEqual(lines.map((line) => line.split(":", 2).join(":")), [`warn: [fewbits] ${code}`], lines.join("\n"));
  // It says what happened and what to do.
  assert.match(lines[0], /^warn: \[fewbits\] [a-z-]+: .{10,}\. .{10,}\.$/);
}

async function showsOtherwise(page) {
  assert.equal(await page.variant("hero"), "welcome");
  assert.equal(await page.variant("picks"), "any");
  assert.deepEqual(await page.aisles(), ["boots", "sandals", "coats", "tents", "packs"]);
}

/** A visitor of whom nothing is known: the picture at the door is the bandit's choice, all else as it was delivered. */
async function showsNothingKnown(page) {
  assert.ok(["welcome", "winter", "summer", "camp"].includes(await page.variant("hero")));
  assert.ok((await page.segments()).includes("interest/any"));
  assert.equal(await page.variant("picks"), "any");
  assert.deepEqual(await page.aisles(), ["boots", "sandals", "coats", "tents", "packs"]);
}

/** The interest is known, and the page follows it. */
async function follows(page, aisle, hero) {
  await page.settles("what is picked out", aisle, () => document.querySelector("[data-slot=picks]")?.dataset.variant);
  await page.showsHero(hero);
}

/** One can still walk about and buy. */
async function shopWorks(page) {
  await page.buy("boots");
  await page.follow("/cart/");
  await page.until("the basket has a line", () => document.querySelector("main[data-page=cart] .lines li") !== null);
}

/** A visitor with an interest in sandals that has been written down. */
async function regular(page) {
  await page.shop();
  await page.press("consent-local");
  await page.stroll("sandals");
  await page.showsHero("summer");
  await page.reload();
  await page.ready();
  await page.showsHero("summer");
}

/** Changes what is stored while no page of the shop is open, and opens the shop again. */
async function meddle(page, change, ...args) {
  await page.open("/lab/away.html");
  await page.call(change, ...args);
  await page.shop();
}

/** Replaces the stored profile, and removes the journals, in which all of it may stand once more. Runs in the page. */
function replaceProfile(text) {
  for (const key of Object.keys(localStorage)) if (key.startsWith("fewbits:fernhill:journal:")) localStorage.removeItem(key);
  localStorage.setItem("fewbits:fernhill:profile", text);
}

const decode = (text) => Buffer.from(text, "base64");
const encode = (bytes) => Buffer.from(bytes).toString("base64");
const DAMAGES = [
  ["a bit has flipped", (text) => {
    const bytes = decode(text);
    bytes[bytes.length >> 1] ^= 4;
    return encode(bytes);
  }],
  ["it is cut short", (text) => encode(decode(text).subarray(0, 40))],
  ["it is empty", () => ""],
  ["it is something else altogether", () => "{\"theme\": \"dark\"}"],
];

export function trouble(check) {
  check("what keeps it from starting: every slot as delivered, one clear line, and the memory stays", {}, async (page) => {
    await regular(page);
    for (const { what, code, set } of STOPS) {
      try {
        await page.open("/lab/away.html");
        const before = await page.stored();
        await set(page.site, true);
        await page.shop();
        await showsOtherwise(page);
        await saysOnce(page, code);
        assert.equal(await page.call(() => document.querySelector("[data-live=stopped]").hidden), false);
        await shopWorks(page);
        assert.deepEqual(await page.stored(), before, "what was stored is not what it was");
        assert.equal(before[PROFILE]?.length > 0, true);
        await set(page.site, false);
        await page.shop();
        await page.showsHero("summer");
        assert.deepEqual(await page.lines(), []);
      } catch (error) {
        error.message = `when ${what}: ${error.message}`;
        throw error;
      }
    }
  });

  check("the package alone, stopped: its answers are harmless, and forgetting works", {}, async (page) => {
    const YES = { store: "granted", personalise: "granted", measure: "granted" };
    await page.lab({ consent: YES });
    await page.call(() => window.lab.bump(3));
    page.site.answer("/lab/lab.book", html);
    assert.equal(await page.lab({ consent: YES, collector: "/v1/report" }), false);
    const answers = await page.call(async () => {
      const { fb } = window.lab;
      return [fb.error.code, fb.track("bump"), fb.segments, fb.is("crowd/many"), await fb.explain("crowd/many"), (await fb.report()).reason, await fb.ledger(), await fb.exportMine()];
    });
    assert.deepEqual(answers, ["book-is-html", 0, [], false, null, "not-running", [], null]);
    assert.ok((await page.keys()).length > 0);
    await page.call(() => window.lab.fb.forget());
    assert.deepEqual(await page.keys(), []);
  });

  check("a damaged memory is discarded with a line in console and ledger, and a new one begins", {}, async (page) => {
    await regular(page);
    const { [PROFILE]: whole } = await page.stored();
    for (const [what, damage] of DAMAGES) {
      try {
        await meddle(page, replaceProfile, damage(whole));
        await showsNothingKnown(page);
        await saysOnce(page, "profile-discarded");
        await page.until("the ledger says so", () => document.querySelector("[data-what=discarded]") !== null);
        await page.stroll("tents");
        await follows(page, "tents", "camp");
        await page.reload();
        await page.ready();
        await follows(page, "tents", "camp");
        assert.deepEqual(await page.lines(), []);
        await meddle(page, replaceProfile, whole);
        await follows(page, "sandals", "summer");
      } catch (error) {
        error.message = `when ${what}: ${error.message}`;
        throw error;
      }
    }
  });

  check("a memory of another book is not taken for one's own", {}, async (page) => {
    await regular(page);
    await page.lab({ consent: { store: "granted", personalise: "granted" } });
    await page.call(() => window.lab.bump(3));
    await page.count();
    const foreign = (await page.stored())["fewbits:lab:profile"];
    assert.ok(foreign, "the lab has a memory of its own");
    await meddle(page, replaceProfile, foreign);
    await showsNothingKnown(page);
    await saysOnce(page, "profile-discarded");
  });

  check("a memory of a newer version is left alone", {}, async (page) => {
    await regular(page);
    const { [PROFILE]: whole } = await page.stored();
    const bytes = decode(whole);
    bytes[3] += 1;
    const future = encode(bytes);
    await meddle(page, replaceProfile, future);
    await showsNothingKnown(page);
    await saysOnce(page, "profile-discarded");
    await page.stroll("tents");
    await follows(page, "tents", "camp");
    await page.reload();
    await page.ready();
    assert.equal((await page.stored())[PROFILE], future, "it was written over");
    // The newer version comes back, and finds what it wrote.
    await meddle(page, replaceProfile, whole);
    await follows(page, "sandals", "summer");
  });

  check("a damaged ledger cannot be used to ask again", {}, async (page) => {
    await page.shop();
    await page.press("consent-accept");
    await page.until("a question is drawn", () => document.querySelector("[data-what=drawn]") !== null);
    await page.click("[data-jump='86400']");
    await page.until("it is sent", () => document.querySelector("[data-what=sent]") !== null);
    assert.equal(page.site.reports().length, 1);
    await meddle(page, () => localStorage.setItem("fewbits:gate", "AAAA"));
    await page.click("[data-jump='604800']");
    await page.until("a week has passed", () => document.querySelector("[data-live=clock]").textContent.includes("because you moved"));
    await page.reload();
    await page.ready();
    assert.equal(page.site.reports().length, 1);
  });

  for (const [what, early] of [["forbids storage", "no-storage"], ["refuses every write", "read-only-storage"]]) {
    check(`a browser that ${what}: all works for as long as the page is open`, { early: [early] }, async (page) => {
      await page.shop();
      await page.press("consent-accept");
      await page.stroll("sandals");
      await page.showsHero("summer");
      await saysOnce(page, "storage-blocked");
      // Without a ledger nothing may leave.
      await page.click("[data-jump='86400']");
      await page.until("a day has passed", () => document.querySelector("[data-live=clock]").textContent.includes("because you moved"));
      assert.deepEqual(page.site.reports(), []);
      await page.reload();
      await page.ready();
      assert.equal(await page.variant(), "welcome");
    });
  }

  check("a full storage: the page goes on, and what was stored before stays", {}, async (page) => {
    await regular(page);
    await page.open("/lab/away.html");
    await page.call(() => {
      // To the last letter: an ever smaller piece until not even one fits.
      for (let size = 1 << 22, n = 0; size >= 1;) {
        try {
          localStorage.setItem(`filler:${n += 1}`, "x".repeat(size));
        } catch {
          size >>= 1;
        }
      }
    });
    await page.shop();
    await page.showsHero("summer");
    await page.stroll("tents");
    await page.stroll("tents");
    await page.showsHero("camp");
    await saysOnce(page, "storage-full");
    await page.open("/lab/away.html");
    await page.call(() => {
      for (const key of Object.keys(localStorage)) if (key.startsWith("filler:")) localStorage.removeItem(key);
    });
    // The sandals are still there; the tents are, too, if they fitted where the sandals had been.
    await page.shop();
    await page.until("the visitor is recognised", () => ["summer", "camp"].includes(document.querySelector("[data-testid=hero]").dataset.variant));
    assert.deepEqual(await page.lines(), []);
  });
}
