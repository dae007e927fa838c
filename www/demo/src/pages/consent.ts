import { html, type Html } from "./html.ts";

const purpose = (name: string, text: string): Html => html`<div><dt>${name}</dt><dd>${text}</dd></div>`;

/** The banner. Three answers of the same size and look; none of them is the way out of the other two. */
export function consentBanner(): Html {
  return html`<section class="consent" id="consent" data-testid="consent-banner" aria-labelledby="consent-title" tabindex="-1" hidden>
<div class="consent-words"><h2 id="consent-title">May this shop remember your aisle?</h2>
<p>It would like to notice which shelves you stop at, in this browser only, and move them to the front. Until you answer, nothing is kept and nothing is sent.</p></div>
<details><summary>What each answer means</summary><dl>
${purpose("Remember on this device", "A small memory in this browser: counts and fading weights, no list of pages. It is kept for 395 days at most, and you can read and erase it at any time.")}
${purpose("Personalise", "The front page and the order of the aisles follow the groups that you are in. That is decided here, in your browser.")}
${purpose("Measure", "Once, your browser answers one question, such as “new, active, loyal or lapsed?”. It rolls dice first, so that no single answer can be relied on. No identifier goes with it.")}
${purpose("Share with others", "This shop does not, and therefore does not ask.")}
</dl><p>If you say no, we cannot note down that you did, for that would be remembering. So we shall ask again when you load the shop anew.</p></details>
<div class="consent-answers">
<button type="button" data-answer="all" data-testid="consent-accept"><strong>Accept all</strong><span>remember, personalise, measure once</span></button>
<button type="button" data-answer="local" data-testid="consent-local"><strong>Only here</strong><span>remember, personalise</span></button>
<button type="button" data-answer="none" data-testid="consent-deny"><strong>No, thanks</strong><span>same shop for everyone</span></button>
</div></section>`;
}
