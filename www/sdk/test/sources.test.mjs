// Each power of a page is used in one named file, so that a reviewer knows where to look; and the built entry is
// one file with one way to the network.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

const folder = new URL("../src/", import.meta.url);
const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ts"));
const code = async (name) => (await readFile(new URL(name, folder), "utf8"))
  .replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, "$1")
  .replace(/"[^"\n]*"/g, '""');

const powers = {
  "the network": [/\b(fetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|RTCPeerConnection|new Image)/, ["assets.ts", "transport.ts"]],
  "storage": [/\b(localStorage|sessionStorage|indexedDB|caches)\b/, ["storage.ts", "head.snippet.ts"]],
  "cookies": [/\bcookieStore\b|\.cookie\b/, ["cookie.ts"]],
  "the page": [/\b(document|location|history|scrollY|innerHeight|Intl)\b\s*[.)]|\b(new Date\(\)\.getTimezoneOffset)/, ["signals.ts", "context.ts", "collect.ts", "script.ts", "head.ts", "head.snippet.ts", "cookie.ts", "dom.ts", "inspector/dom.ts", "inspector/element.ts", "inspector/text.ts"]],
  "the browser": [/\bnavigator\b/, ["signals.ts", "context.ts", "store.ts", "inspector/element.ts"]],
  "other windows": [/\bopener\b|\.frames\b|\bwindow\.(parent|top)\b/, ["cmp.ts"]],
  "messages": [/\bpostMessage\b/, ["cmp.ts", "catalogue.ts", "catalogue-worker.ts"]],
};
for (const [power, [pattern, allowed]] of Object.entries(powers)) {
  test(`only ${allowed.join(" and ")} may use ${power}`, async () => {
    for (const name of files) if (!allowed.includes(name)) assert.doesNotMatch(await code(name), pattern, name);
    // The pattern is not blind.
    const uses = await Promise.all(allowed.map(async (name) => pattern.test(await code(name))));
    assert.ok(uses.includes(true));
  });
}

test("no file is long, and none speaks to the console but where errors and hints are told", async () => {
  for (const name of files) {
    const text = await code(name);
    assert.ok(text.split("\n").length <= 450, name);
    if (!["errors.ts", "author.ts", "complain.ts", "catalogue.ts", "lists.ts"].includes(name)) assert.doesNotMatch(text, /\bconsole\b/, name);
  }
});

test("the entry is one file; what comes later is imported on demand, and the module is where bundlers look", async () => {
  const index = await readFile(new URL("../dist/index.js", import.meta.url), "utf8");
  assert.doesNotMatch(index, /\bimport\s*["{*]|\bfrom\s*"/);
  const modules = new Set(index.match(/(?<=new URL\("\.\/fewbits_)\w+(?=_bg\.wasm",import\.meta\.url\))/g));
  assert.deepEqual([...modules].sort(), ["context", "decide", "first", "store", "watch"]);
  const later = new Set(index.match(/(?<=import\("\.\/)[a-z]+(?=-\w+\.js"\))/g));
  assert.deepEqual([...later].sort(), ["author", "collect", "context", "decide", "desk", "facts", "inspect", "keep", "rank", "words"]);
  assert.doesNotMatch(index, /\beval\(|new Function/);
});
