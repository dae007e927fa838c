import { build } from "esbuild";
import fewbits from "fewbits/plugin";
import { copyFileSync } from "node:fs";

await build({
  entryPoints: ["main.js"], bundle: true, splitting: true, format: "esm", minify: true, outdir: "dist", plugins: [fewbits.esbuild()],
});
copyFileSync("index.html", "dist/index.html");
