// What the package exports: the one list that build.mjs makes dist/ and the `exports` of package.json from.
//
// An entry `{ name }` is `fewbits/NAME`: `src/NAME.ts` (or .tsx), built to dist/NAME.js with dist/NAME.d.ts. More keys:
//   on       "page" (the default): for any place, without Node's modules; "node": for processes alone
//   alone    built by itself, so that it shares no chunk with other entries: what pages load first
//   hosted   it starts the SDK by `src/host.ts`: built once more for each of HOSTS, to dist/NAME.HOST.js
//   bound    it carries the modules in itself, and must not name their files
//   peers    what the site installs for it: packages that the entry imports by name, which stay imports
//   compiled what the site's own compiler reads: under this condition it is dist/NAME/index.js, from `src/NAME/` as it is there
export const entries = [
  { name: "index", alone: true, hosted: true },
  { name: "sync", hosted: true },
  { name: "inline", alone: true, bound: true },
  { name: "evaluate", hosted: true },
  { name: "catalogue", hosted: true },
  { name: "head" },
  { name: "node", on: "node" },
  { name: "plugin", on: "node", peers: ["unplugin"] },
  ...["tcf", "gpp", "consent-mode"].map((name) => ({ name })),
  ...["openrtb", "prebid", "gpt", "growthbook", "ssr"].map((name) => ({ name })),
  { name: "openfeature", peers: ["@openfeature/web-sdk"] },
  { name: "inspector" },
  { name: "dom" },
  ...["react", "vue"].map((name) => ({ name, peers: [name] })),
  { name: "svelte", peers: ["svelte"], compiled: "svelte" },
];

/** What entries start as workers: `src/NAME.ts`, built beside them. */
export const workers = ["catalogue-worker"];

/** The classic script, for pages without a bundler: `src/global.ts`. What it loads on demand are the parts of `index`. */
export const script = "fewbits.global";

/** The script for the <head>, as a file: `src/head.snippet.ts`. */
export const snippet = "fewbits.head";

/** Places where modules and storage are found otherwise than in a page, each with its `src/host.HOST.ts`. */
export const HOSTS = ["workerd", "edge-light", "node"];

/** WebAssembly modules; all but the last are exported for bundlers that have to be told of them. */
export const modules = ["first", "context", "decide", "store", "watch", "core", "full", "catalogue", "author"].map((name) => `fewbits_${name}_bg.wasm`);

/** Export conditions and the host behind each; "": a page. The order matters: a worker of a cloud also says `worker`. */
const CONDITIONS = Object.entries({
  workerd: "workerd", "edge-light": "edge-light", browser: "", worker: "", deno: "node", bun: "node", node: "node", default: "",
});

/** The `exports` of package.json. */
export function exportsOf(list = entries) {
  const all = {};
  for (const { name, hosted, compiled } of list) {
    const file = (host) => `./dist/${name}${host && `.${host}`}.js`;
    const conditions = hosted ? Object.fromEntries(CONDITIONS.map(([one, host]) => [one, file(host)]))
      : { ...compiled && { [compiled]: `./dist/${name}/index.js` }, default: file("") };
    all[name === "index" ? "." : `./${name}`] = { types: `./dist/${name}.d.ts`, ...conditions };
  }
  all[`./${script}.js`] = { types: `./dist/${script}.d.ts`, default: `./dist/${script}.js` };
  all[`./${snippet}.js`] = { types: `./dist/${snippet}.d.ts`, default: `./dist/${snippet}.js` };
  for (const module of modules.slice(0, -1)) all[`./${module}`] = { types: `./dist/${module}.d.ts`, default: `./dist/${module}` };
  all["./package.json"] = "./package.json";
  return all;
}
