// The list of entries, the manifest, and what is built from them say the same.
import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import { test } from "node:test";
import { entries, exportsOf, modules } from "../entries.mjs";

const manifest = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
const targets = Object.values(manifest.exports).flatMap((target) => typeof target === "string" ? [target] : Object.values(target));

test("the manifest exports what the list says, and no file is missing", async () => {
  assert.deepEqual(manifest.exports, exportsOf());
  assert.deepEqual(Object.keys(manifest.exports).slice(0, entries.length), entries.map(({ name }) => name === "index" ? "." : `./${name}`));
  for (const target of [...targets, ...modules.map((name) => `./dist/${name}`)]) await access(new URL(`../${target}`, import.meta.url));
});

/** As Node and bundlers choose: the first of the conditions that is known. */
const choose = (name, known) => Object.entries(manifest.exports[name]).find(([one]) => one === "default" || known.includes(one))[1];
test("each place gets the file that works there", () => {
  for (const [known, file] of [
    [["types", "import"], "index.d.ts"],
    [["import", "module", "browser"], "index.js"],
    [["import", "worker"], "index.js"],
    [["import"], "index.js"],
    [["import", "node"], "index.node.js"],
    [["import", "deno", "node"], "index.node.js"],
    [["import", "bun", "node"], "index.node.js"],
    // What Cloudflare's and Next's bundlers say of themselves.
    [["import", "workerd", "worker", "browser"], "index.workerd.js"],
    [["import", "edge-light", "worker", "browser"], "index.edge-light.js"],
  ]) assert.equal(choose(".", known), `./dist/${file}`, String(known));
  assert.equal(choose("./svelte", ["import", "svelte", "browser"]), "./dist/svelte/index.js");
  assert.equal(choose("./svelte", ["import", "node"]), "./dist/svelte.js");
});

test("bundlers may drop what is not used, and nothing else is installed", async () => {
  assert.equal(manifest.sideEffects, false);
  assert.equal(manifest.dependencies, undefined);
  // What an entry needs of others, the site has installed for it.
  const peers = [...new Set(entries.flatMap((entry) => entry.peers ?? []))].sort();
  assert.deepEqual(Object.keys(manifest.peerDependencies ?? {}).sort(), peers);
  for (const peer of peers) assert.equal(manifest.peerDependenciesMeta?.[peer]?.optional, true, peer);
});
