// The golden corpus over the built package. The same files run on the native core and in browsers: see
// tests/common/mod.rs for what their steps mean. Time is told by the steps, through the option `clock`.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { compile, createFewbits } from "../dist/node.js";
import { browserGlobals, Disk } from "./lib.mjs";

const folder = new URL("../../../tests/golden/", import.meta.url);
const files = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
const bookOf = async (book) => typeof book === "string" ? readFile(new URL(book, folder), "utf8") : JSON.stringify(book);

// When a page is loaded anew, beyond what the steps say. A killed tab folds nothing: only its journal tells.
const modes = { "as written": [false, false], "reloaded after each step": [true, false], "killed after each step": [true, true] };
const globals = browserGlobals();

class Visitor {
  disk = new Disk();
  now = 0;
  errors = [];
  async open(book) {
    this.storage = this.disk.tab();
    this.fb = await createFewbits({
      book, storage: this.storage, clock: () => this.now,
      consent: { store: "granted", personalise: "granted" }, onError: ({ code }) => this.errors.push(code),
    });
    assert.equal(this.fb.error, null);
  }
  async reload(book, kill) {
    if (!kill) await this.fb.ledger();
    this.storage.dead = true;
    this.fb.destroy();
    await this.open(book);
  }
}

async function act(visitor, step) {
  const { fb } = visitor;
  if ("track" in step) fb.track(step.track, step.tags, step.value);
  if (step.engage) fb.engage(step.engage);
  if (step.declare) fb.declare(step.declare);
  if (step.decide) fb.decide(step.decide);
  if (step.context) {
    const { agent, touch, zone, offset, ...rest } = step.context;
    const given = { userAgent: agent, touchPoints: touch, timeZone: zone, utcOffset: offset, ...rest };
    fb.setContext(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
  }
}

async function meets({ fb }, { segments, signals, decisions = {} }, where) {
  if (segments) assert.deepEqual(fb.segments, segments, where);
  const shown = Object.fromEntries(fb.decisions().map(({ slot, variant }) => [slot, variant]));
  for (const [slot, variant] of Object.entries(decisions)) assert.equal(shown[slot], variant, `${where}: ${slot}`);
  if (!signals) return;
  const known = new Map((await fb.exportMine()).signals.map(({ name, value }) => [name, value]));
  for (const [name, value] of Object.entries(signals)) {
    const got = known.get(name);
    const near = typeof value === "number" && typeof got === "number" && Math.abs(value - got) <= 1e-9 * Math.max(1, Math.abs(value));
    if (!near) assert.equal(got, value, `${where}: ${name}`);
  }
}

let count = 0;
for (const file of files) {
  for (const { name, why, seed = "", book, steps } of JSON.parse(await readFile(new URL(file, folder), "utf8"))) {
    count++;
    for (const [mode, [always, kill]] of Object.entries(modes)) {
      test(`${file}: ${name} (${mode})`, async (t) => {
        // The seed is the only chance of 16 bytes that the package asks for.
        const chance = crypto.getRandomValues.bind(crypto);
        t.mock.method(crypto, "getRandomValues", (into) => into.length === 16 ? (into.set(Buffer.from(seed.padEnd(32, "0"), "hex")), into) : chance(into));
        const visitor = new Visitor();
        visitor.now = Date.parse(steps[0].at);
        let bytes = await compile(await bookOf(book));
        await visitor.open(bytes);
        for (const [index, step] of steps.entries()) {
          const where = `${why} Step ${index + 1}: ${JSON.stringify(step).slice(0, 300)}`;
          visitor.now = Date.parse(step.at);
          if (step.book) bytes = await compile(await bookOf(step.book));
          if (step.book || step.reload) await visitor.reload(bytes, false);
          await act(visitor, step);
          if (step.expect) await meets(visitor, step.expect, where);
          if (!always) continue;
          await visitor.reload(bytes, kill);
          if (step.expect) await meets(visitor, step.expect, `after a reload: ${where}`);
        }
        visitor.fb.destroy();
      });
    }
  }
}
test("the corpus is all there", () => assert.ok(count >= 60, `${count} cases`));
after(() => globals.restore());
