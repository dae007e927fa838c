// The site is the repository's own `docs/`, so that a page has one home; what it needs besides (theme, playground,
// references made from the schema and the types) is in this folder.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const REPOSITORY = "https://github.com/fewbits/fewbits";

/** Links that lead out of `docs/` lead to the repository. */
function outside(md) {
  const before = md.renderer.rules.link_open ?? ((tokens, i, options, _, self) => self.renderToken(tokens, i, options));
  md.core.ruler.push("outside", ({ tokens, env }) => {
    const folder = (env.relativePath ?? "").split("/").slice(0, -1);
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === "link_open" && token.attrGet("href");
      if (!href || /^[a-z]+:|^[#/]/.test(href)) continue;
      const path = new URL(href, `file:///docs/${[...folder, ""].join("/")}`).pathname;
      const page = path.endsWith(".md") || path.endsWith(".html");
      if (!path.startsWith("/docs/") || !page) token.attrSet("href", `${REPOSITORY}/blob/main${path}`);
    }
  });
  md.renderer.rules.link_open = before;
}

const page = (text, link) => ({ text, link });

export default defineConfig({
  srcDir: "../../docs",
  outDir: "dist",
  cacheDir: "node_modules/.vitepress",
  srcExclude: ["example/**", "README.md", "style.md"],
  title: "Fewbits",
  description: "Know the group, not the person: visitor segments, computed in the visitor's own browser.",
  head: [["link", { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" }]],
  cleanUrls: false,
  ignoreDeadLinks: "localhostLinks",
  lastUpdated: false,
  markdown: { config: outside, theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" } },
  vite: {
    resolve: { alias: { vue: at("../../node_modules/vue"), "@playground": at("./theme/Playground.vue") } },
    // Its modules are found by addresses beside the script, which the optimiser would move.
    optimizeDeps: { exclude: ["fewbits"] },
    build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 1024 },
    server: { fs: { allow: [at("../../..")] } },
  },
  themeConfig: {
    logo: "/favicon.svg",
    search: { provider: "local" },
    outline: { level: [2, 3] },
    nav: [
      page("Start", "/start"), page("Concepts", "/concepts"), page("Recipes", "/recipes/shop"),
      page("Playground", "/playground"), page("For reviewers", "/reviewer"),
    ],
    sidebar: [
      { text: "Start", items: [page("In ten minutes", "/start"), page("Concepts, in flow order", "/concepts"), page("Playground", "/playground"), page("Questions and honest limits", "/faq")] },
      { text: "Recipes", items: [page("A shop", "/recipes/shop"), page("A publisher", "/recipes/publisher"), page("Business to business", "/recipes/b2b"), page("Server-side rendering", "/recipes/ssr"), page("Advertisements", "/recipes/ads")] },
      { text: "Coming from", items: [page("GrowthBook attributes", "/migrate/growthbook"), page("Uniform Context", "/migrate/uniform"), page("Permutive", "/migrate/permutive")] },
      { text: "Guides", items: [page("The book", "/book"), page("Decisions", "/decisions"), page("Experiments", "/experiments"), page("Models", "/models"), page("Catalogue", "/catalogue"), page("The SDK", "/sdk"), page("Frameworks and markup", "/frameworks"), page("Consent", "/consent"), page("Adapters", "/adapters"), page("The inspector", "/inspector"), page("The package", "/package"), page("The command line", "/cli"), page("The collector", "/collector")] },
      { text: "Privacy", items: [page("The reviewer's guide", "/reviewer"), page("Threat model", "/threat-model"), page("What is read", "/signals"), page("The gate, and its proof", "/gate"), page("The audit", "/audit"), page("The attack", "/attack"), page("Estimates", "/estimates")] },
      { text: "Reference", items: [page("Every key of a book", "/reference/book"), page("Every type of the package", "/reference/api"), page("The compiled book", "/compiled-book"), page("Speed", "/speed"), page("Glossary", "/glossary")] },
    ],
    socialLinks: [{ icon: "github", link: REPOSITORY }],
    footer: { message: "MIT or Apache-2.0, as you choose." },
  },
});
