// Every code sample of the documents is compiled: scripts by TypeScript against the package, books by the compiler,
// commands by what the command line says it knows.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import ts from "typescript";
import { check } from "fewbits/node";
import { samples, samplesOf } from "./samples.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const SCRIPTS = { js: "js", ts: "ts", jsx: "jsx", tsx: "tsx", mjs: "js" };
/** What is shown and not run: output, diagrams, formats of other programs. */
const SHOWN = new Set(["", "text", "console", "diff", "toml", "ini", "nginx", "css", "yaml", "http", "sql", "csv"]);

/** What the reader of an example has: the running package, and what other scripts of the page brought. */
const GIVEN = {
  "given.d.ts": `import type { Fewbits } from "fewbits";
    declare global {
      const fb: Fewbits;
      interface Window { fewbits: any }
      const fewbits: any;
      const pbjs: { setConfig(config: object): void };
    }`,
  "../src/hook.d.ts": `import type { RtdSubmodule } from "fewbits/prebid";
    export function submodule(kind: "realTimeData", one: RtdSubmodule): void;`,
};

const place = ({ page, line }) => `docs/${page}:${line}`;

/** The compiler's complaints about samples, each with its place in the documents. */
function complaints(all, options) {
  const files = new Map(all.map((sample, i) => {
    return [join(here, `sample-${i}.${SCRIPTS[sample.language]}`), { sample, text: `export {};\n${sample.text}` }];
  }));
  const settings = {
    target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"], jsx: ts.JsxEmit.ReactJSX, types: ["node"],
    noEmit: true, skipLibCheck: true, allowJs: true, checkJs: true, resolveJsonModule: true, ...options,
  };
  for (const [name, text] of Object.entries(GIVEN)) files.set(join(here, name), { text });
  // What the reader knows from elsewhere is declared in a file of its own, for all samples of this kind.
  for (const [i, { given }] of all.entries()) if (given) files.set(join(here, `given-${i}.d.ts`), { text: `${given};` });
  const host = ts.createCompilerHost(settings);
  const { fileExists, readFile, getSourceFile } = host;
  // Folders of files that are only said to be there.
  host.directoryExists = undefined;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name)?.text ?? readFile(name);
  host.getSourceFile = (name, version, ...rest) => files.has(name)
    ? ts.createSourceFile(name, files.get(name).text, version) : getSourceFile(name, version, ...rest);
  const program = ts.createProgram([...files.keys()], settings, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, "\n");
    const known = file && files.get(file.fileName);
    if (!known?.sample) return known ? `what is given: ${text}` : text;
    const { line } = file.getLineAndCharacterOfPosition(start);
    return `docs/${known.sample.page}:${known.sample.line + line - 1}: ${text}`;
  });
}

test("scripts compile against the package", () => {
  const scripts = samples.filter(({ language }) => language in SCRIPTS);
  assert.ok(scripts.length > 5, `${scripts.length} found`);
  const typed = scripts.filter(({ language }) => language.startsWith("t"));
  const plain = scripts.filter(({ language }) => !language.startsWith("t"));
  const wrong = [...complaints(typed, { strict: true }), ...complaints(plain, { strict: false, noImplicitAny: false })];
  assert.deepEqual(wrong, []);
});

test("a sample that does not compile is found, with its place", () => {
  const [sample] = samplesOf("page.md", "<!-- given: declare const which: number -->\n\n```ts\nfb.track(which);\n```\n");
  const [wrong, ...more] = complaints([sample], { strict: true });
  assert.match(wrong, /^docs\/page.md:4: Argument of type 'number'/);
  assert.deepEqual(more, []);
});

test("JSON is JSON, and books are accepted", async () => {
  let books = 0;
  for (const sample of samples.filter(({ language }) => language === "json")) {
    let document;
    try {
      document = JSON.parse(sample.text);
    } catch {
      // Lines of JSON, or members of an object.
      const lines = sample.text.split("\n").filter((line) => line.trim());
      const wrapped = () => JSON.parse(`{${sample.text.replace(/,\s*$/, "")}}`);
      assert.doesNotThrow(() => { try { lines.forEach((line) => JSON.parse(line)); } catch { wrapped(); } }, place(sample));
      continue;
    }
    if (!document.signals || !document.fewbits) continue;
    books++;
    const findings = (await check(sample.text)).filter(({ severity }) => severity === "error");
    assert.deepEqual(findings.map(({ line, message }) => `docs/${sample.page}:${sample.line + line - 1}: ${message}`), []);
  }
  assert.ok(books > 5, `${books} found`);
});

test("commands and their options exist", { skip: process.env.FEWBITS_CLI ? false : "FEWBITS_CLI does not name the command line" }, () => {
  const help = new Map();
  const knows = (command) => {
    if (!help.has(command)) help.set(command, execFileSync(process.env.FEWBITS_CLI, [...command.split(" ").filter(Boolean), "--help"], { encoding: "utf8" }));
    return help.get(command);
  };
  let seen = 0;
  for (const sample of samples.filter(({ language }) => ["sh", "console"].includes(language))) {
    const lines = sample.text.replaceAll("\\\n", " ").split("\n");
    for (const line of lines) {
      const said = /^(?:\$ )?(?:fewbits|cargo run .*-p fewbits-cli --) (.*)$/.exec(line);
      if (!said) continue;
      seen++;
      const words = said[1].replace(/\s+#.*/, "").split(/\s+/);
      const where = `${place(sample)}: ${line}`;
      const top = words[0];
      assert.match(knows(""), new RegExp(`^ +${top}\\b`, "m"), where);
      const nested = words[1] && new RegExp(`^ +${words[1].replace(/\W/g, "\\$&")} {2,}`, "m").test(knows(top)) ? `${top} ${words[1]}` : top;
      for (const word of words) {
        const option = /^--[a-z-]+/.exec(word)?.[0];
        if (option) assert.ok(new RegExp(`${option}\\b`).test(knows(nested)), `${where}: ${option}`);
      }
    }
  }
  assert.ok(seen > 5, `${seen} found`);
});

test("every sample is of a kind that is checked here", () => {
  const known = (language) => language in SCRIPTS || SHOWN.has(language) || ["json", "sh", "html", "vue", "svelte", "rust"].includes(language);
  assert.deepEqual(samples.filter(({ language }) => !known(language)).map((sample) => `${place(sample)}: ${sample.language}`), []);
});
