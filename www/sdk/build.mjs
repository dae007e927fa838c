// Builds dist/ from src/ and wasm/ (which `cargo xtask build` makes), and writes the `exports` of package.json, both from
// the list in entries.mjs. `--sizes` prints what a visitor downloads; `--out FOLDER` builds there and leaves the rest alone.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { entries, exportsOf, HOSTS, modules, script, snippet, workers } from "./entries.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const at = (...parts) => join(here, ...parts);
const elsewhere = process.argv.indexOf("--out") + 1;
const out = elsewhere ? resolve(process.argv[elsewhere]) : at("dist");
const source = (name) => ["ts", "tsx"].map((end) => `src/${name}.${end}`).find((file) => existsSync(at(file))) ?? `src/${name}.ts`;

for (const module of modules) {
  if (!existsSync(at("wasm", module))) {
    console.error(`www/sdk/wasm/${module} is missing: run \`cargo xtask build\``);
    process.exit(1);
  }
}
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

/** The script for the <head>, made short: a file, and a text in `fewbits/head`. */
const { outputFiles: [head] } = await build({
  absWorkingDir: here, entryPoints: [source("head.snippet")], minify: true, target: "es2020", write: false, legalComments: "none",
});
writeFileSync(join(out, `${snippet}.js`), head.contents);
const text = {
  name: "text",
  setup(setup) {
    setup.onResolve({ filter: /\.js\?text$/ }, ({ path }) => ({ path, namespace: "text" }));
    setup.onLoad({ filter: /./, namespace: "text" }, () => ({ contents: head.text.trim(), loader: "text" }));
  },
};
/** Puts the module into the script, or leaves it where an edge worker's platform looks for it: an import beside the script. */
const wasm = {
  name: "wasm",
  setup(setup) {
    setup.onResolve({ filter: /\.wasm\?base64$/ }, ({ path }) => ({ path: at("wasm", path.split(/[/?]/).at(-2)), namespace: "inline" }));
    setup.onLoad({ filter: /./, namespace: "inline" }, ({ path }) => ({ contents: readFileSync(path), loader: "base64" }));
    setup.onResolve({ filter: /\.wasm(\?module)?$/ }, ({ path }) => ({ path: `./${path.split("/").pop()}`, external: true }));
  },
};
/** Where modules are bound to the script, no address may make a bundler take along what nobody asks for. */
const bound = {
  name: "bound",
  setup: (setup) => setup.onLoad({ filter: /[\\/](load|desk|evaluate)\.ts$/ }, ({ path }) => ({
    contents: readFileSync(path, "utf8").replace(/new URL\(("\.\/fewbits_\w+_bg\.wasm"), import\.meta\.url\)/g, "$1"), loader: "ts",
  })),
};
/** Puts a host in place of the page. */
const hostedOn = (host) => ({
  name: "host",
  setup: (setup) => setup.onResolve({ filter: /^\.\/host\.js$/ }, ({ importer }) =>
    importer.endsWith("host.edge.ts") ? undefined : { path: at("src", `host.${host}.ts`) }),
});
const bundle = (list, { host, isBound, ...more } = {}) => build({
  absWorkingDir: here,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  outdir: out,
  chunkNames: "[name]-[hash]",
  packages: "external",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  entryPoints: list.map(([name, out = name]) => ({ in: source(name), out })),
  plugins: [...(host ? [hostedOn(host)] : []), ...(isBound || host ? [bound] : []), text, wasm],
  ...more,
});

const page = entries.filter(({ on = "page" }) => on === "page");
let parts;
for (const { name, bound: isBound } of page.filter(({ alone }) => alone)) {
  // One file at once, and the rest on demand.
  const { metafile } = await bundle([[name]], { isBound });
  const outputs = new Map(Object.entries(metafile.outputs).map(([file, made]) => [basename(file), made]));
  const early = outputs.get(`${name}.js`).imports.filter(({ kind }) => kind !== "dynamic-import");
  if (name === "index") parts = outputs;
  if (early.length) throw new Error(`${name}.js imports at once what should come later: ${early.map(({ path }) => path)}`);
}
const together = page.filter(({ alone }) => !alone);
await bundle([...together.map(({ name }) => name), ...workers].map((name) => [name]));
const hosted = entries.filter((entry) => entry.hosted);
const inNode = entries.filter(({ on }) => on === "node").map(({ name }) => [name]);
for (const host of HOSTS) {
  const files = hosted.map(({ name }) => [name, `${name}.${host}`]);
  await (host === "node" ? bundle([...files, ...inNode], { host, platform: "node" }) : bundle(files, { host }));
}

