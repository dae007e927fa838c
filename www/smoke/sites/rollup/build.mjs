import resolve from "@rollup/plugin-node-resolve";
import fewbits from "fewbits/plugin";
import { copyFileSync } from "node:fs";
import { rollup } from "rollup";

const bundle = await rollup({ input: "main.js", plugins: [fewbits.rollup(), resolve({ browser: true })] });
await bundle.write({ dir: "dist", format: "es" });
copyFileSync("index.html", "dist/index.html");
