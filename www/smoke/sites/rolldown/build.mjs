import fewbits from "fewbits/plugin";
import { copyFileSync } from "node:fs";
import { build } from "rolldown";

await build({ input: "main.js", platform: "browser", plugins: [fewbits.rolldown()], output: { dir: "dist", minify: true } });
copyFileSync("index.html", "dist/index.html");
