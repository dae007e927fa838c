// What is built is what the sources say, to the byte; and a JSON book's written types are those that TypeScript infers.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { compile, typescript } from "../dist/node.js";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const { files, toolchain } = JSON.parse(await readFile(at("../dist/integrity.json"), "utf8"));
const list = async (folder) => (await readdir(folder, { recursive: true, withFileTypes: true }))
  .filter((one) => one.isFile()).map((one) => join(one.parentPath ?? one.path, one.name).slice(folder.length + 1)).sort();

test("the hashes are those of the files, and no file is without one", async () => {
  const found = (await list(at("../dist"))).filter((name) => name !== "integrity.json");
  assert.deepEqual(Object.keys(files).sort(), found);
  for (const name of found) {
    const bytes = await readFile(at(`../dist/${name}`));
    assert.equal(files[name].integrity, `sha384-${createHash("sha384").update(bytes).digest("base64")}`, name);
    assert.equal(files[name].bytes, bytes.length);
  }
  assert.ok(toolchain.rustc && toolchain.esbuild);
});

test("built again elsewhere, every file is the same", async () => {
  const other = await mkdtemp(join(os.tmpdir(), "fewbits-again-"));
  try {
    execFileSync(process.execPath, [at("../build.mjs"), "--out", other]);
    assert.deepEqual(await list(other), await list(at("../dist")));
    for (const name of await list(other)) {
      assert.ok((await readFile(join(other, name))).equals(await readFile(at(`../dist/${name}`))), name);
    }
  } finally {
    await rm(other, { recursive: true });
  }
});

test("of every example book, `fewbits types` and `as const` say the same", async () => {
  const folder = await mkdtemp(join(os.tmpdir(), "fewbits-types-"));
  try {
    const books = [at("../../../books"), at("../../../books/data")];
    let count = 0;
    for (const from of books) {
      for (const name of (await readdir(from)).filter((one) => one.endsWith(".book.json"))) {
        const json = await readFile(join(from, name), "utf8");
        await compile(json);
        const written = (await typescript(json)).replace(/declare const book[^]*$/, "");
        const [, type] = /export interface (\w+)/.exec(written);
        await writeFile(join(folder, `book${count++}.ts`), `${written}
import type { NamesOf } from "fewbits";
const book = ${json.trim()} as const;
type Inferred = NamesOf<typeof book>;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <K extends keyof ${type} & keyof Inferred>(_: K, is: Same<${type}[K], Inferred[K]>) => is;
same("segment", true); same("group", true); same("event", true); same("slots", true);
export const facts: [Same<keyof ${type}["facts"], keyof Inferred["facts"]>, ${type}["facts"], Inferred["facts"]] = null! as [true, Inferred["facts"], ${type}["facts"]];
export const keys: Same<keyof ${type}, keyof Inferred> = true;
`);
      }
    }
    assert.ok(count > 2);
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({
      compilerOptions: {
        target: "es2022", lib: ["es2022", "dom"], module: "esnext", moduleResolution: "bundler", strict: true, noEmit: true, types: [],
        paths: { fewbits: [at("../dist/index.d.ts")] },
      },
      include: ["*.ts"],
    }));
    const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    assert.equal(status, 0, stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
});
