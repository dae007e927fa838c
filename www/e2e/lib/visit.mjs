// One test, one visitor: a fresh origin, a fresh profile, and a report that can be read if it fails.
import { mkdtempSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Page } from "./page.mjs";
import { openSite } from "./site.mjs";

let folder;

/** Keeps what could be seen when a test failed, and says where. */
async function evidence(page, name) {
  folder ??= process.env.FEWBITS_E2E_EVIDENCE || mkdtempSync(path.join(os.tmpdir(), "fewbits-e2e-failed-"));
  const file = path.join(folder, `${page.engine.name} ${name}`.replace(/\W+/g, "-").toLowerCase());
  const seen = { requests: page.site.requests };
  try {
    writeFileSync(`${file}.png`, await page.driver.takeScreenshot(), "base64");
    seen.url = await page.driver.getCurrentUrl();
    seen.spy = await page.call(() => window.spy);
    seen.stored = await page.call(() => ({ ...localStorage }));
  } catch (error) {
    seen.unseen = String(error);
  }
  writeFileSync(`${file}.json`, JSON.stringify(seen, null, 2));
  return `${file}.json`;
}

/** Makes the function that scenarios declare their tests with, for one engine. */
export function visitor(engine, running) {
  return (name, options, work) => async (t) => {
    const { start, files } = running();
    const { still, gpc = false, early = [], headers } = options;
    // Where the engine has no switch for it, a script stands in.
    const scripts = ["spy", ...(gpc && !engine.ownGpc ? ["gpc"] : []), ...early];
    const site = await openSite(files, { early: scripts, headers });
    let driver;
    try {
      driver = await start.session({ still, gpc });
      const page = new Page(engine, driver, site);
      try {
        await work(page, t, start.pid);
        const errors = await page.call(() => window.spy?.errors ?? []);
        if (errors.length) throw new Error(`the page had errors nobody caught: ${errors.join("; ")}`);
      } catch (error) {
        const message = `${engine.name}: ${error.message}\n    evidence: ${await evidence(page, name)}`;
        error.message = message;
        throw error;
      }
    } finally {
      await driver?.quit();
      await site.close();
    }
  };
}
