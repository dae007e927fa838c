// One test, one visitor: a fresh origin, a fresh profile, and a report that can be read if it fails.
import { mkdtempSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Page } from "./page.mjs";
import { openSite } from "./site.mjs";

const STARTS_WITHIN = 60_000;
const ENDS_WITHIN = 90_000;

let folder;

/** Keeps what could be seen when a test failed, and says where. */
async function evidence(page, name) {
  folder ??= process.env.FEWBITS_E2E_EVIDENCE || mkdtempSync(path.join(os.tmpdir(), "fewbits-e2e-failed-"));
  const file = path.join(folder, `${page.engine.name} ${name}`.replace(/\W+/g, "-").toLowerCase());
  const seen = { requests: page.site.requests };
  try {
    await within(STARTS_WITHIN, "looking at the page", (async () => {
      writeFileSync(`${file}.png`, await page.driver.takeScreenshot(), "base64");
      seen.url = await page.driver.getCurrentUrl();
      seen.spy = await page.call(() => window.spy);
      seen.stored = await page.call(() => ({ ...localStorage }));
    })());
  } catch (error) {
    seen.unseen = String(error);
  }
  writeFileSync(`${file}.json`, JSON.stringify(seen, null, 2));
  return `${file}.json`;
}

/** A promise that is not waited for without end. */
function within(milliseconds, what, promise) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end within ${milliseconds / 1000} s`)), milliseconds);
  });
  promise.catch(() => undefined);
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/** What scenarios declare their tests with, for one engine: a new origin, a new profile, and an end in any case. */
export function visitor(engine, running) {
  return (name, options, work) => async (t) => {
    const { still, gpc = false, early = [], headers, collector } = options;
    // Where the engine has no switch for it, a script stands in.
    const scripts = ["spy", ...(gpc && !engine.ownGpc ? ["gpc"] : []), ...early];
    const site = await openSite(running.files(), { early: scripts, headers, collector });
    let driver;
    try {
      driver = await within(STARTS_WITHIN, "the start of the browser", running.driver().session({ still, gpc }));
      const page = new Page(engine, driver, site);
      try {
        await within(ENDS_WITHIN, "the test", work(page, t, running.driver().pid));
        const errors = await within(STARTS_WITHIN, "the page", page.call(() => window.spy?.errors ?? []));
        if (errors.length) throw new Error(`the page had errors nobody caught: ${errors.join("; ")}`);
      } catch (error) {
        error.message = `${engine.name}: ${error.message}\n    evidence: ${await evidence(page, name)}`;
        throw error;
      }
    } finally {
      try {
        await within(STARTS_WITHIN, "the browser", driver ? driver.quit() : Promise.reject(new Error("there is none")));
      } catch (error) {
        // A browser that hangs must not take the next tests with it.
        t.diagnostic(`${engine.name} is started anew: ${error.message}`);
        await running.restart();
      }
      await site.close();
    }
  };
}
