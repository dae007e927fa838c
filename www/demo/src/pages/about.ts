import book from "../shop.book.json";
import { DIMENSIONS, kept, SEGMENTS, SIGNALS } from "../words.ts";
import { html, type Html } from "./html.ts";
import { SHOP, type Page } from "./layout.ts";

type Dimension = { why: string; segments: { id: string }[]; otherwise: string };

const groups = ([name, { why, segments, otherwise }]: [string, Dimension]): Html => html`<tr><th scope="row">${DIMENSIONS[name]}</th>
<td>${[...segments.map(({ id }) => id), otherwise].map((id) => html`<span class="tag">${SEGMENTS[`${name}/${id}`]?.name}</span> `)}</td><td>To ${why}.</td></tr>`;

const signal = ([name, { why }]: [string, { why: string }]): Html => html`<tr><th scope="row">${SIGNALS[name]?.name}</th><td>${kept(name)}</td><td>${why}</td></tr>`;

const questions = Object.keys(book.report.questions);

export const about: Page = {
  path: "/how-this-shop-knows/",
  kind: "about",
  title: `How this shop knows · ${SHOP}`,
  description: "What this shop notices, what it makes of it, what leaves your browser, and how to end it.",
  body: html`<article class="block first prose"><h1>How this shop knows</h1>
<p class="lead">A good shopkeeper notices that you stopped at the boots, and next time the boots are at the front. She does not write down your name. This shop tries to do the same.</p>
<h2>It works in your browser, not with us</h2>
<p>When you allow it, a small program in this page keeps a few counts: which aisle you linger in, whether you have been here before, whether something waits in your basket. They are kept in your browser's own memory. There is no copy anywhere else, and no account to tie it to.</p>
<div class="scroll" tabindex="0" role="region" aria-label="All that it can notice"><table><caption>All that it can notice</caption><thead><tr><th scope="col">What</th><th scope="col">How long</th><th scope="col">Why</th></tr></thead><tbody>${Object.entries(book.signals).map(signal)}</tbody></table></div>
<p>This table is not a promise about the program, it is made from the program's own rules, the <a href="/assets/shop.book.json">segment book</a>. What is not in the book is not noticed.</p>
<h2>It places you in a few groups</h2>
<p>From the counts follow ${Object.keys(book.dimensions).length} groups, one of each row. Each exists for a reason, and each is large: there are far fewer groups than visitors.</p>
<div class="scroll" tabindex="0" role="region" aria-label="The groups"><table><caption>The groups</caption><thead><tr><th scope="col">Row</th><th scope="col">Groups</th><th scope="col">Reason</th></tr></thead><tbody>${Object.entries(book.dimensions as Record<string, Dimension>).map(groups)}</tbody></table></div>
<p>The picture at the door follows your aisle, the aisles are put in order, the shelf below suits the weather that you told us. Nothing else changes: the same things at the same price for everybody.</p>
<h2>One answer may leave, once</h2>
<p>We do want to know whether half of our visitors come for tents. So, if you allow measuring, your browser draws one of ${questions.length} questions (${questions.map((name) => DIMENSIONS[name]?.toLowerCase()).join(" or ")}) and answers it one single time. Before it answers, it rolls dice and sometimes gives another answer than the true one. From many answers we can work out the shares; from yours we can conclude very little.</p>
<p>How little can be stated: all that ever leaves makes it at most ten times easier to guess which visitor you are, among however many there are. That is the budget of ${book.report.lifetime_bits} bits that the panel shows. When it is used up, or when nothing is left to answer, the door stays shut. The whole message looks like this, with nothing before and nothing after it:</p>
<pre><code>{"fewbits":1,"book":"${book.book}","version":${book.version},"epoch":"2026-W48","question":"interest","answer":"boots"}</code></pre>
<h2>You can look, and you can end it</h2>
<p>The panel beside the shop shows every count, every group with its reason, and the exact text of whatever has left. You can take a copy, withdraw any permission, or have everything forgotten at once. When you withdraw, the memory is erased at that moment, in all open tabs.</p>
<p class="row"><button type="button" class="button" data-open="panel">Open the panel</button><button type="button" class="button quiet" data-open="privacy">Change my choices</button></p>
<h2>What it cannot protect you from</h2>
<p>Any request tells the other side an internet address and a type of browser, and any script of the same page can read what the page keeps. This shop loads nothing from anywhere else, sends its one answer without cookies, and its server keeps counts only. But you should know that this part rests on our conduct and not on arithmetic.</p>
</article>`,
};
