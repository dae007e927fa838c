import { rspack } from "@rspack/core";
import fewbits from "fewbits/plugin";
import { copyFileSync } from "node:fs";
import path from "node:path";

const here = import.meta.dirname;
rspack({
  mode: "production", context: here, entry: "./main.js", output: { path: path.join(here, "dist"), filename: "main.js" },
  plugins: [fewbits.rspack()],
}, (error, stats) => {
  if (error ?? stats.hasErrors()) {
    console.error(error ?? stats.toString("errors-only"));
    process.exit(1);
  }
  copyFileSync("index.html", "dist/index.html");
});
