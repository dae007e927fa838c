import { AISLES, bySlug, PRODUCTS, type AisleId } from "../catalogue.ts";
import type { Scene } from "../draw/hero.ts";
import { FINDS } from "../finds.ts";
import { html, type Html } from "./html.ts";
import { ICONS } from "./icons.ts";
import { note, shelf, slot } from "./parts.ts";
import { SHOP, type Page } from "./layout.ts";

interface Hero {
  eyebrow: string;
  title: string;
  line: string;
  to: string;
  action: string;
}

export const HEROES: Record<Scene, Hero> = {
  welcome: { eyebrow: "Outfitters to the undecided sky", title: "Good gear for uncertain weather", line: "Boots, coats and shelters that are made slowly, mended gladly and handed on.", to: "/boots/", action: "Start with boots" },
  winter: { eyebrow: "The cold has been announced", title: "Winter, properly dressed", line: "Felt, down and wax for short days, long walks and the bench outside the bakery.", to: "/coats/", action: "Into the coats" },
  summer: { eyebrow: "The tide is out until six", title: "Bare ankles, warm stones", line: "Cork, leather and webbing for the hours in which nobody wants a sock.", to: "/sandals/", action: "To the sandals" },
  camp: { eyebrow: "Room with a view, bring the room", title: "Sleep where the road ends", line: "Shelters that stand up to a hillside, and packs that get them there.", to: "/tents/", action: "Choose a roof" },
  back: { eyebrow: "The kettle is on", title: "Good to see you again", line: "Your soles can be renewed, your wax topped up. And a few new things have come in.", to: "/packs/", action: "See what is new" },
};

const hero = (scene: Scene): Html => html`<picture><source srcset="/img/hero-${scene}-night.svg" media="(prefers-color-scheme: dark)"><img class="hero-picture" src="/img/hero-${scene}.svg" alt="" width="1600" height="760"></picture>
<div class="hero-words"><p class="eyebrow">${HEROES[scene].eyebrow}</p><h1>${HEROES[scene].title}</h1><p class="hero-line">${HEROES[scene].line}</p>
<a class="button" href="${HEROES[scene].to}">${HEROES[scene].action}${ICONS.arrow}</a></div>`;

const pick = (...slugs: string[]) => shelf(slugs.map(bySlug));

const PICKS: Record<"any" | AisleId, Html> = {
  any: html`<h2>Well loved this month</h2>${pick("ridgeline-mid", "sleet-shell", "heron-dome", "drover-ruck")}`,
  boots: html`<h2>Since you like boots</h2>${pick("corrie-high", "tanyard-chelsea", "snowline-pac", "fellfoot-trail")}`,
  sandals: html`<h2>Since you like sandals</h2>${pick("ford-river-sandal", "orchard-woven", "quayside-two", "millpond-slide")}`,
  coats: html`<h2>Since you like coats</h2>${pick("drystone-field-coat", "ember-down", "northgate-parka", "sleet-shell")}`,
  tents: html`<h2>Since you like tents</h2>${pick("hayfield-ridge", "lavvu-tipi", "summit-geo", "otter-tunnel")}`,
  packs: html`<h2>Since you like packs</h2>${pick("drover-ruck", "longway-65", "ferry-roll-top", "lark-daypack")}`,
};

const WEATHER: Record<"cold" | "mild" | "hot", Html> = {
  cold: pick("snowline-pac", "northgate-parka", "ember-down", "bothy-slipper"),
  mild: pick("fellfoot-trail", "headland-smock", "swift-tarp", "lark-daypack"),
  hot: pick("low-tide-thong", "ford-river-sandal", "magpie-hip-pack", "hayfield-ridge"),
};

const weather = (id: string, name: string): Html => html`<label><input type="radio" name="weather" value="${id}"><span>${name}</span></label>`;

const door = (title: string, text: string): Html => html`<div class="door-words"><h2>${title}</h2><p>${text}</p><p class="row"><a class="button quiet" href="/handed-on/">Look through ${FINDS.toLocaleString("en-GB")} pieces${ICONS.arrow}</a></p></div>`;

const promise = (icon: Html, title: string, text: string): Html => html`<li>${icon}<h3>${title}</h3><p>${text}</p></li>`;

export const home: Page = {
  path: "/",
  kind: "home",
  title: `${SHOP}: good gear for uncertain weather`,
  description: "Boots, sandals, coats, tents and packs. A demonstration shop that knows the group, not the person.",
  body: html`<section class="hero" aria-label="Welcome">${slot("hero", "welcome", Object.fromEntries((Object.keys(HEROES) as Scene[]).map((scene) => [scene, hero(scene)])), ` class="hero-slot" data-testid="hero"`)}</section>
${note()}
<section class="block" aria-labelledby="aisles-title"><h2 id="aisles-title">The aisles</h2>
<ul class="aisles" data-testid="aisles">${AISLES.map((it) => html`<li data-aisle="${it.id}"><a href="/${it.id}/"><img src="/img/${it.face}.svg" alt="" width="480" height="480"><span class="aisle-words"><span class="aisle-name">${it.name}</span><span class="aisle-line">${it.line}</span></span></a></li>`)}</ul></section>
<section class="block" aria-label="Picked for you">${slot("picks", "any", PICKS)}</section>
<section class="block weather" aria-labelledby="weather-title"><div class="block-head"><h2 id="weather-title">For the weather ahead</h2>
<fieldset class="choice"><legend>How is it where you are going?</legend><div>${weather("cold", "Cold")}${weather("mild", "Mild")}${weather("hot", "Hot")}</div></fieldset></div>
${slot("weather", "mild", WEATHER)}</section>
<section class="block promises" aria-label="What we promise"><ul>
${promise(ICONS.needle, "Mended for life", "Send back what has worn through. We sew, sole and wax, for as long as there is something to hold the stitch.")}
${promise(ICONS.parcel, "Sixty days to change your mind", "Walk in it, sleep in it, stand in a river in it. If it is not right, it comes back, and that is that.")}
${promise(ICONS.leaf, `${PRODUCTS.length} things, no more`, "We would rather know every one of them than sell a thousand. When something new comes in, something else goes.")}
</ul></section>
<section class="block teaser door" aria-label="Handed on">${slot("door", "story", {
  story: door("Handed on", "Every piece here has been somewhere. Mended at our bench, it waits for whoever goes there next."),
  thrift: door("Handed on, from £5", "The same boots, coats and tents for a third of their price, because somebody has walked them in for you."),
})}</section>
<section class="block teaser" aria-labelledby="teaser-title"><div><h2 id="teaser-title">We know the group, not the person</h2>
<p>This shop rearranges itself as you walk through it. It does so inside your own browser, with a memory that you can read, switch off and throw away. What leaves is less than four bits, once, with noise in it.</p>
<p class="row"><button type="button" class="button" data-open="panel">See what it knows now</button><a class="button quiet" href="/how-this-shop-knows/">How this shop knows</a></p></div>
<img src="/img/crowd.svg" alt="" width="480" height="360" loading="lazy"></section>`,
};
