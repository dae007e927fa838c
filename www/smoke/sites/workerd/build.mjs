// As Cloudflare's own tool does it: one script by esbuild, with modules of the platform left as imports.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const beside = {
  name: "beside",
  setup(setup) {
    setup.onResolve({ filter: /\.(wasm|fbk)$/ }, ({ path }) => ({ path: `./${path.split("/").pop()}`, external: true }));
  },
};
mkdirSync("dist", { recursive: true });
await build({
  entryPoints: ["main.js"], bundle: true, format: "esm", target: "es2022", outfile: "dist/main.js",
  conditions: ["workerd", "worker", "browser"], plugins: [beside],
});
const dist = fileURLToPath(new URL("dist/", import.meta.resolve("fewbits/package.json")));
for (const file of readdirSync(dist).filter((name) => name.endsWith(".wasm"))) copyFileSync(`${dist}${file}`, `dist/${file}`);
