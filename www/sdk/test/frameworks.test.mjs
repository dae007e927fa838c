// The bindings of frameworks outside of a browser: what importing them does, and the examples of their page.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = path.join(here, "..", "..", "..");
const guide = await readFile(path.join(root, "docs", "frameworks.md"), "utf8");
const examples = [...guide.matchAll(/```(\w+)\n(.*?)```/gs)].map(([, kind, text], index) => ({ kind, text, name: `example ${index + 1}` }));
const of = (...kinds) => examples.filter(({ kind }) => kinds.includes(kind));

/** What TypeScript says about a text, as if it were a file in this folder. */
function typeErrors(text, extension) {
  const file = path.join(here, `example.${extension}`);
  const options = {
    strict: true, noEmit: true, skipLibCheck: true, jsx: ts.JsxEmit.ReactJSX, target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, types: [],
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile: read } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => name === file ? text : read(name);
  host.getSourceFile = (name, ...more) => name === file ? ts.createSourceFile(name, text, more[0]) : getSourceFile(name, ...more);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

test("the page has an example of each kind", () => {
  assert.deepEqual([...new Set(examples.map(({ kind }) => kind))].sort(), ["html", "svelte", "ts", "tsx", "vue"]);
});

for (const { kind, text, name } of of("ts", "tsx")) {
  test(`${name} (${kind}) compiles`, () => assert.deepEqual(typeErrors(text, kind), []));
}

test("a mistake in an example would be noticed", () => {
  const [{ text }] = of("tsx");
  assert.notDeepEqual(typeErrors(text.replace("useIs(\"interest/footwear\")", "useIs(7)"), "tsx"), []);
});

for (const [name, from] of [["React", "react"], ["Vue", "vue"]]) {
  test(`${name}: with the names of a book, others do not compile`, () => {
    const using = (id) => typeErrors(`
      import { useIs } from "fewbits/${from}";
      interface Shop { segment: "interest/boots"; group: "interest/any"; slots: { hero: "winter" | "plain" }; event: "cart"; facts: Record<string, string> }
      export const use = () => useIs<Shop>("${id}");`, "ts");
    assert.deepEqual(using("interest/boots"), []);
    assert.equal(using("interest/shoes").length, 1);
  });
}

for (const { text, name } of of("vue")) {
  test(`${name} (vue) compiles, script and template`, async () => {
    const { compileScript, parse } = await import("vue/compiler-sfc");
    const { descriptor, errors } = parse(text, { filename: "Example.vue" });
    assert.deepEqual(errors, []);
    const { content } = compileScript(descriptor, { id: "example", inlineTemplate: true });
    // The compiler types no event's arguments.
    assert.deepEqual(typeErrors(content, "ts").filter((one) => !/implicitly has an 'any' type/.test(one)), []);
  });
}

for (const [version, folder] of [[4, "../../frameworks/svelte4/package.json"], [5, "../../package.json"]]) {
  for (const { text, name } of of("svelte")) {
    if (version < 5 && text.includes("{#snippet")) continue;
    test(`${name} (svelte) compiles in Svelte ${version}, and what it imports is there`, async () => {
      const { compile } = createRequire(new URL(folder, import.meta.url))("svelte/compiler");
      assert.deepEqual(compile(text, { filename: "Example.svelte" }).warnings.filter(({ code }) => !/deprecated/.test(code)), []);
      assert.deepEqual(typeErrors(text.match(/<script>(.*?)<\/script>/s)[1], "ts"), []);
    });
  }
}

test("the attributes of the page's example are those that are understood", async () => {
  const source = await readFile(new URL("../src/dom.ts", import.meta.url), "utf8");
  const known = [...source.matchAll(/"(data-fewbits-\w+)"/g)].map(([, name]) => name).sort();
  for (const { text } of of("html")) {
    for (const [name] of text.matchAll(/data-fewbits-\w+/g)) assert.ok(known.includes(name), name);
  }
  // And every one of them stands on the page.
  assert.deepEqual([...new Set([...guide.matchAll(/data-fewbits-\w+/g)].map(([name]) => name))].sort(), known);
});

test("importing a binding starts nothing, in a process without a page", async () => {
  for (const name of ["dom", "react", "vue", "svelte"]) await import(`../dist/${name}.js`);
  const { bindDom } = await import("../dist/dom.js");
  let started = false;
  bindDom(() => { started = true; })();
  assert.equal(started, false);
});
