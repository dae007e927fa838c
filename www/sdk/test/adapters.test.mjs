// The pages about adapters and consent: every example compiles against the built package.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const docs = new URL("../../../docs/", import.meta.url);
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

/** What the examples take as given. */
const GIVEN = `
  import type { Fewbits } from "fewbits";
  import type { Prebids } from "fewbits/prebid";
  declare global {
    const fb: Fewbits;
    interface Window { fewbits: Promise<Prebids> }
    const pbjs: { setConfig(config: object): void };
  }`;
const HOOK = `
  import type { RtdSubmodule } from "fewbits/prebid";
  export function submodule(kind: "realTimeData", one: RtdSubmodule): void;`;

test("every example of the pages about adapters and consent compiles", async () => {
  const folder = await mkdtemp(fileURLToPath(new URL("./types/samples-", import.meta.url)));
  try {
    const names = [];
    await mkdir(join(folder, "samples"));
    for (const page of ["adapters.md", "consent.md"]) {
      const samples = [...(await readFile(new URL(page, docs), "utf8")).matchAll(/^```[jt]s\n([\s\S]*?)^```$/gm)];
      assert.ok(samples.length > 1, page);
      for (const [index, [, code]] of samples.entries()) {
        names.push(`${page}-${index}.ts`);
        await writeFile(join(folder, "samples", `${page}-${index}.ts`), code);
      }
    }
    await mkdir(join(folder, "src"));
    await writeFile(join(folder, "src", "hook.d.ts"), HOOK);
    await writeFile(join(folder, "given.d.ts"), GIVEN);
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({
      compilerOptions: {
        target: "es2022", lib: ["es2022", "dom"], types: [], strict: true, exactOptionalPropertyTypes: true, module: "esnext",
        moduleResolution: "bundler", moduleDetection: "force", noEmit: true, skipLibCheck: true,
      },
      files: ["given.d.ts", ...names.map((name) => `samples/${name}`)],
    }));
    try {
      execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    } catch ({ stdout }) {
      assert.fail(stdout);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
