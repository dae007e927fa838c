import { AISLES, type AisleId } from "../catalogue.ts";
import { consentBanner } from "./consent.ts";
import { html, raw, type Html } from "./html.ts";
import { ICONS } from "./icons.ts";
import { panel } from "./panel.ts";

export interface Page {
  /** Address, with a slash at the end. */
  path: string;
  kind: "home" | "aisle" | "product" | "cart" | "checkout" | "thanks" | "about" | "finds" | "inspector" | "lost";
  title: string;
  description: string;
  aisle?: AisleId;
  body: Html;
}

export const SHOP = "Fernhill";

export function document({ path, kind, title, description, aisle, body }: Page): string {
  const here = (target: string) => path === target && raw(` aria-current="page"`);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<meta name="description" content="${description}">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#f7f4ed">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#121916">
<link rel="icon" href="/img/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/shop.css">
<script src="/assets/boot.js"></script>
<script type="module" src="/assets/shop.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${consentBanner()}
<div class="shop">
<aside class="notice" aria-label="About this shop"><p>A demonstration shop: nothing is sold<span class="wide">, and nothing leaves your browser without your yes</span>.</p>
<button type="button" class="link" data-open="privacy" data-testid="privacy-open">Privacy</button></aside>
<header class="top">
<a class="brand" href="/"><img src="/img/mark.svg" alt="" width="40" height="40"><span>${SHOP}</span></a>
<nav class="aisle-links" aria-label="Aisles"><ul>
${AISLES.map((it) => html`<li><a href="/${it.id}/"${here(`/${it.id}/`)}>${it.name}</a></li>`)}
<li><a href="/handed-on/"${here("/handed-on/")}>Handed on</a></li>
</ul></nav>
<div class="tools">
<button type="button" class="tool" data-open="panel" data-testid="panel-toggle" aria-expanded="false" aria-controls="panel">${ICONS.eye}<span class="tool-name">What this shop knows</span></button>
<a class="tool" href="/cart/"${here("/cart/")}>${ICONS.basket}<span class="tool-name">Basket</span><span class="count"><span data-testid="cart-count">0</span><span class="hidden"> in it</span></span></a>
</div>
</header>
<main id="main" tabindex="-1" data-page="${kind}"${aisle ? raw(` data-aisle="${aisle}"`) : undefined}>
${body}
</main>
<footer class="foot">
<div><p class="brand"><img src="/img/mark.svg" alt="" width="32" height="32" loading="lazy"><span>${SHOP}</span></p>
<p>Good gear for uncertain weather. Drawn, not photographed; invented, not sold.</p></div>
<nav aria-label="All aisles"><h2>Aisles</h2><ul>${AISLES.map((it) => html`<li><a href="/${it.id}/">${it.name}</a></li>`)}<li><a href="/handed-on/">Handed on</a></li></ul></nav>
<nav aria-label="About"><h2>About</h2><ul><li><a href="/how-this-shop-knows/"${here("/how-this-shop-knows/")}>How this shop knows</a></li>
<li><a href="/inspector/"${here("/inspector/")}>Inspector</a></li>
<li><a href="/assets/shop.book.json">The segment book</a></li>
<li><button type="button" class="link" data-open="privacy">Privacy choices</button></li></ul></nav>
</footer>
</div>
${panel()}
</body>
</html>
`.text;
}
