// The inspector's words are the same in every language but for the words, and its entry does nothing by itself.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

const folder = new URL("../src/inspector/", import.meta.url);
const read = async (name) => JSON.parse(await readFile(new URL(`words/${name}`, folder), "utf8"));
const files = await readdir(new URL("words/", folder));
const english = await read("en.json");
const places = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("there are English, German, French and Spanish", () => assert.deepEqual(files.sort(), ["de.json", "en.json", "es.json", "fr.json"]));

for (const name of files) {
  test(`${name} has the same keys in the same order, and the same placeholders`, async () => {
    const words = await read(name);
    assert.deepEqual(Object.keys(words), Object.keys(english));
    for (const [key, text] of Object.entries(words)) {
      assert.deepEqual(places(text), places(english[key]), key);
      assert.ok(text.trim() && text === text.trim() && !text.includes("  "), key);
    }
    if (name === "en.json") return;
    // A translation that was forgotten is the English text.
    const same = Object.keys(words).filter((key) => words[key] === english[key] && /\p{L}{3}/u.test(english[key].replace(/\{\w+\}/g, "")));
    assert.ok(same.length <= 12, `untranslated: ${same}`);
  });
}

test("every word that the code asks for is there, and none that it does not", async () => {
  const code = (await Promise.all((await readdir(folder)).filter((name) => name.endsWith(".ts")).map((name) => readFile(new URL(name, folder), "utf8")))).join("\n");
  const families = [...code.matchAll(/`([a-z]+\.)\$\{/g)].map(([, start]) => start);
  const unread = Object.keys(english).filter((key) => !code.includes(`"${key}"`) && !families.some((start) => key.startsWith(start)));
  assert.deepEqual(unread, []);
  const asked = [...code.matchAll(/\bt\("([\w.-]+)"/g)].map(([, key]) => key);
  assert.ok(asked.length > 80);
  for (const key of asked) assert.ok(key in english, key);
});

test("every reason of the gate and every line of the ledger has words", async () => {
  const types = await readFile(new URL("../src/types.ts", import.meta.url), "utf8");
  const what = types.match(/readonly what: ([^;]+);/)[1].match(/"([\w-]+)"/g).map((one) => one.slice(1, -1));
  assert.ok(what.length >= 9);
  for (const one of what) assert.ok(`ledger.${one}` in english, one);
  const gate = (await readFile(new URL("../src/report.ts", import.meta.url), "utf8")).match(/REASONS[^=]*= \[([^\]]+)\]/)[1].match(/"([\w-]+)"/g).map((one) => one.slice(1, -1));
  assert.equal(gate.length, 10);
  for (const one of gate) assert.ok(`reason.${one}` in english, one);
});

test("the entry can be imported where there is no page, and does nothing there", async () => {
  const before = Object.keys(globalThis);
  const { defineInspector } = await import("../dist/inspector.js");
  defineInspector();
  assert.deepEqual(Object.keys(globalThis), before);
});
