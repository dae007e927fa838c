// What the package exports: the one list that build.mjs makes dist/ and the `exports` of package.json from.
//
// An entry `{ name }` is `fewbits/NAME`: `src/NAME.ts` (or .tsx), built to dist/NAME.js with dist/NAME.d.ts. More keys:
//   on       "page" (the default): for any place, without Node's modules; "node": for processes alone
//   alone    built by itself, so that it shares no chunk with other entries: what pages load first
//   hosts    files for some export conditions instead of dist/NAME.js, by condition; their types are those of the entry
// What is imported by a bare name (`react`) stays an import: name it in `peerDependencies`, as an optional one.
export const entries = [
  {
    name: "index", alone: true,
    hosts: { workerd: "index.workerd", "edge-light": "index.edge-light", deno: "index.node", bun: "index.node", node: "index.node" },
  },
  { name: "node", on: "node" },
];

/** WebAssembly modules; the first two are exported for bundlers that have to be told of them. */
export const modules = ["fewbits_core_bg.wasm", "fewbits_full_bg.wasm", "fewbits_author_bg.wasm"];

/** Before these conditions come those that a page's bundler knows to be better: a worker of a cloud also says `worker`. */
const EARLY = ["workerd", "edge-light"];

/** The `exports` of package.json. */
export function exportsOf(list = entries) {
  const file = (name) => `./dist/${name}.js`;
  const all = {};
  for (const { name, hosts = {} } of list) {
    const own = file(name);
    const conditions = { types: `./dist/${name}.d.ts` };
    const add = (names) => { for (const one of names) if (hosts[one]) conditions[one] = file(hosts[one]); };
    add(EARLY);
    // A page is told from a process by what its bundler says, and not by what is left.
    if (Object.keys(hosts).length) conditions.browser = conditions.worker = own;
    add(Object.keys(hosts).filter((one) => !EARLY.includes(one)));
    all[name === "index" ? "." : `./${name}`] = { ...conditions, default: own };
  }
  for (const module of modules.slice(0, 2)) all[`./${module}`] = { types: `./dist/${module}.d.ts`, default: `./dist/${module}` };
  all["./package.json"] = "./package.json";
  return all;
}
