// No bundler: the files of the package, and an import map.
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";

cpSync(fileURLToPath(new URL(".", import.meta.resolve("fewbits/package.json"))) + "dist", "dist/fewbits", { recursive: true });
for (const file of ["index.html", "main.js", "visit.js", "use.js"]) cpSync(file, `dist/${file}`);
