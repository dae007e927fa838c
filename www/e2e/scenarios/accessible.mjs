// Every kind of page of the shop, looked over by axe: with the banner, with the panel, on a phone, in the dark.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PAGES = ["/", "/boots/", "/boots/ridgeline-mid/", "/cart/", "/checkout/", "/thanks/", "/handed-on/", "/how-this-shop-knows/", "/404.html"];
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What axe finds: rule, and where. */
async function found(page) {
  await page.driver.executeScript(AXE);
  return page.call(async (tags) => {
    const { violations } = await window.axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} (${failureSummary})`));
  }, RULES);
}

export function accessible(check) {
  check("every page of the shop is accessible, light and dark, on a phone and beside the panel", {}, async (page) => {
    // Other engines draw the same pages; only this one can be told its width and colours.
    if (page.engine.name !== "Chromium") return;
    const as = async (width, scheme) => {
      await page.driver.sendDevToolsCommand("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: width < 600 });
      await page.driver.sendDevToolsCommand("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" }] });
    };
    const wrong = [];
    for (const path of PAGES) {
      for (const [width, scheme] of [[1400, "light"], [1400, "dark"], [390, "light"]]) {
        await as(width, scheme);
        await page.open(path);
        await page.until("fewbits runs", () => document.querySelector("main") !== null && document.documentElement.dataset.script === "");
        if (width > 1200) await page.ready();
        wrong.push(...(await found(page)).map((one) => `${path} ${width} ${scheme}: ${one}`));
        const wide = await page.call(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) wrong.push(`${path}: ${wide} pixels too wide at ${width}`);
      }
    }
    assert.deepEqual(wrong, []);
  });
}
