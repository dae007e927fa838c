import { html, type Html } from "./html.ts";
import { ICONS } from "./icons.ts";

const section = (id: string, icon: Html, title: string, body: Html): Html =>
  html`<section class="panel-part" aria-labelledby="panel-${id}-title"><h3 id="panel-${id}-title">${icon}${title}</h3>${body}</section>`;

const jump = (by: string, name: string): Html => html`<button type="button" class="chip" data-jump="${by}">${name}</button>`;

const choice = (purpose: string, name: string, line: string): Html =>
  html`<label class="switch"><span><strong>${name}</strong><span>${line}</span></span><input type="checkbox" role="switch" data-purpose="${purpose}"></label>`;

/** The panel: everything that the shop knows, decides and tells. Its live parts are filled by `client/panel.ts`. */
export function panel(): Html {
  return html`<aside class="panel" id="panel" data-testid="panel" aria-labelledby="panel-title">
<div class="panel-head"><h2 id="panel-title" tabindex="-1">${ICONS.eye}What this shop knows</h2><button type="button" class="icon-button" data-close="panel">${ICONS.close}<span class="hidden">Close</span></button></div>
<div class="panel-body">
<p class="panel-stopped" data-live="stopped" hidden></p>
<ol class="flow" aria-label="The way of what is known">
<li><span class="flow-number" data-live="known-count">0</span><span class="flow-name">things noticed</span><span class="flow-where">${ICONS.lock}stay here</span></li>
<li><span class="flow-number" data-live="group-count">0</span><span class="flow-name">groups</span><span class="flow-where">${ICONS.lock}stay here</span></li>
<li class="flow-out"><span class="flow-number" data-live="out-count">0</span><span class="flow-name">bits sent</span><span class="flow-where">${ICONS.out}<span data-live="out-where">none so far</span></span></li>
</ol>
${section("groups", ICONS.group, "You are taken for", html`<ul class="groups" data-testid="panel-segments"></ul>`)}
${section("shown", ICONS.arrow, "So the shop shows you", html`<ul class="groups shown" data-testid="panel-decisions"></ul>`)}
${section("known", ICONS.eye, "What was noticed", html`<ul class="known" data-live="known"></ul><details class="unknown"><summary><span data-live="unknown-count"></span></summary><ul class="known" data-live="unknown"></ul></details>`)}
${section("left", ICONS.out, "What has left this browser", html`<div class="gauge"><p><strong data-testid="panel-bits">0 of 3.32 bits</strong><span data-live="gauge-words"></span></p><svg class="gauge-bar" viewBox="0 0 332 30" role="img" aria-label="Budget used" data-live="gauge"><rect class="gauge-all" y="4" width="332" height="12" rx="6"/><rect class="gauge-used" y="4" width="0" height="12" rx="6"/><path class="gauge-marks" d="M100 2v16M200 2v16M300 2v16"/><text x="100" y="28">1</text><text x="200" y="28">2</text><text x="300" y="28">3</text></svg></div>
<p class="waiting" data-live="waiting" role="status"></p><ol class="ledger" data-testid="panel-ledger"></ol><details class="unknown"><summary>What stays when you are forgotten?</summary><p class="small">If something has left, a mark of 13 bytes stays after “Forget me”. It says only how much was told, so that forgetting is no way to be asked again. You can remove it, too: then you may be asked once more, and both answers together tell more about you than one.</p><p class="row"><button type="button" class="chip" data-testid="panel-forget-all">Forget me, and the mark</button></p></details>`)}
${section("choices", ICONS.lock, "What it may do", html`<div class="switches">${choice("store", "Remember", "on this device")}${choice("personalise", "Personalise", "hero and aisles follow your groups")}${choice("measure", "Measure", "one noisy answer, once")}${choice("share", "Share with others", "this shop never asks")}</div><p class="small" data-live="gpc" hidden>Your browser says no to being measured, on all sites (Global Privacy Control). That is obeyed.</p>`)}
${section("time", ICONS.clock, "Let time pass", html`<p class="small">For demonstration: moves this shop's clock, so that you can watch it forget.</p><p class="row">${jump("86400", "1 day")}${jump("604800", "1 week")}${jump("8640000", "100 days")}<button type="button" class="chip" data-jump="now" hidden>Back to today</button></p><p class="small" data-live="clock"></p>`)}
</div>
<div class="panel-foot"><button type="button" class="button quiet" data-testid="panel-export">Take a copy</button><button type="button" class="button warn" data-testid="panel-forget">Forget me</button><p class="said" role="status" data-live="said"></p></div>
</aside>`;
}
