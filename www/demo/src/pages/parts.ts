import type { Product } from "../catalogue.ts";
import { html, raw, type Html } from "./html.ts";

export const price = (pounds: number): string => `£${pounds}`;

export function card(it: Product, lazy = true): Html {
  return html`<li><a class="card" href="/${it.aisle}/${it.slug}/" data-testid="product-card">
<img src="/img/${it.slug}.svg" alt="" width="480" height="480"${lazy && raw(` loading="lazy"`)}>
<span class="card-words"><span class="card-name">${it.name}</span><span class="card-price">${price(it.price)}</span><span class="card-line">${it.line}</span></span></a></li>`;
}

export const shelf = (products: Product[]): Html => html`<ul class="shelf">${products.map((it) => card(it))}</ul>`;

/** All of an aisle: what the page is about, so its pictures are not loaded late. */
export const wholeShelf = (products: Product[]): Html => html`<ul class="shelf whole">${products.map((it) => card(it, false))}</ul>`;

/**
 * A slot: a place of the page with a finite set of variants. The page is delivered with `otherwise`, which stays
 * where nothing can or may decide; every variant lies beside it in a template and has the same size.
 */
export function slot(name: string, otherwise: string, variants: Record<string, Html>, attributes = ""): Html {
  return html`<div data-slot="${name}" data-variant="${otherwise}" data-otherwise="${otherwise}"${raw(attributes)}>${variants[otherwise]}</div>
${Object.entries(variants).map(([variant, content]) => html`<template data-for="${name}" data-variant="${variant}">${content}</template>`)}`;
}

/** One line under the hero and on product pages, by what the visitor is about to do. */
export const note = (): Html => html`<aside class="note" aria-label="From the counter">${slot("note", "returns", {
  returns: html`<p>Returns are free for sixty days, also for things that have been out in the rain.</p>`,
  repairs: html`<p>What we sell, we mend: seams, soles and zips, for as long as you keep it.</p>`,
  help: html`<p>Unsure about a size, a seam, a slope? Ask us before you decide: we have worn all of it.</p>`,
  comparing: html`<p>Hard to choose? Take two, walk in both, and send one back.</p>`,
  buying: html`<p>Something is waiting in your <a href="/cart/">basket</a>. Posted today if you order before four.</p>`,
})}</aside>`;
