// Builds the shop into dist/: pages and drawings from the catalogue, the compiled book, scripts, styles.
import { execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compile } from "fewbits/node";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const at = (...parts) => path.join(HERE, ...parts);
const ASSETS = at("dist", "assets");

async function write(name, content) {
  const target = at("dist", name);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, content);
}

async function pages() {
  const { outputFiles } = await build({
    entryPoints: [at("src/site.ts")], bundle: true, write: false, platform: "node", format: "esm", logLevel: "warning",
  });
  const source = Buffer.from(outputFiles[0].contents).toString("base64");
  const { files, finds } = await import(`data:text/javascript;base64,${source}`);
  await Promise.all([...files()].map(([name, content]) => write(name, content)));
  await catalogue([...finds()]);
}

/** The used pieces, for the browser to rank. */
async function catalogue(lines) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "fernhill-"));
  try {
    const items = path.join(folder, "finds.jsonl");
    await writeFile(items, `${lines.join("\n")}\n`);
    const args = ["run", "-q", "-p", "fewbits-cli", "--", "catalogue", "build", items, "-o", path.join(ASSETS, "finds.fbc")];
    execFileSync("cargo", args, { cwd: at("..", ".."), stdio: ["ignore", "ignore", "inherit"] });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function book() {
  const json = await readFile(at("src/shop.book.json"), "utf8");
  await write("assets/shop.book.json", json);
  await write("assets/shop.book", await compile(json));
}

const scripts = (entries, more) => build({
  entryPoints: entries, outdir: ASSETS, bundle: true, format: "esm", target: "es2022", minify: true, sourcemap: true, logLevel: "warning", ...more,
});

await rm(at("dist"), { recursive: true, force: true });
await mkdir(ASSETS, { recursive: true });
await Promise.all([
  pages(),
  book(),
  ...["first", "context", "decide", "store", "watch", "full", "catalogue"].map((name) => `fewbits_${name}_bg.wasm`).map((module) =>
    copyFile(fileURLToPath(import.meta.resolve(`fewbits/${module}`)), path.join(ASSETS, module))),
  scripts({ shop: at("src/client/main.ts") }, { splitting: true, chunkNames: "[name]-[hash]" }),
  scripts({ boot: at("src/client/boot.ts") }, { format: "iife" }),
  // Where the package looks for it: beside the script that starts it.
  scripts({ "catalogue-worker": path.join(path.dirname(fileURLToPath(import.meta.resolve("fewbits/package.json"))), "dist/catalogue-worker.js") }, { sourcemap: false }),
  scripts({ shop: at("src/styles/shop.css") }, { target: undefined }),
]);
