// All files of the shop but scripts and styles: run at build time by `build.mjs`.
import { AISLES, PRODUCTS } from "./catalogue.ts";
import { crowd } from "./draw/crowd.ts";
import { landscape, type Scene } from "./draw/hero.ts";
import { about } from "./pages/about.ts";
import { finds } from "./pages/finds.ts";
import { HEROES, home } from "./pages/home.ts";
import { MARK } from "./pages/icons.ts";
import { inspector } from "./pages/inspector.ts";
import { document, type Page } from "./pages/layout.ts";
import { aislePage, cart, checkout, lost, productPage, thanks } from "./pages/shopping.ts";

const PAGES: Page[] = [home, ...AISLES.map(aislePage), ...PRODUCTS.map(productPage), cart, checkout, thanks, finds, about, inspector, lost];

export function files(): Map<string, string> {
  const out = new Map<string, string>();
  for (const page of PAGES) out.set(page.path.endsWith("/") ? `${page.path}index.html` : page.path, document(page));
  for (const it of PRODUCTS) out.set(`/img/${it.slug}.svg`, it.picture);
  for (const scene of Object.keys(HEROES) as Scene[]) {
    out.set(`/img/hero-${scene}.svg`, landscape(scene, false));
    out.set(`/img/hero-${scene}-night.svg`, landscape(scene, true));
  }
  return out.set("/img/crowd.svg", crowd()).set("/img/mark.svg", MARK);
}

export { lines as finds } from "./finds.ts";
