// Builds dist/ from src/ and wasm/ (which `cargo xtask build` makes). `--sizes` prints what a visitor downloads.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const at = (...parts) => join(here, ...parts);
const modules = ["fewbits_core_bg.wasm", "fewbits_full_bg.wasm", "fewbits_author_bg.wasm"];

for (const module of modules) {
  if (!existsSync(at("wasm", module))) {
    console.error(`www/sdk/wasm/${module} is missing: run \`cargo xtask build\``);
    process.exit(1);
  }
}
rmSync(at("dist"), { recursive: true, force: true });
mkdirSync(at("dist"));

const common = {
  absWorkingDir: here,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  outdir: "dist",
  chunkNames: "[name]-[hash]",
  legalComments: "none",
  logLevel: "warning",
};
// Two builds: a page loads one file and the rest on demand, a process has all of it at once.
const browser = await build({ ...common, entryPoints: ["src/index.ts"], splitting: true, metafile: true });
await build({ ...common, entryPoints: ["src/node.ts"], platform: "node" });

const { imports } = browser.metafile.outputs["dist/index.js"];
const early = imports.filter(({ kind }) => kind !== "dynamic-import");
if (early.length) throw new Error(`index.js imports at once what should come later: ${early.map(({ path }) => path)}`);

for (const module of modules) copyFileSync(at("wasm", module), at("dist", module));

// Declarations: only what the entry points show. Everything inside may change.
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
execFileSync(process.execPath, [tsc, "-p", at("tsconfig.build.json")], { stdio: "inherit" });
for (const name of ["index", "node", "types"]) copyFileSync(at("dist", "all", `${name}.d.ts`), at("dist", `${name}.d.ts`));
rmSync(at("dist", "all"), { recursive: true });
// A bundler that is asked for the module gives its address.
for (const module of ["core", "full"]) {
  writeFileSync(at("dist", `fewbits_${module}_bg.wasm.d.ts`), "declare const address: string;\nexport default address;\n");
}

for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) {
  const licence = at("..", "..", name);
  if (existsSync(licence)) copyFileSync(licence, at(name));
}

if (process.argv.includes("--sizes")) {
  const weigh = (name) => {
    const bytes = readFileSync(at("dist", name));
    const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
    return [bytes.length, gzipSync(bytes, { level: 9 }).length, brotli.length];
  };
  const critical = ["index.js", "fewbits_core_bg.wasm"];
  const rows = readdirSync(at("dist")).filter((name) => !name.endsWith(".d.ts")).map((name) => [name, ...weigh(name)]);
  const sum = [1, 2, 3].map((i) => rows.filter(([name]) => critical.includes(name)).reduce((n, row) => n + row[i], 0));
  const line = (row) => console.log(`${String(row[0]).padEnd(34)}${row.slice(1).map((n) => String(n).padStart(9)).join("")}`);
  line(["", "raw", "gzip", "brotli"]);
  rows.forEach(line);
  line(["critical path", ...sum]);
}
