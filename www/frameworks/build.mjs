// Builds the test pages: the same small app in each framework, for the browser and for the server.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

/** Svelte, of the version that is installed in a folder, as a plugin. `options` are those of its compiler. */
function svelte(folder, options) {
  const { compile } = createRequire(path.join(folder, "package.json"))("svelte/compiler");
  return {
    name: "svelte",
    setup(setup) {
      setup.onResolve({ filter: /^svelte(\/|$)/ }, ({ path: name, kind, pluginData }) =>
        pluginData === folder ? undefined : setup.resolve(name, { kind, resolveDir: folder, pluginData: folder }));
      setup.onLoad({ filter: /\.svelte$/ }, async ({ path: filename }) => {
        const { js } = compile(await readFile(filename, "utf8"), { filename, ...options });
        return { contents: js.code, loader: "js" };
      });
    },
  };
}

const modules = path.join(here, "..", "node_modules");
const own = (name) => path.join(here, name, "node_modules");
const react = (folder) => Object.fromEntries(["react", "react-dom"].map((name) => [name, path.join(folder, name)]));

/** Each framework: its entries, and what bundling it needs. */
export const FRAMEWORKS = [
  { name: "react18", client: "react/client.jsx", server: "react/server.jsx", both: { alias: react(own("react18")) } },
  { name: "react19", client: "react/client.jsx", server: "react/server.jsx", both: { alias: react(modules) } },
  { name: "vue3", client: "vue/client.js", server: "vue/server.js" },
  {
    name: "svelte4", client: "svelte/client4.js", server: "svelte/server4.js",
    browser: { plugins: [svelte(path.join(here, "svelte4"), { generate: "dom", hydratable: true, dev: true })] },
    process: { plugins: [svelte(path.join(here, "svelte4"), { generate: "ssr", hydratable: true })] },
  },
  {
    name: "svelte5", client: "svelte/client5.js", server: "svelte/server5.js",
    browser: { plugins: [svelte(path.join(here, ".."), { generate: "client", dev: true })] },
    process: { plugins: [svelte(path.join(here, ".."), { generate: "server", dev: true })] },
  },
];

/** Real routers, each with its framework. */
export const ROUTERS = [
  { name: "router-react", client: "routers/react.jsx", both: { alias: react(modules) } },
  { name: "router-vue", client: "routers/vue.js" },
];

const common = {
  absWorkingDir: here, bundle: true, jsx: "automatic", target: "es2022", logLevel: "warning",
  external: ["/lab/sdk/index.js", "/lab/sdk/dom.js"],
  // Their warnings are what is looked for.
  define: { "process.env.NODE_ENV": '"development"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "true" },
};

/** The script of a framework's page, into a file. */
export const forBrowser = ({ client, both, browser }, outfile) => build({
  ...common, ...both, ...browser, entryPoints: [client], outfile, format: "esm",
  conditions: ["svelte", "browser", "development"],
});

/** What renders its page on a server: a module with `whole()`, and in React `streamed()`. */
export async function forServer({ server, both, process }, outfile) {
  await build({
    ...common, ...both, ...process, entryPoints: [server], outfile, format: "cjs", platform: "node",
    conditions: ["svelte", "node", "development"],
  });
  return require(outfile);
}
