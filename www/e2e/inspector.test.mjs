// <fewbits-inspector> in Chromium: what it says is what is so, everybody can use it, and nothing about it is loud.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { Key } from "selenium-webdriver";
import { ENGINES, startDriver } from "./lib/engines.mjs";
import { assemble } from "./lib/site.mjs";
import { visitor } from "./lib/visit.mjs";
import { policy } from "../demo/serve.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ENGINE = ENGINES.find(({ name }) => name === "Chromium");
const VIEWS = ["visitor", "reviewer", "developer"];
const ALL = { store: "granted", personalise: "granted", measure: "granted", share: "granted" };
/** No text of a page may become code or markup, by the strictest means there is. */
const STRICT = { "content-security-policy": `${policy()}; require-trusted-types-for 'script'; trusted-types 'none'` };

let files, driver;
before(async () => {
  files = await assemble();
  driver = await startDriver(ENGINE);
});
after(async () => {
  await driver?.stop();
  await files?.remove();
});
const visit = visitor(ENGINE, { files: () => files, driver: () => driver, restart: async () => { await driver.stop(); driver = await startDriver(ENGINE); } });
const check = (name, options, work) => test(name, visit(name, options, work));

/** Starts the package in the lab, and the inspector beside it. */
async function inspector(page, options = {}, { view = "visitor", lang = "en" } = {}) {
  await page.lab({ consent: ALL, ...options });
  await page.call(async (view, lang) => {
    const { defineInspector } = await import("/lab/sdk/inspector.js");
    const it = document.createElement("fewbits-inspector");
    it.setAttribute("view", view);
    it.lang = lang;
    it.fewbits = window.lab.fb;
    document.body.append(it);
    // Also what was set before the element was known counts.
    defineInspector();
    window.it = it;
    window.part = (selector) => it.shadowRoot.querySelector(selector);
    window.parts = (selector) => [...it.shadowRoot.querySelectorAll(selector)];
  }, view, lang);
  await page.until("the inspector is filled", () => window.part("[data-ready]"));
}
const text = (page, selector) => page.call((wanted) => window.part(wanted)?.textContent, selector);
const bump = (page, times = 1) => page.call((n) => window.lab.bump(n), times);
const press = (page, selector) => page.call((wanted) => window.part(wanted).click(), selector);
/** The focused element inside the inspector, by what tells it from others. */
const focus = (page) => page.call(() => {
  const it = window.it.shadowRoot.activeElement;
  return it && [it.localName, it.name, it.value, it.dataset.do, it.id].filter(Boolean).join(" ");
});
const type = (page, ...keys) => page.driver.actions().sendKeys(...keys).perform();

