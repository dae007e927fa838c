// The demo shop and the package it uses, end to end: one suite, run in each engine.
import { after, before, describe, test } from "node:test";
import { ENGINES, startDriver } from "./lib/engines.mjs";
import { assemble } from "./lib/site.mjs";
import { visitor } from "./lib/visit.mjs";
import { egress } from "./scenarios/egress.mjs";
import { reports } from "./scenarios/reports.mjs";
import { returning } from "./scenarios/returning.mjs";
import { speed } from "./scenarios/speed.mjs";
import { tabs } from "./scenarios/tabs.mjs";
import { trouble } from "./scenarios/trouble.mjs";
import { visits } from "./scenarios/visits.mjs";

const SCENARIOS = [visits, reports, tabs, returning, trouble, egress, speed];

let files;
before(async () => { files = await assemble(); });
after(() => files?.remove());

describe("the shop", { concurrency: ENGINES.length }, () => { for (const engine of ENGINES) {
  describe(engine.name, () => {
    let driver;
    before(async () => { driver = await startDriver(engine); });
    after(() => driver?.stop());
    const visit = visitor(engine, {
      files: () => files,
      driver: () => driver,
      restart: async () => {
        await driver.stop();
        driver = await startDriver(engine);
      },
    });
    const check = (name, options, work) => test(name, visit(name, options, work));
    for (const scenario of SCENARIOS) scenario(check);
  });
}});
