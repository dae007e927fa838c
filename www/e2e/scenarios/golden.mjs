// The golden decisions in the visitors' module of a real page, with its storage and its locks. `cargo xtask test web-chromium`
// runs them on the core as a library, and the rest of the corpus in the full module, which decides nothing; in Node the
// package runs all of it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { compile } from "fewbits/node";

const folder = new URL("../../../tests/golden/", import.meta.url);
const compiled = async (book) => Array.from(await compile(typeof book === "string" ? await readFile(new URL(book, folder), "utf8") : JSON.stringify(book)));

/** One case in the page: what went wrong, and how many decisions were looked at. */
async function inPage({ seed = "", steps, first, books }) {
  const [{ createFewbits }, { walk }] = await Promise.all([import("/lab/sdk/index.js"), import("/lab/corpus.js")]);
  localStorage.clear();
  const bytes = Uint8Array.from(seed.padEnd(32, "0").match(/../g), (pair) => parseInt(pair, 16));
  const chance = crypto.getRandomValues.bind(crypto);
  // The seed is the only chance of 16 bytes that the package asks for.
  crypto.getRandomValues = (into) => into.length === 16 ? (into.set(bytes), into) : chance(into);
  const errors = [];
  const visitor = {
    now: Date.parse(steps[0].at),
    async open(book) {
      this.fb = await createFewbits({
        book, clock: () => this.now, auto: false, consent: { store: "granted", personalise: "granted" },
        onError: ({ code }) => errors.push(code),
      });
    },
    async reload(book) {
      await this.fb.ledger();
      this.fb.destroy();
      await this.open(book);
    },
  };
  const [begin, ...later] = [first, ...books].map((book) => book && Uint8Array.from(book));
  await visitor.open(begin);
  const wrong = await walk(visitor, steps, begin, later, [true, false]);
  visitor.fb.destroy();
  crypto.getRandomValues = chance;
  return [...wrong, ...errors];
}

export function golden(check) {
  check("the golden decisions, reloaded after each step", {}, async (page) => {
    await page.open("/lab/lab.html");
    let looked = 0;
    const wrong = [];
    for (const { name, why, seed, book, steps } of JSON.parse(await readFile(new URL("decisions.json", folder), "utf8"))) {
      looked += steps.reduce((sum, { expect }) => sum + Object.keys(expect?.decisions ?? {}).length, 0);
      const books = await Promise.all(steps.map((step) => step.book ? compiled(step.book) : null));
      const found = await page.call(inPage, { seed, steps, first: await compiled(book), books });
      if (found.length) wrong.push(`${name}\n${why}\n${found.join("\n")}`);
    }
    assert.deepEqual(wrong, []);
    assert.ok(looked >= 20, `only ${looked} decisions were looked at`);
  });
}