/** What axe finds, in a line each. */
async function axe(page, within = "html") {
  await page.driver.executeScript(AXE);
  return page.call(async (selector) => {
    const { violations } = await window.axe.run(selector, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target.flat().join(" ")}: ${failureSummary}`));
  }, within);
}
const emulate = (page, { dark = false, width = 1280 } = {}) => Promise.all([
  page.driver.sendDevToolsCommand("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }, { name: "prefers-reduced-motion", value: "reduce" }] }),
  page.driver.sendDevToolsCommand("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: false }),
]);

describe("the inspector", { concurrency: 1 }, () => {
  check("axe finds nothing, in three views, light and dark, narrow and wide, with all of it open", {}, async (page) => {
    await page.open("/");
    await page.press("consent-accept");
    await page.open("/inspector/");
    const ready = () => page.until("the inspector is filled", () => document.querySelector("fewbits-inspector")?.shadowRoot?.querySelector("[data-ready]"));
    await ready();
    await page.stroll("boots");
    await page.follow("/inspector/");
    await ready();
    for (const view of VIEWS) {
      await page.call((wanted) => { document.querySelector("fewbits-inspector").view = wanted; }, view);
      await page.until(`it is shown to ${view}`, (wanted) => document.querySelector("fewbits-inspector").shadowRoot.querySelector(`.all.${wanted}`), view);
      await page.call(() => { for (const it of document.querySelector("fewbits-inspector").shadowRoot.querySelectorAll("details")) it.open = true; });
      for (const dark of [false, true]) for (const width of [390, 1280]) {
        await emulate(page, { dark, width });
        assert.deepEqual(await axe(page), [], `${view} ${dark ? "dark" : "light"} ${width}`);
        const wide = await page.call(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${view}: ${wide} pixels too wide for ${width}`);
        const small = await page.call(() => [...document.querySelector("fewbits-inspector").shadowRoot.querySelectorAll("button, input, summary, select, a")]
          .map((it) => [it.closest("label") ?? it].map((target) => ({ name: it.outerHTML.slice(0, 80), box: target.getBoundingClientRect() }))[0])
          .filter(({ box }) => box.height > 0 && (box.height < 24 || box.width < 24)).map(({ name, box }) => `${name} ${box.width}x${box.height}`));
        assert.deepEqual(small, [], `${view}: targets of less than 24 pixels`);
      }
    }
  });

  check("no policy is broken by it, and no text becomes markup", { headers: STRICT }, async (page) => {
    await inspector(page, { onError: undefined }, { view: "developer" });
    await page.call(() => { window.it.words = { segments: { "crowd/none": "<img src=x onerror=alert(1)>" } }; });
    await page.until("the site's word stands there as text", () => window.part("[data-segment='crowd/none'] strong")?.textContent.startsWith("<img"));
    assert.equal(await page.call(() => window.parts("img, script, [style*=expression]").length), 0);
    assert.deepEqual(await page.spied("violations"), []);
    const styled = await page.call(() => getComputedStyle(window.part(".flow")).display);
    assert.equal(styled, "grid", "the styles are there");
  });

  check("of a trained model it shows what moved its answer, in four languages", {}, async (page) => {
    const book = {
      fewbits: 1, book: "moved", version: 1,
      signals: {
        bumps: { count: "bump", within: "1d" }, weather: { declared: ["cold", "hot"] }, keen: { model: "keenness" },
      },
      models: { keenness: { why: "help those who are keen", gives: "number", bias: 0, inputs: ["bumps", { signal: "weather", is: "cold" }], weights: [2, -1.5] } },
      dimensions: { mood: { why: "be of help", segments: [{ id: "keen", when: { keen: { $gte: 3 } } }], otherwise: "calm" } },
    };
    await inspector(page, { book });
    await page.call(() => window.lab.fb.declare({ weather: "cold" }));
    await bump(page, 3);
    await page.until("it is keen", () => window.part("[data-segment='mood/keen']") !== null);
    await page.call(() => { for (const it of window.parts("details")) it.open = true; });
    const real = await page.call(async () => (await window.lab.fb.explain("mood/keen")).because[0].moved);
    assert.deepEqual(real, [{ signal: "bumps", by: 6 }, { signal: "weather", is: "cold", by: -1.5 }]);
    const moved = () => page.call(() => window.parts(".moved li").map((it) => it.textContent));
    assert.deepEqual(await moved(), [
      "raised by: How often “bump” happened, in the last 1 day", "lowered by: What this site was told: “weather” (cold or not)",
    ]);
    // The lab's page has no landmarks; that is not the inspector's affair.
    assert.deepEqual((await axe(page, "fewbits-inspector")).filter((one) => !/^(landmark|region)/.test(one)), []);
    for (const [lang, words] of [["de", /^erhöht durch/], ["fr", /^augmentée par/], ["es", /^la aumentó/]]) {
      await page.call((wanted) => { window.it.lang = wanted; }, lang);
      await page.until(`it speaks ${lang}`, (wanted) => new RegExp(wanted).test(window.part(".moved li")?.textContent ?? ""), words.source);
    }
  });

  check("what it shows is what the package says", {}, async (page) => {
    await inspector(page, { collector: "/v1/report" }, { view: "reviewer" });
    await bump(page, 3);
    await page.until("the new value is there", () => window.part("[data-signal=bumps] .value")?.textContent === "3");
    const seen = await page.call(async () => {
      const mine = await window.lab.fb.exportMine();
      return {
        segments: window.parts("[data-list=groups] [data-segment]").map((it) => it.dataset.segment), real: mine.segments,
        because: window.part("[data-segment] .because").textContent,
      };
    });
    assert.deepEqual(seen.segments, seen.real);
    assert.equal(seen.because, "How often “bump” happened, in the last 1 day: 3");
    const hash = await page.call(async () => {
      const bytes = new Uint8Array(await (await fetch("/lab/lab.book")).arrayBuffer());
      return [...bytes.subarray(8, 40)].map((one) => one.toString(16).padStart(2, "0")).join("");
    });
    assert.equal(await text(page, ".facts code"), hash);

    await page.until("a question is drawn", () => window.part("[data-what=drawn]") !== null);
    assert.match(await text(page, "[data-is=next]"), /Crowd.*96% of all cases/s);
    await page.call(() => {
      window.lab.ahead = 10 * 86_400_000;
      return window.lab.fb.report();
    });
    await page.until("it has left", () => window.part("[data-what=sent] .bytes") !== null);
    const [{ body }] = page.site.reports();
    assert.equal(await text(page, "[data-what=sent] .bytes"), body, "to the letter");
    const { bits, shown, meter, most } = await page.call(async () => ({
      bits: (await window.lab.fb.exportMine()).bits, shown: window.part("[data-is=bits]").textContent,
      meter: window.part("meter").value, most: window.part("#gauge-words").textContent,
    }));
    assert.ok(bits.spent > 0);
    assert.equal(meter, bits.spent);
    assert.equal(shown, `${new Intl.NumberFormat("en", { maximumFractionDigits: 2 }).format(bits.spent)} of 3.32 bits`);
    assert.match(most, new RegExp(`at most ${(2 ** bits.spent).toFixed(2).replace(/\.?0+$/, "")} times better`));
    await page.until("it has arrived", () => /That was all/.test(window.part("[data-is=next]").textContent));
  });

  check("by keyboard alone, and the focus stays where it is while things change", {}, async (page) => {
    await inspector(page);
    await page.call(() => document.body.focus());
    await type(page, Key.TAB);
    assert.equal(await focus(page), "input view visitor");
    await type(page, Key.ARROW_RIGHT);
    await page.until("the reviewer's view", () => window.part(".all.reviewer") !== null);
    assert.equal(await focus(page), "input view reviewer");
    const ring = await page.call(() => getComputedStyle(window.it.shadowRoot.activeElement).outlineStyle);
    assert.equal(ring, "solid", "the focus is seen");

    const reach = async (wanted) => {
      for (let i = 0; i < 40; i++) {
        if (await page.call((selector) => window.it.shadowRoot.activeElement?.matches(selector) === true, wanted)) return;
        await type(page, Key.TAB);
      }
      assert.fail(`${wanted} cannot be reached by Tab`);
    };
    await reach(".cards summary");
    await type(page, Key.ENTER);
    assert.equal(await page.call(() => window.part(".cards details").open), true);
    await bump(page, 12);
    await page.until("the membership changed", () => window.part("[data-segment='crowd/many']") !== null);
    assert.equal(await page.call(() => window.it.shadowRoot.activeElement.localName), "summary", "the focus stayed");
    assert.equal(await page.call(() => window.part(".cards details").open), true, "and what was open");

    await reach("[name=share]");
    assert.equal(await focus(page), "input share granted");
    await type(page, Key.ARROW_RIGHT);
    await page.until("the no is in force", () => window.lab.fb.consent.share === "denied");
    await page.until("it is said", () => window.part("[role=status]").textContent === "Your answer is in force.");
    assert.equal(await focus(page), "input share denied");
    await reach("[data-do=forget]");
    await type(page, Key.SPACE);
    await page.until("it is forgotten", () => window.part("[role=status]").textContent.startsWith("Forgotten"));
    assert.equal(await page.count(), 0);
    assert.equal(await focus(page), "button forget");
  });

  check("consent has three states, and shows the one in force", {}, async (page) => {
    await inspector(page, { consent: { store: "granted" } });
    const chosen = () => page.call(() => Object.fromEntries(window.parts("[data-purpose]").map((it) => [it.dataset.purpose, it.querySelector(":checked").value])));
    assert.deepEqual(await chosen(), { store: "granted", personalise: "unknown", measure: "unknown", share: "unknown" });
    await bump(page);
    await press(page, "[name=store][value=denied]");
    await page.until("storage is withdrawn", async () => window.lab.fb.consent.store === "denied" && !Object.keys(localStorage).length);
    await page.call(() => window.lab.fb.setConsent({ personalise: "denied" }));
    await page.until("also what was said elsewhere is shown", () => window.part("[name=personalise][value=denied]").checked);
    // A page that keeps the answers itself is asked instead.
    await page.call(() => window.it.addEventListener("fewbits-consent", (event) => {
      event.preventDefault();
      window.asked = event.detail.measure;
      event.detail.until(Promise.reject(new Error("no")));
    }));
    await press(page, "[name=measure][value=granted]");
    await page.until("the page is asked", () => window.asked === "granted");
    await page.until("its failure is told", () => window.part("[role=status]").textContent === "That did not work.");
    assert.deepEqual(await chosen(), { store: "denied", personalise: "denied", measure: "unknown", share: "unknown" }, "what is not in force is not shown");
  });

  check("Global Privacy Control closes what it closes, and is named", { gpc: true }, async (page) => {
    await inspector(page);
    const shut = await page.call(() => window.parts("[data-purpose]").filter((it) => it.disabled).map((it) => it.dataset.purpose));
    assert.deepEqual(shut, ["measure", "share"]);
    assert.match(await text(page, "#gpc"), /Global Privacy Control/);
    assert.equal(await page.call(() => window.part("[data-purpose=measure]").getAttribute("aria-describedby")), "gpc");
    assert.match(await text(page, "[data-is=next]"), /Global Privacy Control/);
  });

  check("the copy is everything, and forgetting everything leaves nothing", {}, async (page) => {
    await inspector(page);
    await bump(page, 2);
    await page.call(() => {
      const real = URL.createObjectURL;
      URL.createObjectURL = (blob) => {
        window.copy = blob.text();
        return real.call(URL, blob);
      };
    });
    await press(page, "[data-do=export]");
    await page.until("the copy is made", () => window.copy !== undefined);
    const [copy, mine] = await page.call(async () => [JSON.parse(await window.copy), await window.lab.fb.exportMine()]);
    assert.deepEqual(copy.signals, mine.signals);
    assert.deepEqual(copy.segments, mine.segments);
    await page.call(() => window.lab.fb.report({ handOver: true }));
    await press(page, "[data-do=forget-everything]");
    await page.until("it is said", () => window.part("[role=status]").textContent.startsWith("Nothing is left"));
    assert.equal(await page.count(), 0);
  });

  check("not me: it counts nowhere, also after a reload, until it is taken back", {}, async (page) => {
    await inspector(page);
    await bump(page, 3);
    await page.until("some", () => window.part("[data-segment='crowd/some']") !== null);
    await page.call(() => { window.part(".cards details").open = true; });
    await press(page, "[data-do='mute-crowd/some']");
    await page.until("it is said", () => window.part("[role=status]").textContent === "It counts no more.");
    await page.until("another holds", () => window.part("[data-segment='crowd/none']") !== null);
    assert.deepEqual(await page.call(() => window.lab.fb.segments), ["crowd/none"]);
    assert.match(await text(page, ".others"), /You said that this is not you/);
    await inspector(page);
    assert.deepEqual(await page.call(() => window.lab.fb.segments), ["crowd/none"]);
    assert.match(await text(page, "[data-list=muted]"), /Some/);
    await press(page, "[data-do='unmute-crowd/some']");
    await page.until("it holds again", () => window.part("[data-segment='crowd/some']") !== null);
    assert.equal(await page.call(() => window.part("[data-list=muted]")), null);
    await page.call(() => { window.part(".cards details").open = true; });
    assert.equal(await page.call(() => window.parts("[data-do='mute-crowd/none']").length), 0, "what holds when nothing else does cannot be muted");
  });

  check("decisions: what is shown, why, and what else there is; in the simulation as on the page", {}, async (page) => {
    await inspector(page, { book: "/lab/inspect.book", consent: { personalise: "granted" } }, { view: "developer" });
    const shown = () => page.call(() => window.parts("[data-list=decisions] > li").map((it) => [it.dataset.slot, it.dataset.variant]));
    const real = () => page.call(() => window.lab.fb.decisions().map(({ slot, variant }) => [slot, variant]));
    assert.deepEqual(await shown(), await real());
    assert.deepEqual((await shown())[0], ["sign", "closed"]);
    await bump(page, 10);
    await page.until("the sign turned", () => window.part("[data-slot=sign]").dataset.variant === "busy");
    const line = await text(page, "[data-slot=sign]");
    assert.match(line, /because: many are here.*a rule of the site.*rule 1.*Other versions: Quiet, Closed/s);
    assert.match(await text(page, "[data-slot=tune]"), /drawn by lot, for the experiment “tempo”/);
    await page.until("ten steps are repeated", () => window.part("#step")?.max === "10" && window.part("[data-is=agreement]") !== null);
    const simulated = () => page.call(() => window.parts("[data-list=versions] > li").map((it) => [it.dataset.slot, it.dataset.variant]));
    assert.deepEqual(await simulated(), await real(), "the lot is the same");
    await press(page, "[data-do=step-back]");
    await page.until("a step before", () => window.part("[data-list=versions] > [data-slot=sign]")?.dataset.variant === "quiet");

    // What the page shows is kept for the visit, until the visitor says that this is not them.
    assert.equal(await page.call(() => window.lab.fb.decide("sign").variant), "busy");
    const heard = await page.call(async () => {
      const heard = [];
      window.lab.fb.on("decision", ({ slot, variant }) => heard.push(`${slot} ${variant}`));
      (await window.lab.fb.inspect()).mute("crowd/many");
      await new Promise((done) => setTimeout(done));
      return heard;
    });
    assert.deepEqual(heard, ["sign quiet"]);
    await page.until("it is shown", () => window.part("[data-list=decisions] > [data-slot=sign]").dataset.variant === "quiet");
  });

  check("time travel: it repeats, leaves out, lets time pass, and changes nothing", {}, async (page) => {
    await inspector(page, { consent: { personalise: "granted" } }, { view: "developer" });
    await bump(page, 9);
    await page.call(() => window.lab.fb.track("coin", null, 2));
    await bump(page, 1);
    await page.until("eleven steps", () => window.part("#step")?.max === "11" && window.part("[data-is=agreement]") !== null);
    assert.equal(await text(page, "[data-is=agreement]"), "The last step agrees with this page.");
    const simulated = () => page.call(() => window.parts("[data-list=simulated] [data-segment]").map((it) => it.dataset.segment));
    assert.deepEqual(await simulated(), ["crowd/many"]);
    assert.equal(await page.call(() => window.part("[data-entered]")?.dataset.entered), "crowd/many");

    await press(page, "[data-do=step-back]");
    await page.until("one step back", () => window.part("[data-list=simulated] [data-segment]")?.dataset.segment === "crowd/some");
    await page.call(() => window.part("#step").focus());
    await type(page, Key.HOME);
    await page.until("the beginning", () => window.part("[data-list=simulated] [data-segment]")?.dataset.segment === "crowd/none");
    assert.match(await page.call(() => window.part("#step").getAttribute("aria-valuetext")), /^Step 0 of 11: As it stood/);
    await type(page, Key.END);
    await page.until("the end", () => window.part("[data-list=simulated] [data-segment]")?.dataset.segment === "crowd/many");

    await press(page, ".steps li:nth-child(2) input");
    await page.until("one fewer", () => window.part("[data-list=simulated] [data-segment]")?.dataset.segment === "crowd/some");
    await press(page, "[data-do='pass-86400']");
    await press(page, "[data-do='pass-86400']");
    await page.until("two days later", () => window.part("[data-list=simulated] [data-segment]")?.dataset.segment === "crowd/none");
    assert.deepEqual(await page.call(() => [window.lab.fb.segments, window.part("#step").max]), [["crowd/many"], "13"]);
    assert.equal(await page.count(), 10, "nothing of it is real");
    await press(page, "[data-do=travel-reset]");
    await page.until("as it was", () => window.part("[data-is=agreement]") !== null && window.part("#step").max === "11");
    assert.deepEqual(await page.keys(), [], "and nothing of it is kept");
  });

  check("four languages, each whole, with its own numbers", {}, async (page) => {
    await inspector(page, {}, { view: "developer" });
    await bump(page, 2);
    await emulate(page, { width: 360 });
    const said = new Map();
    for (const [lang, bits] of [["en", "0 of 3.32 bits"], ["de", "0 von 3,32 Bits"], ["fr", "0 bits sur 3,32"], ["es", "0 de 3,32 bits"]]) {
      await page.call((tag) => { window.it.lang = tag; }, lang);
      await page.settles(`the budget in ${lang}`, bits, () => window.part("[data-is=bits]").textContent);
      const all = await page.call(() => window.part(".all").innerText);
      assert.doesNotMatch(all, /\{\w+\}|undefined|NaN|\[object/, lang);
      assert.equal(await page.call(() => window.part(".all").lang.slice(0, 2)), lang);
      assert.ok(await page.call(() => document.documentElement.scrollWidth <= innerWidth), `${lang} fits a phone`);
      said.set(await text(page, "h2"), lang);
    }
    assert.equal(said.size, 4);
    await page.call(() => {
      window.it.removeAttribute("lang");
      document.documentElement.lang = "de-AT";
      window.it.setAttribute("view", "visitor");
    });
    await page.settles("the page's language counts", "de", () => window.part(".all").lang.slice(0, 2));
    await page.call(() => { window.it.lang = "tlh"; });
    await page.settles("and where there are no words, the browser's", "en", () => window.part(".all").lang.slice(0, 2));
  });

  check("it is quiet: one live region, no motion, and an end", {}, async (page) => {
    await inspector(page, { consent: { personalise: "granted" } });
    assert.equal(await page.call(() => window.parts("[aria-live], [role=status], [role=alert], [role=log]").length), 1);
    assert.equal(await text(page, "[role=status]"), "");
    await bump(page, 3);
    await page.until("the change is shown", () => window.part("[data-segment='crowd/some']") !== null);
    assert.equal(await text(page, "[role=status]"), "", "changes are shown and not announced");
    assert.equal(await page.call(() => window.part(".cards summary") && getComputedStyle(window.part(".cards summary"), "::after").transitionDuration), "0s");
    const looked = await page.call(async () => {
      let times = 0;
      const real = window.lab.fb.exportMine;
      window.lab.fb.exportMine = () => {
        times++;
        return real();
      };
      window.it.remove();
      window.lab.bump(50);
      // Longer than it waits before it looks again.
      await new Promise((done) => setTimeout(done, 400));
      return times;
    });
    assert.equal(looked, 0, "what is not on the page does not look");
    await page.call(() => document.body.append(window.it));
    await page.until("and when it is back it does", () => window.part("[data-segment='crowd/many']") !== null);
  });

  check("what could not start is said, also what has nothing to show", {}, async (page) => {
    await page.lab();
    await page.call(async () => {
      const { defineInspector } = await import("/lab/sdk/inspector.js");
      const { createFewbits } = await import("/lab/sdk/index.js");
      defineInspector();
      defineInspector();
      window.it = document.body.appendChild(document.createElement("fewbits-inspector"));
      window.broken = await createFewbits({ book: "/nothing-there.book" });
    });
    await page.until("it waits for its page", () => /not connected/.test(window.it.shadowRoot.textContent));
    await page.call(() => { window.it.fewbits = window.broken; });
    await page.until("it says why", () => /could not start here: there is no book/.test(window.it.shadowRoot.textContent));
    assert.deepEqual(await axe(page, "fewbits-inspector"), []);
    await page.call(() => { window.it.fewbits = window.lab.fb; });
    await page.until("and goes on", () => window.it.shadowRoot.querySelector("[data-ready]"));
  });
});