/** Parts that are loaded on demand are modules of their own, also for the classic script; it says itself where it came from. */
const onDemand = {
  name: "on-demand",
  setup: (setup) => setup.onResolve({ filter: /^\.\/.*\.js$/ }, ({ kind, path }) => {
    if (kind !== "dynamic-import") return undefined;
    const [part] = [...parts].find(([, { entryPoint }]) => entryPoint === `src/${path.slice(2, -3)}.ts`);
    return { path: `./${part}`, external: true };
  }),
};
await bundle([["global", script]], {
  splitting: false, plugins: [onDemand, wasm], inject: [at("src/script.ts")], define: { "import.meta.url": "scriptAddress" },
  banner: { js: '(()=>{"use strict";' }, footer: { js: "})();" },
});

for (const module of modules) copyFileSync(at("wasm", module), join(out, module));
for (const { name } of entries.filter(({ compiled }) => compiled)) cpSync(at("src", name), join(out, name), { recursive: true });

// Declarations: what the entries show, and what those mention. Everything else inside may change.
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
const project = join(out, "tsconfig.json");
const declared = join(out, "all");
writeFileSync(project, JSON.stringify({
  extends: at("tsconfig.build.json"), compilerOptions: { outDir: declared, typeRoots: [at("..", "node_modules", "@types")] },
  files: [...entries, { name: "global" }].map(({ name }) => at(source(name))),
}));
execFileSync(process.execPath, [tsc, "-p", project], { stdio: "inherit" });
rmSync(project);
const shown = [...entries, { name: "global" }].map(({ name }) => join(declared, `${name}.d.ts`));
for (const file of shown) {
  const text = readFileSync(file, "utf8");
  for (const [, name] of text.matchAll(/(?:from |import\(?)"(\.[^"]+)\.js"/g)) {
    const next = join(dirname(file), `${name}.d.ts`);
    if (!shown.includes(next)) shown.push(next);
  }
  const to = join(out, relative(declared, file).replace(/^global\./, `${script}.`));
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text);
}
rmSync(declared, { recursive: true });
writeFileSync(join(out, `${snippet}.d.ts`), "export {};\n");
// A bundler that is asked for the module gives its address.
for (const module of modules.slice(0, -1)) {
  writeFileSync(join(out, `${module}.d.ts`), "declare const address: string;\nexport default address;\n");
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
if (!elsewhere && wanted !== manifest) writeFileSync(at("package.json"), wanted);

for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) {
  const licence = at("..", "..", name);
  if (existsSync(licence)) copyFileSync(licence, at(name));
}

// What everything was made of, and what came out: who builds it again can compare. Nothing in it tells when or where.
const hash = (algorithm, bytes) => `${algorithm}-${createHash(algorithm).update(bytes).digest("base64")}`;
/** The files below a folder, in order. */
const below = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  .map((one) => relative(folder, join(one.parentPath ?? one.path, one.name)).replaceAll("\\", "/")).sort();
const inputs = ["entries.mjs", "build.mjs", "tsconfig.json", "tsconfig.build.json", "../tsconfig.base.json"]
  .concat(below(at("src")).map((name) => `src/${name}`), below(at("wasm")).map((name) => `wasm/${name}`));
const versionOf = (name) => createRequire(import.meta.url)(`${name}/package.json`).version;
const toolchain = existsSync(at("wasm", "toolchain.json")) ? JSON.parse(readFileSync(at("wasm", "toolchain.json"), "utf8")) : {};
const { name: called, version } = JSON.parse(manifest);
const made = below(out).map((name) => {
  const bytes = readFileSync(join(out, name));
  return [name, { bytes: bytes.length, integrity: hash("sha384", bytes) }];
});
writeFileSync(join(out, "integrity.json"), `${JSON.stringify({
  package: `${called}@${version}`,
  source: hash("sha256", inputs.map((name) => `${hash("sha256", readFileSync(at(name)))}  ${name}\n`).join("")),
  toolchain: { ...toolchain, esbuild: versionOf("esbuild"), typescript: versionOf("typescript") },
  files: Object.fromEntries(made),
}, null, 2)}\n`);

if (process.argv.includes("--sizes")) {
  const weigh = (name) => {
    const bytes = readFileSync(join(out, name));
    const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
    return [bytes.length, gzipSync(bytes, { level: 9 }).length, brotli.length];
  };
  const critical = ["index.js", "fewbits_first_bg.wasm"];
  const rows = below(out).filter((name) => !name.endsWith(".d.ts")).map((name) => [name, ...weigh(name)]);
  const sum = [1, 2, 3].map((i) => rows.filter(([name]) => critical.includes(name)).reduce((n, row) => n + row[i], 0));
  const line = (row) => console.log(`${String(row[0]).padEnd(34)}${row.slice(1).map((n) => String(n).padStart(9)).join("")}`);
  line(["", "raw", "gzip", "brotli"]);
  rows.forEach(line);
  line(["critical path", ...sum]);
}
