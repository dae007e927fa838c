// Builds dist/ from src/ and wasm/ (which `cargo xtask build` makes), and writes the `exports` of package.json, both from
// the list in entries.mjs. `--sizes` prints what a visitor downloads.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { entries, exportsOf, HOSTS, modules } from "./entries.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const at = (...parts) => join(here, ...parts);
const source = (name) => ["ts", "tsx"].map((end) => `src/${name}.${end}`).find((file) => existsSync(at(file))) ?? `src/${name}.ts`;

for (const module of modules) {
  if (!existsSync(at("wasm", module))) {
    console.error(`www/sdk/wasm/${module} is missing: run \`cargo xtask build\``);
    process.exit(1);
  }
}
rmSync(at("dist"), { recursive: true, force: true });
mkdirSync(at("dist"));

/** Puts the module into the script, or leaves it where an edge worker's platform looks for it: an import beside the script. */
const wasm = {
  name: "wasm",
  setup(setup) {
    setup.onResolve({ filter: /\.wasm\?base64$/ }, ({ path }) => ({ path: at("wasm", path.split(/[/?]/).at(-2)), namespace: "inline" }));
    setup.onLoad({ filter: /./, namespace: "inline" }, ({ path }) => ({ contents: readFileSync(path), loader: "base64" }));
    setup.onResolve({ filter: /\.wasm(\?module)?$/ }, ({ path }) => ({ path: `./${path.split("/").pop()}`, external: true }));
  },
};
/** Puts a host in place of the page. */
const hostedOn = (host) => ({
  name: "host",
  setup: (setup) => setup.onResolve({ filter: /^\.\/host\.js$/ }, ({ importer }) =>
    importer.endsWith("host.edge.ts") ? undefined : { path: at("src", `host.${host}.ts`) }),
});
const bundle = (list, { host, ...more } = {}) => build({
  absWorkingDir: here,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  outdir: "dist",
  chunkNames: "[name]-[hash]",
  packages: "external",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  entryPoints: list.map(([name, out = name]) => ({ in: source(name), out })),
  plugins: host ? [hostedOn(host), wasm] : [wasm],
  ...more,
});

const page = entries.filter(({ on = "page" }) => on === "page");
for (const { name } of page.filter(({ alone }) => alone)) {
  // One file at once, and the rest on demand.
  const { metafile } = await bundle([[name]]);
  const early = metafile.outputs[`dist/${name}.js`].imports.filter(({ kind }) => kind !== "dynamic-import");
  if (early.length) throw new Error(`${name}.js imports at once what should come later: ${early.map(({ path }) => path)}`);
}
const together = page.filter(({ alone }) => !alone);
await bundle(together.map(({ name }) => [name]));
const hosted = entries.filter((entry) => entry.hosted);
const inNode = entries.filter(({ on }) => on === "node").map(({ name }) => [name]);
for (const host of HOSTS) {
  const files = hosted.map(({ name }) => [name, `${name}.${host}`]);
  await (host === "node" ? bundle([...files, ...inNode], { host, platform: "node" }) : bundle(files, { host }));
}

for (const module of modules) copyFileSync(at("wasm", module), at("dist", module));

// Declarations: what the entries show, and what those mention. Everything else inside may change.
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
const project = at("dist", "tsconfig.json");
writeFileSync(project, JSON.stringify({ extends: "../tsconfig.build.json", files: entries.map(({ name }) => `../${source(name)}`) }));
execFileSync(process.execPath, [tsc, "-p", project], { stdio: "inherit" });
rmSync(project);
const shown = entries.map(({ name }) => at("dist", "all", `${name}.d.ts`));
for (const file of shown) {
  const text = readFileSync(file, "utf8");
  for (const [, name] of text.matchAll(/(?:from |import\(?)"(\.[^"]+)\.js"/g)) {
    const next = join(dirname(file), `${name}.d.ts`);
    if (!shown.includes(next)) shown.push(next);
  }
  const to = at("dist", relative(at("dist", "all"), file));
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text);
}
rmSync(at("dist", "all"), { recursive: true });
// A bundler that is asked for the module gives its address.
for (const module of modules.slice(0, 2)) {
  writeFileSync(at("dist", `${module}.d.ts`), "declare const address: string;\nexport default address;\n");
}

/** JSON with what is short on one line. */
function json(value, indent = "") {
  const line = JSON.stringify(value, null, 1).replace(/\n\s*/g, " ").replace(/^\[ | \]$/g, (end) => end.trim());
  if (typeof value !== "object" || (indent && indent.length + line.length <= 120)) return line;
  const more = `${indent}  `;
  const rows = Object.entries(value).map(([key, one]) => `${more}${Array.isArray(value) ? "" : `${JSON.stringify(key)}: `}${json(one, more)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${rows.join(",\n")}\n${indent}${close}`;
}
const manifest = readFileSync(at("package.json"), "utf8");
const wanted = `${json({ ...JSON.parse(manifest), exports: exportsOf() })}\n`;
if (wanted !== manifest) writeFileSync(at("package.json"), wanted);

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
