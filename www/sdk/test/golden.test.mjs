// The golden corpus over the built package. The same files run on the native core and in browsers. Time is told by the
// steps, through the option `clock`.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { after, test } from "node:test";
import * as page from "../dist/index.js";
import { compile, createFewbits } from "../dist/node.js";
import { walk } from "./corpus.mjs";
import { browserGlobals, Disk } from "./lib.mjs";

const folder = new URL("../../../tests/golden/", import.meta.url);
const files = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
const bookOf = async (book) => typeof book === "string" ? readFile(new URL(book, folder), "utf8") : JSON.stringify(book);

// When a page is loaded anew, beyond what the steps say. A killed tab folds nothing: only its journal tells. A process has
// the core in one piece, a page in parts, of which each is linked when it is needed; in memory most of them never are.
const modes = {
  "as written": {}, "reloaded after each step": { always: true }, "killed after each step": { always: true, kill: true },
  "in parts, reloaded after each step": { always: true, start: page.createFewbits },
  "in parts, in memory": { start: page.createFewbits, consent: { personalise: "granted" } },
};
const before = globalThis.fetch;
globalThis.fetch = async (address, ...more) => String(address).startsWith("file:")
  ? new Response(await readFile(address), { headers: { "content-type": "application/wasm" } }) : before(address, ...more);
after(() => { globalThis.fetch = before; });
const globals = browserGlobals();

class Visitor {
  disk = new Disk();
  now = 0;
  errors = [];
  constructor({ start = createFewbits, consent = { store: "granted", personalise: "granted" } }) {
    this.start = start;
    this.consent = consent;
  }
  async open(book) {
    this.storage = this.disk.tab();
    this.fb = await this.start({
      book, storage: this.storage, clock: () => this.now, consent: this.consent, onError: ({ code }) => this.errors.push(code),
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

let count = 0;
for (const file of files) {
  for (const { name, why, seed = "", book, steps } of JSON.parse(await readFile(new URL(file, folder), "utf8"))) {
    count++;
    for (const [mode, how] of Object.entries(modes)) {
      const { always, kill } = how;
      if (how.consent && steps.some((step) => step.reload || step.book)) continue;
      test(`${file}: ${name} (${mode})`, async (t) => {
        // The seed is the only chance of 16 bytes that the package asks for.
        const chance = crypto.getRandomValues.bind(crypto);
        t.mock.method(crypto, "getRandomValues", (into) => into.length === 16 ? (into.set(Buffer.from(seed.padEnd(32, "0"), "hex")), into) : chance(into));
        const visitor = new Visitor(how);
        visitor.now = Date.parse(steps[0].at);
        const first = await compile(await bookOf(book));
        const books = await Promise.all(steps.map(async (step) => step.book && compile(await bookOf(step.book))));
        await visitor.open(first);
        const wrong = await walk(visitor, steps, first, books, [always, kill]);
        assert.deepEqual(wrong, [], why);
        visitor.fb.destroy();
      });
    }
  }
}
test("the corpus is all there", () => assert.ok(count >= 60, `${count} cases`));
after(() => globals.restore());
