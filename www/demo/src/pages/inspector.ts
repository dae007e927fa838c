import { html } from "./html.ts";
import { SHOP, type Page } from "./layout.ts";

const LANGUAGES: [tag: string, name: string][] = [["en", "English"], ["de", "Deutsch"], ["fr", "Français"], ["es", "Español"]];

export const inspector: Page = {
  path: "/inspector/",
  kind: "inspector",
  title: `Inspector · ${SHOP}`,
  description: "All that this shop knows, decides and has told, for visitors, reviewers and developers.",
  body: html`<div class="block first inspect"><h1>Inspector</h1>
<p class="lead">The same for every site that uses fewbits: an element of the package, <code>&lt;fewbits-inspector&gt;</code>, and nothing that this shop has written itself. Walk about in the shop and come back: it goes on recording.</p>
<p class="row"><label class="tongue">Language <select data-testid="inspector-language">${LANGUAGES.map(([tag, name]) => html`<option value="${tag}">${name}</option>`)}</select></label></p>
<fewbits-inspector lang="en" data-testid="inspector"></fewbits-inspector>
</div>`,
};
