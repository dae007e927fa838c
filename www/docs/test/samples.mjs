// Every code sample of the documents, with its place.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const DOCS = fileURLToPath(new URL("../../../docs/", import.meta.url));
/** Not samples for users: decision records, and what commands write. */
const LEFT_OUT = new Set(["adr", "generated", "reference"]);

export const pages = readdirSync(DOCS, { recursive: true })
  .filter((path) => path.endsWith(".md") && !LEFT_OUT.has(path.split(/[/\\]/)[0]))
  .sort();

/** `{ page, line, language, text, given }`. A comment `<!-- given: ... -->` right above a sample declares, for the
 * compiler alone, what the reader knows from elsewhere. */
export const samples = pages.flatMap((page) => samplesOf(page, readFileSync(join(DOCS, page), "utf8")));

export function samplesOf(page, source) {
  const lines = source.split("\n"), found = [];
  for (let i = 0; i < lines.length; i++) {
    const opened = /^(\s*)(`{3,})(\w*)/.exec(lines[i]);
    if (!opened) continue;
    const [, indent, fence, language] = opened;
    const start = i + 1;
    while (++i < lines.length && lines[i].trim() !== fence);
    const text = lines.slice(start, i).map((line) => line.startsWith(indent) ? line.slice(indent.length) : line).join("\n");
    const above = lines.slice(0, start - 1).join("\n").trimEnd();
    const given = /<!-- given: ((?:(?!-->)[\s\S])*) -->$/.exec(above)?.[1] ?? "";
    found.push({ page: relative(".", page), line: start + 1, language, text, given });
  }
  return found;
}
