import { AISLES } from "../catalogue.ts";
import { FINDS } from "../finds.ts";
import { html, type Html } from "./html.ts";
import { SHOP, type Page } from "./layout.ts";

const option = (value: string, name: string): Html => html`<option value="${value}">${name}</option>`;

/** The aisle of used things: ranked in the browser, out of a catalogue that no shelf would hold. */
export const finds: Page = {
  path: "/handed-on/",
  kind: "finds",
  title: `Handed on · ${SHOP}`,
  description: "Used pieces, mended and priced, in an order of your own.",
  body: html`<section class="block first"><div class="aisle-head"><h1>Handed on</h1>
<p class="lead">${FINDS.toLocaleString("en-GB")} pieces that came back, were mended at our bench and wait for somebody else. Too many to walk past, so your browser puts in front what you are likely to like.</p></div>
<form class="finds-ask" data-finds-ask aria-label="Narrow it down">
<label>Aisle <select name="aisle">${option("", "All of them")}${AISLES.map(({ id, name }) => option(id, name))}</select></label>
<label>At most <select name="price">${option("", "any price")}${[25, 50, 100, 200].map((pounds) => option(String(pounds), `£${pounds}`))}</select></label>
<label class="tick"><input type="checkbox" name="good"> In good condition</label>
</form>
<p class="small" data-finds-said role="status">The list needs a script, and WebAssembly. Without them, the <a href="/">aisles</a> have everything new.</p>
<ul class="shelf finds" data-testid="finds"></ul>
<template id="find"><li><div class="card"><img alt="" width="480" height="480" loading="lazy"><span class="card-words"><a class="card-name"></a><span class="card-price"></span><span class="card-line"></span></span><span class="find-why"></span></div></li></template></section>`,
};
