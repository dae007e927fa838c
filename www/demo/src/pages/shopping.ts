import { AISLES, aisleOf, inAisle, type Aisle, type Product } from "../catalogue.ts";
import { html, raw, type Html } from "./html.ts";
import { ICONS } from "./icons.ts";
import { SHOP, type Page } from "./layout.ts";
import { note, price, shelf, wholeShelf } from "./parts.ts";

const trail = (...steps: [name: string, to: string][]): Html => html`<nav class="trail" aria-label="You are here"><ol>
${steps.map(([name, to], at) => html`<li><a href="${to}"${at === steps.length - 1 && raw(` aria-current="page"`)}>${name}</a></li>`)}</ol></nav>`;

export const aislePage = (it: Aisle): Page => ({
  path: `/${it.id}/`,
  kind: "aisle",
  aisle: it.id,
  title: `${it.name} · ${SHOP}`,
  description: it.intro,
  body: html`${trail([SHOP, "/"], [it.name, `/${it.id}/`])}
<section class="block first"><div class="aisle-head"><h1>${it.name}</h1><p class="lead">${it.intro}</p></div>${wholeShelf(inAisle(it.id))}</section>`,
});

function sizes({ sizes: all, aisle }: Product): Html | undefined {
  if (!all.length) return undefined;
  const usual = aisle === "coats" ? "M" : "42";
  return html`<fieldset class="sizes"><legend>Size</legend><div>${all.map((size) => html`<label><input type="radio" name="size" value="${size}"${size === usual && raw(" checked")}><span>${size}</span></label>`)}</div></fieldset>`;
}

export function productPage(it: Product): Page {
  const others = inAisle(it.aisle).filter((other) => other !== it).slice(0, 4);
  const aisle = aisleOf(it.aisle);
  return {
    path: `/${it.aisle}/${it.slug}/`,
    kind: "product",
    aisle: it.aisle,
    title: `${it.name} · ${SHOP}`,
    description: it.line,
    body: html`${trail([SHOP, "/"], [aisle.name, `/${it.aisle}/`], [it.name, `/${it.aisle}/${it.slug}/`])}
<section class="block first product"><img class="product-picture" src="/img/${it.slug}.svg" alt="${it.name}, drawn" width="480" height="480">
<div class="product-words"><h1>${it.name}</h1><p class="lead">${it.line}</p><p class="product-price">${price(it.price)}</p>
<p>${it.text}</p>
<form class="buy" action="/cart/" method="get" data-buy="${JSON.stringify({ slug: it.slug, name: it.name, price: it.price, aisle: it.aisle })}">${sizes(it)}
<button type="submit" class="button big" data-testid="add-to-cart">${ICONS.basket}Add to basket</button><p class="said" role="status"></p></form>
<dl class="facts">${it.facts.map(([name, fact]) => html`<div><dt>${name}</dt><dd>${fact}</dd></div>`)}</dl></div></section>
${note()}
<section class="block" aria-labelledby="others"><h2 id="others">Also in ${aisle.name.toLowerCase()}</h2>${shelf(others)}</section>`,
  };
}

const needsScript = html`<noscript><p class="empty">The basket is kept by your browser alone, so it needs JavaScript. Everything else in this shop works without.</p></noscript>`;

export const cart: Page = {
  path: "/cart/",
  kind: "cart",
  title: `Basket · ${SHOP}`,
  description: "Your basket.",
  body: html`<section class="block first narrow"><h1>Basket</h1>${needsScript}
<div class="basket" data-basket hidden><ul class="lines"></ul><p class="total"><span>Together</span><strong data-total></strong></p>
<p class="row"><a class="button big" href="/checkout/">Go to checkout</a><a class="button quiet big" href="/">Look around some more</a></p></div>
<div class="empty" data-basket-empty hidden><p>Nothing in it yet.</p><p class="row">${AISLES.map((it) => html`<a class="button quiet" href="/${it.id}/">${it.name}</a>`)}</p></div>
<template id="basket-line"><li><img alt="" width="480" height="480"><div><a class="line-name"></a><p class="line-size"></p></div><label class="line-count"><span class="hidden">How many</span><select></select></label><p class="line-price"></p><button type="button" class="icon-button" data-remove>${ICONS.close}<span class="hidden">Remove</span></button></li></template>
<p class="small" data-basket-where></p></section>`,
};

const way = (id: string, name: string, line: string, chosen = false): Html => html`<label class="way"><input type="radio" name="way" value="${id}"${chosen && raw(" checked")}><span><strong>${name}</strong><span>${line}</span></span></label>`;

export const checkout: Page = {
  path: "/checkout/",
  kind: "checkout",
  title: `Checkout · ${SHOP}`,
  description: "A checkout that asks for nothing.",
  body: html`<section class="block first narrow"><h1>Checkout</h1>
<p class="callout"><strong>This is a demonstration.</strong> There is nothing to pay and nothing to fill in: no name, no address, no card. The button empties the basket and notes in your own browser that an order was made.</p>${needsScript}
<form class="checkout" action="/thanks/" method="get"><fieldset class="ways"><legend>How should it not arrive?</legend>
${way("post", "By post", "Would take two days, if it were real", true)}${way("collect", "From the shop", "Behind the church, left of the stile, if there were one")}</fieldset>
<ul class="lines brief"></ul><p class="total"><span>Together</span><strong data-total></strong></p>
<button type="submit" class="button big" data-testid="checkout-submit">Place the order that is none</button></form></section>`,
};

export const thanks: Page = {
  path: "/thanks/",
  kind: "thanks",
  title: `Thank you · ${SHOP}`,
  description: "Thank you.",
  body: html`<section class="block first narrow center"><img src="/img/mark.svg" alt="" width="88" height="88"><h1>Thank you</h1>
<p class="lead">Nothing will be sent, nothing was charged, and nobody was told.</p>
<p>Your browser has made a note that an order took place. Open the panel to see what that changed.</p>
<p class="row"><button type="button" class="button" data-open="panel">What this shop knows</button><a class="button quiet" href="/">Back to the door</a></p></section>`,
};

export const lost: Page = {
  path: "/404.html",
  kind: "lost",
  title: `Off the path · ${SHOP}`,
  description: "There is no such page.",
  body: html`<section class="block first narrow center"><h1>Off the path</h1><p class="lead">There is no such page. The aisles are where they always were.</p>
<p class="row">${AISLES.map((it) => html`<a class="button quiet" href="/${it.id}/">${it.name}</a>`)}</p></section>`,
};
