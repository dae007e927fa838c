// The demo shop and the package it uses, end to end: one suite, run in each engine.
import { after, before, describe, test } from "node:test";
import { ENGINES, startDriver } from "./lib/engines.mjs";
import { assemble } from "./lib/site.mjs";
import { visitor } from "./lib/visit.mjs";
import { accessible } from "./scenarios/accessible.mjs";
import { adapters } from "./scenarios/adapters.mjs";
import { decisions } from "./scenarios/decisions.mjs";
import { egress } from "./scenarios/egress.mjs";
import { golden } from "./scenarios/golden.mjs";
import { hosts } from "./scenarios/hosts.mjs";
import { moves } from "./scenarios/moves.mjs";
import { reports } from "./scenarios/reports.mjs";
import { returning } from "./scenarios/returning.mjs";
import { speed } from "./scenarios/speed.mjs";
import { tabs } from "./scenarios/tabs.mjs";
import { trouble } from "./scenarios/trouble.mjs";
import { visits } from "./scenarios/visits.mjs";

const SCENARIOS = [visits, golden, decisions, reports, tabs, returning, trouble, moves, hosts, adapters, egress, accessible, speed];

let files;
before(async () => { files = await assemble(); });
after(() => files?.remove());

// One after the other: two processors are not enough for three browsers at once.
describe("end to end", { concurrency: 1 }, () => {
  for (const engine of ENGINES) describe(engine.name, { concurrency: 1 }, () => suite(engine));
});

function suite(engine) {
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
}
