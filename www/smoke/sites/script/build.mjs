// No bundler and no modules: a classic script, held to its hash.
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("dist/", import.meta.resolve("fewbits/package.json")));
cpSync(dist, "dist/fewbits", { recursive: true });
const { files } = JSON.parse(readFileSync(`${dist}integrity.json`, "utf8"));
for (const file of ["stub.js", "main.js", "use.js"]) cpSync(file, `dist/${file}`);
writeFileSync("dist/index.html", readFileSync("index.html", "utf8").replace("INTEGRITY", files["fewbits.global.js"].integrity));
