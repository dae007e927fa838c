// `fewbits/plugin`: books are compiled when the site is built. `import book from "./shop.book.json"` gives the compiled
// bytes; a book with errors fails the build, with the lines in question.
import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { createUnplugin, type UnpluginInstance } from "unplugin";
import { compileBook, declareBook, renderFindings } from "./author.js";
import { asset } from "./host.node.js";

export interface PluginOptions {
  /** Which imports are books, by their path. Default: those that end in `.book.json`. */
  books?: RegExp;
  /** Writes what a book names beside it, `shop.book.d.json.ts`, whenever that has changed, so that TypeScript knows.
   * Default: true. */
  types?: boolean;
}

/** The module made of a book is a script, and must not be taken for JSON. */
const ENDING = ".js";
/** A script of this package that looks for a module beside itself. */
const OWN = /[\\/]fewbits[\\/]dist[\\/][^\\/]+\.js$/;
const BESIDE = /new URL\("\.\/(fewbits_\w+_bg\.wasm)",\s*import\.meta\.url\)/g;

/** What a bundler lends a hook. */
interface Hook {
  addWatchFile(file: string): void;
  error(message: { message: string; id: string; loc?: { file: string; line: number; column: number } }): void;
  warn(message: string): void;
}

/** What Rollup lends besides. */
interface Emitter {
  emitFile(file: { type: "asset"; name: string; source: Uint8Array }): string;
}

/** What esbuild and Bun lend. */
interface Build {
  onResolve(of: { filter: RegExp }, resolve: (found: { path: string }) => { path: string; namespace?: string }): void;
  onLoad(of: { filter: RegExp; namespace?: string }, load: (found: { path: string }) => Promise<object | undefined>): void;
}

async function moduleOf(file: string, types: boolean, hook: Hook): Promise<string> {
  hook.addWatchFile(file);
  const json = await readFile(file, "utf8");
  const name = basename(file);
  const compiled = await compileBook(json, { asset });
  if (Array.isArray(compiled)) {
    const first = compiled.find(({ severity }) => severity === "error") ?? compiled[0];
    hook.error({
      message: `${name} has errors:\n\n${await renderFindings(json, file, { asset })}`,
      id: file,
      ...(first && { loc: { file, line: first.line, column: first.column } }),
    });
    return "";
  }
  const warnings = await renderFindings(json, file, { asset });
  if (warnings) hook.warn(warnings);
  if (types) await declare(file, json).catch(() => hook.warn(`what ${name} names could not be written beside it`));
  const text = Buffer.from(compiled).toString("base64");
  return `export default /* @__PURE__ */ Uint8Array.from(/* @__PURE__ */ atob("${text}"), (one) => one.charCodeAt(0));\n`;
}

/** Only what is new is written: who watches the folder is not called for nothing. */
async function declare(file: string, json: string): Promise<void> {
  const text = await declareBook(json, { asset });
  const target = file.replace(/\.([^.]+)$/, ".d.$1.ts");
  if (await readFile(target, "utf8").catch(() => "") !== text) await writeFile(target, text);
}

/** Rollup and Rolldown leave addresses as they are: here the files that they name are put where they lead to. */
const emitting = {
  async transform(this: Emitter, code: string, id: string) {
    if (!OWN.test(id) || !code.match(BESIDE)) return null;
    const references = new Map<string, string>();
    for (const [, name] of code.matchAll(BESIDE)) {
      references.set(name!, this.emitFile({ type: "asset", name: name!, source: await readFile(join(dirname(id), name!)) }));
    }
    return { code: code.replace(BESIDE, (_: string, name: string) => `new URL(import.meta.ROLLUP_FILE_URL_${references.get(name)})`), map: null };
  },
} as never;

/** The same in esbuild and Bun. The address is that of a file in `outdir`, so scripts have to lie there, too. */
function naming(build: Build): void {
  build.onLoad({ filter: OWN }, async ({ path }) => {
    const code = await readFile(path, "utf8");
    const names = [...new Set([...code.matchAll(BESIDE)].map(([, name]) => name!))];
    if (!names.length) return undefined;
    const imports = names.map((name, i) => `import fewbits${i} from ${JSON.stringify(`fewbits-file:${join(dirname(path), name)}`)};`);
    return {
      contents: imports.join("") + code.replace(BESIDE, (_, name: string) => `new URL(fewbits${names.indexOf(name)}, import.meta.url)`),
      loader: "js", resolveDir: dirname(path),
    };
  });
  build.onResolve({ filter: /^fewbits-file:/ }, ({ path }) => ({ path: path.slice("fewbits-file:".length), namespace: "fewbits-file" }));
  build.onLoad({ filter: /./, namespace: "fewbits-file" }, async ({ path }) => ({ contents: await readFile(path), loader: "file" }));
}

const plugin: UnpluginInstance<PluginOptions | undefined, false> = createUnplugin<PluginOptions | undefined>(({ books = /\.book\.json$/, types = true } = {}) => ({
  name: "fewbits",
  enforce: "pre",
  async resolveId(source, importer) {
    if (!books.test(source)) return null;
    if (importer && /^\.\.?\//.test(source)) return resolve(dirname(importer), source) + ENDING;
    // An alias, or a book of a package: the bundler knows.
    const native = this as unknown as { resolve?(source: string, importer?: string, how?: object): Promise<{ id: string } | null> };
    const found = await native.resolve?.(source, importer, { skipSelf: true });
    return (found?.id ?? resolve(source)) + ENDING;
  },
  loadInclude: (id) => id.endsWith(ENDING) && books.test(id.slice(0, -ENDING.length)),
  load(id) {
    return moduleOf(id.slice(0, -ENDING.length), types, this as Hook);
  },
  vite: {
    // Its development server would copy the scripts to where the modules are not beside them.
    config: () => ({ optimizeDeps: { exclude: ["fewbits"] } }),
    hotUpdate({ file, modules }: { file: string; modules: unknown[] }) {
      if (!books.test(file)) return undefined;
      const { environment } = this as unknown as { environment: { moduleGraph: { getModuleById(id: string): unknown } } };
      const made = environment.moduleGraph.getModuleById(file + ENDING);
      return (made ? [...modules, made] : modules) as never;
    },
  },
  rollup: emitting,
  rolldown: emitting,
  esbuild: { setup: (build) => naming(build as unknown as Build) },
  bun: { setup: (build) => naming(build as unknown as Build) },
}));

/** `fewbits.vite()`, `fewbits.webpack()`, `fewbits.rollup()`, `fewbits.esbuild()` and so on, one for each bundler. */
export default plugin;
