// Builds the site into dist/: first the references, made from the schema and from the types; `--dev` serves instead.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, createServer } from "vitepress";
import { writeReferences } from "./references.mjs";

const here = dirname(fileURLToPath(import.meta.url));
await writeReferences(join(here, "..", "..", "docs", "reference"));
if (process.argv.includes("--dev")) {
  const server = await createServer(here);
  await server.listen();
  server.printUrls();
} else {
  await build(here);
}
