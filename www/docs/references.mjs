// The two references of the site: every key of a book, from its schema; every type of the package, from its source.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Application } from "typedoc";

const here = dirname(fileURLToPath(import.meta.url));
const SCHEMA = join(here, "..", "..", "docs", "book.schema.json");

/** Writes both into a folder, which is emptied first. */
export async function writeReferences(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "book.md"), bookReference(JSON.parse(readFileSync(SCHEMA, "utf8"))));
  writeFileSync(join(folder, "api.md"), await apiReference(join(folder, "types")));
}

const escape = (text) => String(text).replaceAll("|", "\\|").replaceAll("\n", " ");
const code = (value) => `\`${JSON.stringify(value)}\``;
const anchor = (name) => name.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** What a schema allows, in a few words. */
function allowed(schema) {
  if (schema === true || schema === undefined) return "anything";
  if (schema === false) return "nothing";
  if (schema.$ref) {
    const name = schema.$ref.replace("#/$defs/", "");
    return `[${name}](#${anchor(name)})`;
  }
  if ("const" in schema) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(", ");
  const any = schema.oneOf ?? schema.anyOf;
  if (any) return any.map(allowed).join(" or ");
  if (schema.allOf) return schema.allOf.filter((part) => !part.not).map(allowed).join(" and ");
  const types = [schema.type ?? "anything"].flat();
  const words = types.map((type) => {
    if (type === "array") return `list of ${allowed(schema.items)}`;
    if (type === "object" && schema.additionalProperties && schema.additionalProperties !== true && !schema.properties)
      return `object of ${allowed(schema.additionalProperties)}`;
    return type;
  });
  return words.join(" or ") + bounds(schema);
}

function bounds(schema) {
  const said = [
    ["minimum", "from"], ["exclusiveMinimum", "above"], ["maximum", "to"], ["exclusiveMaximum", "below"],
    ["minItems", "at least"], ["maxItems", "at most"], ["minLength", "at least"], ["maxLength", "at most"],
    ["minProperties", "at least"], ["maxProperties", "at most"], ["multipleOf", "in steps of"],
  ].filter(([key]) => key in schema).map(([key, word]) => `${word} ${schema[key]}${key.endsWith("Length") ? " characters" : ""}`);
  if (schema.pattern) said.push(`as ${code(schema.pattern)}`);
  return said.length ? `, ${said.join(" ")}` : "";
}

function keys(schema) {
  const rows = Object.entries(schema.properties ?? {}).map(([key, value]) => {
    const required = schema.required?.includes(key) ? "required" : "";
    const standard = value.default !== undefined ? code(value.default) : "";
    return `| \`${key}\` | ${required || standard} | ${escape(allowed(value))} | ${escape(value.description ?? "")} |`;
  });
  return rows.length ? ["| key | | is | |", "|---|---|---|---|", ...rows].join("\n") : "";
}

function section(name, schema, level) {
  const head = `${"#".repeat(level)} ${name}`;
  const facts = schema.properties ? keys(schema) : escape(allowed(schema));
  return [head, schema.description ?? "", facts].filter(Boolean).join("\n\n");
}

export function bookReference(schema) {
  const parts = Object.entries(schema.$defs).map(([name, part]) => section(name, part, 3));
  return [
    "# Every key of a book",
    "Made from [`book.schema.json`](../book.schema.json), which a test keeps equal to the parser. "
      + "[The book](../book.md) says the same as a text, with the reasons.",
    "## The document", schema.description ?? "", keys(schema), "## Its parts", ...parts,
  ].filter(Boolean).join("\n\n") + "\n";
}

async function apiReference(folder) {
  const app = await Application.bootstrapWithPlugins({
    entryPoints: [join(here, "..", "sdk", "src", "types.ts")],
    tsconfig: join(here, "..", "sdk", "tsconfig.json"),
    plugin: ["typedoc-plugin-markdown"],
    readme: "none", hideBreadcrumbs: true, hidePageHeader: true, disableSources: true, outputFileStrategy: "modules",
    parametersFormat: "table", interfacePropertiesFormat: "table", typeDeclarationFormat: "table", sort: ["source-order"],
    expandObjects: false, logLevel: "Warn", skipErrorChecking: true, entryFileName: "index.md", hidePageTitle: true, useHTMLAnchors: false,
  });
  const project = await app.convert();
  if (!project) throw new Error("typedoc could not read the types");
  app.options.setValue("outputs", [{ name: "markdown", path: folder }]);
  await app.generateOutputs(project);
  const text = readFileSync(join(folder, "index.md"), "utf8");
  rmSync(folder, { recursive: true });
  return `# Every type of the package\n\nMade from [\`types.ts\`](../../www/sdk/src/types.ts). [The SDK](../sdk.md) says how they work together.\n\n${text}`;
}
