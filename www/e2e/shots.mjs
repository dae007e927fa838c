// Pictures of the shop in each engine, to be looked at by a person:
//   xvfb-run -a node e2e/shots.mjs FOLDER [ENGINE ...]
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ENGINES, startDriver } from "./lib/engines.mjs";
import { Page } from "./lib/page.mjs";
import { assemble, openSite } from "./lib/site.mjs";

const [folder, ...names] = process.argv.slice(2);
if (!folder) throw new Error("where to? node e2e/shots.mjs FOLDER [ENGINE ...]");
mkdirSync(folder, { recursive: true });
const files = await assemble();

/** Waits until all pictures of the page are there and nothing moves any more. */
const still = (page) => page.until("the page is still", () =>
  [...document.images].every((it) => it.complete || it.loading === "lazy") && document.getAnimations().every((it) => it.playState !== "running"));

async function look(page, name) {
  await still(page);
  const file = path.join(folder, `${page.engine.name}-${name}.png`.toLowerCase());
  writeFileSync(file, await page.driver.takeScreenshot(), "base64");
  console.log(file);
}

async function walk(page) {
  await page.shop();
  await look(page, "1-first-visit");
  await page.press("consent-accept");
  await look(page, "2-home-before");
  await page.stroll("sandals");
  await page.showsHero("summer");
  await page.call(() => scrollTo(0, 0));
  await look(page, "3-home-after");
  await page.call(() => document.querySelector("[data-testid=aisles]").scrollIntoView({ block: "center", behavior: "instant" }));
  await look(page, "4-aisles-after");
  await page.until("a question is drawn", () => document.querySelector("[data-what=drawn]") !== null);
  await page.click("[data-jump='86400']");
  await page.until("the ledger says that it left", () => document.querySelector("[data-what=sent] .match:not(.open)") !== null);
  await page.call(() => document.querySelector("[data-testid=panel-ledger]").scrollIntoView({ block: "center", behavior: "instant" }));
  await look(page, "5-panel-sent");
  await page.follow("/boots/");
  await page.call(() => scrollTo(0, 0));
  await look(page, "6-aisle");
  await page.buy("tents");
  await page.call(() => scrollTo(0, 0));
  await look(page, "7-product");
  await page.follow("/cart/");
  await look(page, "8-cart");
}

async function phone(page) {
  await page.driver.sendDevToolsCommand("Emulation.setDeviceMetricsOverride", { width: 390, height: 844, deviceScaleFactor: 2, mobile: true });
  await page.open("/");
  await page.until("the banner asks", () => document.querySelector("#consent").hidden === false);
  await look(page, "phone-1-first-visit");
  await page.press("consent-accept");
  await look(page, "phone-2-home");
  await page.press("panel-toggle");
  await page.ready();
  await look(page, "phone-3-panel");
  await page.click("[data-close=panel]");
  await page.open("/sandals/");
  await look(page, "phone-4-aisle");
  await page.click("main [data-testid=product-card]");
  await page.until("a sandal is there", () => document.querySelector("main[data-page=product]") !== null);
  await look(page, "phone-5-product");
  const { scrollWidth, innerWidth } = await page.call(() => ({ scrollWidth: document.documentElement.scrollWidth, innerWidth }));
  console.log(`a phone's page is ${scrollWidth} wide on a screen of ${innerWidth}`);
}

try {
  for (const engine of ENGINES.filter(({ name }) => !names.length || names.includes(name))) {
    const running = await startDriver(engine);
    try {
      for (const tour of engine.name === "Chromium" ? [walk, phone] : [walk]) {
        const site = await openSite(files);
        const driver = await running.session();
        await tour(new Page(engine, driver, site));
        await driver.quit();
        await site.close();
      }
    } finally {
      await running.stop();
    }
  }
} finally {
  await files.remove();
}
