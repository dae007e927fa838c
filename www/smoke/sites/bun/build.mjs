// Run by Bun itself, whose bundler is a part of it.
import { build } from "bun";
import fewbits from "fewbits/plugin";
import { copyFileSync } from "node:fs";

await build({ entrypoints: ["main.js"], outdir: "dist", target: "browser", splitting: true, minify: true, plugins: [fewbits.bun()] });
copyFileSync("index.html", "dist/index.html");
