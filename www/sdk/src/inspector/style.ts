// How it looks. Constructed, so that a strict policy need not allow styles in the page; every colour can be set from
// outside, and follows the page's colour scheme.
export const STYLE = `
:host {
  --i-paper: var(--fewbits-paper, light-dark(#fbfaf7, #14181b));
  --i-card: var(--fewbits-card, light-dark(#ffffff, #1c2226));
  --i-sunk: var(--fewbits-sunk, light-dark(#f1f0ea, #10140f));
  --i-ink: var(--fewbits-ink, light-dark(#1d2327, #e8ebec));
  --i-soft: var(--fewbits-soft, light-dark(#55606a, #a7b1b8));
  --i-line: var(--fewbits-line, light-dark(#dcdfdc, #343c42));
  --i-edge: var(--fewbits-edge, light-dark(#7d868c, #7f8a92));
  --i-here: var(--fewbits-here, light-dark(#0b6f65, #3ec2ae));
  --i-on-here: var(--fewbits-on-here, light-dark(#ffffff, #0d1f1c));
  --i-here-tint: var(--fewbits-here-tint, light-dark(#e3f0ec, #18302c));
  --i-out: var(--fewbits-out, light-dark(#b03c0b, #ff9a70));
  --i-out-tint: var(--fewbits-out-tint, light-dark(#fbeae1, #38241a));
  --i-sans: var(--fewbits-font, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif);
  --i-head: var(--fewbits-heading-font, var(--i-sans));
  --i-mono: var(--fewbits-mono, ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace);
  --i-round: .7rem;
  display: block; container: inspector / inline-size;
  background: var(--i-paper); color: var(--i-ink);
  font: 400 1rem/1.55 var(--i-sans); text-align: start; letter-spacing: normal;
}
:host([hidden]) { display: none; }
*, ::before, ::after { box-sizing: border-box; }
h2, h3, h4, p, ul, ol, dl, dd, fieldset, legend, figure, table, pre { margin: 0; padding: 0; border: 0; }
ul, ol { list-style: none; }
fieldset { min-width: 0; }
h2, h3 { font-family: var(--i-head); font-weight: 600; line-height: 1.18; letter-spacing: -.012em; text-wrap: balance; }
h2 { font-size: clamp(1.5rem, 1.2rem + 1.4cqi, 2rem); }
h3 { font-size: 1.18rem; }
h4 { font-size: .875rem; font-weight: 600; margin-top: .9rem; }
p { text-wrap: pretty; }
button, input { font: inherit; color: inherit; }
button, summary, label { cursor: pointer; }
:disabled, :disabled label { cursor: not-allowed; }
:focus-visible { outline: 3px solid var(--i-out); outline-offset: 2px; border-radius: .3rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.soft, .lead, .note { color: var(--i-soft); }
.note { font-size: .9rem; }
code { font: .84em/1.5 var(--i-mono); overflow-wrap: anywhere; }
time { font-variant-numeric: tabular-nums; }

.all { max-width: 68rem; margin: 0 auto; padding: 1.4rem clamp(1rem, 3.5cqi, 2.5rem) 2rem; }
header { display: grid; gap: .6rem; }
header .lead { max-width: 44rem; }
.stopped { padding: .8rem 1rem; border-radius: var(--i-round); background: var(--i-sunk); }

/* The switch between the views: radio buttons that look like one bar. */
.views { display: inline-flex; flex-wrap: wrap; justify-self: start; margin-top: .4rem; border: 1px solid var(--i-edge); border-radius: 99rem; padding: .15rem; }
.views label, .answers label { position: relative; display: inline-grid; place-items: center; min-height: 2.1rem; padding: .1rem .95rem; border-radius: 99rem; font-size: .9rem; }
.views input, .answers input { appearance: none; position: absolute; inset: 0; margin: 0; border-radius: inherit; cursor: inherit; }
.views span, .answers span { position: relative; pointer-events: none; }
.views input:checked { background: var(--i-ink); }
.views input:checked + span { color: var(--i-paper); }
.views input:focus-visible, .answers input:focus-visible { border-radius: 99rem; }

.flow { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.2rem, 1fr)); gap: .6rem; margin-top: 1.3rem; }
.flow li { display: grid; align-content: start; justify-items: start; gap: .05rem; padding: .75rem .9rem .7rem; border-radius: var(--i-round); background: var(--i-here-tint); border-top: 3px solid var(--i-here); line-height: 1.3; }
.flow strong { font: 600 1.9rem/1.1 var(--i-head); font-variant-numeric: tabular-nums; }
.flow .where { font-size: .82rem; color: var(--i-here); }
.flow .f-left { background: var(--i-out-tint); border-color: var(--i-out); }
.flow .f-left .where { color: var(--i-out); }

section { display: grid; gap: .9rem; padding: 1.7rem 0; border-top: 1px solid var(--i-line); }
.flow + section { margin-top: 1.6rem; }
.intro { display: grid; gap: .35rem; align-content: start; }
.intro .lead { font-size: .92rem; max-width: 40rem; }
.body { display: grid; gap: .8rem; min-width: 0; align-content: start; }

.rows li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 1rem; padding: .55rem 0; border-bottom: 1px solid var(--i-line); }
.rows li:first-child { padding-top: .1rem; }
.rows > li:last-child { border-bottom: 0; }
.rows .name { overflow-wrap: anywhere; }
.rows .name::first-letter { text-transform: uppercase; }
.rows .value { max-width: 14rem; text-align: end; font-weight: 600; font-variant-numeric: tabular-nums; }
.rows.quiet .value { font-weight: 400; color: var(--i-soft); }
.rows .why { flex-basis: 100%; }
.rows .under { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 0 1.1rem; font-size: .86rem; color: var(--i-soft); }
.rows .more { grid-column: 1 / -1; }

/* What opens. */
summary { min-height: 1.75rem; padding: .2rem 0; list-style: none; }
summary::-webkit-details-marker { display: none; }
.more > summary { display: inline-flex; align-items: baseline; gap: .5rem; font-size: .9rem; color: var(--i-soft); }
.more > summary::before, .cards summary::after { content: ""; flex: none; width: .45rem; height: .45rem; border: solid currentColor; border-width: 0 2px 2px 0; transform: rotate(-45deg); transition: transform .2s; }
.more[open] > summary::before { transform: rotate(45deg) translate(-.1rem, -.1rem); }
.more .inside { display: grid; gap: .6rem; padding: .4rem 0 .4rem; }

.cards { display: grid; gap: .6rem; }
.cards > li { border: 1px solid var(--i-line); border-radius: var(--i-round); background: var(--i-card); }
.cards summary { position: relative; display: grid; grid-template-columns: minmax(0, 8rem) minmax(0, 1fr); gap: .1rem 1rem; padding: .7rem 2.6rem .75rem 1rem; border-radius: var(--i-round); }
.cards summary::after { position: absolute; right: 1.1rem; top: 1.3rem; transform: rotate(45deg); color: var(--i-soft); }
.cards [open] > summary::after { transform: translateY(.2rem) rotate(-135deg); }
.cards .kind { font-size: .88rem; color: var(--i-soft); padding-top: .16rem; }
.cards .held { display: grid; grid-column: 2; }
.cards .held strong { font: 600 1.12rem/1.3 var(--i-head); }
.cards .because { font-size: .9rem; color: var(--i-soft); overflow-wrap: anywhere; }
.cards .inside { display: grid; gap: .5rem; padding: .2rem 1rem 1rem; font-size: .93rem; }
.cards .inside h4 { margin-top: .5rem; }
.muted { display: grid; gap: .4rem; }
.muted li { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .8rem; }
.others { display: grid; gap: .55rem; }
.condition { display: grid; gap: .2rem; margin-top: .15rem; }
.condition .condition { margin-inline-start: 1.5rem; }
.condition li { position: relative; padding-inline-start: 1.5rem; }
.condition li > .condition { margin-inline-start: 0; }
.moved { display: grid; gap: .1rem; padding-inline-start: 1rem; list-style: disc; }
.condition .moved li { padding-inline-start: 0; }
.sign { position: absolute; inset-inline-start: .1rem; top: .42em; width: .8em; height: .8em; border: 1.5px solid var(--i-edge); border-radius: 50%; }
.sign.met { border-color: var(--i-here); background: var(--i-here); }
.sign.met::after { content: ""; position: absolute; left: .2em; top: .06em; width: .24em; height: .42em; border: solid var(--i-on-here); border-width: 0 1.5px 1.5px 0; transform: rotate(42deg); }
.ladder { display: flex; flex-wrap: wrap; gap: .2rem .5rem; margin-top: .15rem; }
.ladder li + li::before { content: "→ "; color: var(--i-soft); }

.gauge { display: grid; gap: .4rem; }
.gauge .figure { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 1rem; }
.gauge .figure strong { font: 600 1.3rem/1.2 var(--i-head); font-variant-numeric: tabular-nums; }
meter { appearance: none; display: block; width: 100%; height: .8rem; border: 1px solid var(--i-edge); border-radius: 99rem; background: var(--i-sunk); overflow: hidden; }
meter::-webkit-meter-inner-element { appearance: none; display: block; height: 100%; }
meter::-webkit-meter-bar { height: 100%; border: 0; border-radius: 0; background: var(--i-sunk); }
meter::-webkit-meter-optimum-value { background: var(--i-out); transition: inline-size .6s; }
meter::-moz-meter-bar { background: var(--i-out); }
.marks { position: relative; height: 1.15rem; font-size: .78rem; color: var(--i-soft); }
.marks span { position: absolute; left: calc(var(--at) * 100%); transform: translateX(-50%); }
.marks span::before { content: ""; position: absolute; left: 50%; top: -.95rem; height: .55rem; border-left: 1px solid var(--i-edge); }
.next { display: grid; gap: .35rem; padding: .8rem 1rem .9rem; border-radius: var(--i-round); background: var(--i-sunk); font-size: .95rem; }
.next h4, .ledger h4 { margin: 0; }
.ledger { display: grid; gap: .6rem; }
.ledger ol { display: grid; gap: .7rem; }
.ledger li { display: grid; gap: .35rem; padding-inline-start: .9rem; border-inline-start: 3px solid var(--i-line); font-size: .95rem; }
.ledger [data-what=sent], .ledger [data-what=hinted] { border-color: var(--i-out); }
.ledger time { color: var(--i-soft); margin-inline-end: .35rem; }
.cost { display: inline-block; margin-inline: .5rem 0; padding: 0 .5rem; border-radius: 99rem; background: var(--i-sunk); font-size: .82rem; color: var(--i-soft); font-variant-numeric: tabular-nums; }
.ledger code { margin-inline-start: .5rem; }
.bytes { padding: .6rem .8rem; border-radius: .5rem; background: var(--i-sunk); border: 1px solid var(--i-line); white-space: pre-wrap; overflow-wrap: anywhere; }
.bytes code { font-size: .82rem; margin: 0; }

.purposes { display: grid; gap: .4rem; }
.purposes fieldset { display: grid; gap: .4rem; padding: .5rem 0 .7rem; border-bottom: 1px solid var(--i-line); }
.purposes fieldset:last-child { border: 0; }
.purposes legend { float: left; padding-top: .25rem; }
.answers { display: flex; flex-wrap: wrap; gap: .35rem; }
.answers label { border: 1px solid var(--i-edge); min-height: 2rem; padding-inline: .85rem; }
.answers input:checked { background: var(--i-here); }
.answers input:checked + span { color: var(--i-on-here); font-weight: 600; }
.answers input[value=unknown]:checked { background: var(--i-soft); }
.answers input[value=unknown]:checked + span { color: var(--i-paper); }
.answers input[value=denied]:checked { background: var(--i-ink); }
.answers input[value=denied]:checked + span { color: var(--i-paper); }
fieldset:disabled .answers label { border-style: dashed; }

.buttons { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; }
.button { min-height: 2.6rem; padding: .35rem 1.15rem; border: 1px solid var(--i-edge); border-radius: 99rem; background: var(--i-card); font-weight: 600; }
.button:hover:enabled { border-color: var(--i-ink); }
.button:disabled { opacity: .55; }
.button.warn { color: var(--i-out); border-color: currentColor; }
.button.small { min-height: 2rem; padding: .1rem .8rem; font-weight: 400; font-size: .9rem; }
.said { min-height: 1.6em; color: var(--i-here); font-weight: 600; }

.facts { display: grid; grid-template-columns: minmax(0, auto) minmax(0, 1fr); gap: .3rem 1.2rem; font-size: .93rem; }
.facts dt { color: var(--i-soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
caption { text-align: start; font-weight: 600; padding-bottom: .25rem; }
th, td { padding: .3rem 1.1rem .3rem 0; text-align: start; vertical-align: top; border-bottom: 1px solid var(--i-line); }
thead th { color: var(--i-soft); font-weight: 600; }
tbody th { font-weight: 400; }

/* Nothing of this is real, and it looks so. */
.simulation { display: grid; gap: .9rem; padding: 1rem; border: 2px dashed var(--i-edge); border-radius: var(--i-round); background: var(--i-card); }
.mark { justify-self: start; padding: .05rem .7rem; border-radius: 99rem; background: var(--i-ink); color: var(--i-paper); font-size: .82rem; font-weight: 600; }
.scrubber { display: grid; gap: .3rem; }
.scrubber label { font-weight: 600; overflow-wrap: anywhere; }
.track { display: grid; grid-template-columns: auto 1fr auto; gap: .6rem; align-items: center; }
.track .button { font-size: 1.2rem; line-height: 1; min-width: 2.4rem; padding: 0 .6rem .15rem; }
input[type=range] { width: 100%; min-height: 1.75rem; accent-color: var(--i-here); }
.steps { max-height: 17rem; overflow: auto; display: grid; border: 1px solid var(--i-line); border-radius: .5rem; counter-reset: step -1; }
.steps li { display: grid; grid-template-columns: 1fr auto; align-items: center; counter-increment: step; border-bottom: 1px solid var(--i-line); }
.steps li:last-child { border: 0; }
.step { display: flex; gap: .8rem; min-height: 2rem; padding: .2rem .8rem; border: 0; background: none; text-align: start; overflow-wrap: anywhere; }
.step::before { content: counter(step); min-width: 1.4rem; text-align: end; color: var(--i-soft); font-variant-numeric: tabular-nums; }
.step[aria-current] { font-weight: 600; box-shadow: inset 3px 0 var(--i-here); }
.step:focus-visible, .bytes:focus-visible, .scroll:focus-visible { outline-offset: -3px; }
.skipped .step { text-decoration: line-through; color: var(--i-soft); }
.skip { display: inline-flex; align-items: center; gap: .4rem; min-height: 1.75rem; padding-inline: .6rem; font-size: .84rem; color: var(--i-soft); }
.skip input { width: 1.1rem; height: 1.1rem; margin: 0; accent-color: var(--i-here); }
.moment { display: grid; gap: .35rem; }
.moment h4 { margin-top: .4rem; }
.changes { display: grid; gap: .25rem; font-size: .95rem; }
.changes s { color: var(--i-soft); }
.tag { padding: 0 .5rem; border-radius: .3rem; font-size: .82rem; background: var(--i-here-tint); color: var(--i-here); }
.tag.out { background: var(--i-sunk); color: var(--i-soft); }
.tags { display: flex; flex-wrap: wrap; gap: .35rem; }
.tags li { padding: .1rem .65rem; border: 1px solid var(--i-line); border-radius: 99rem; font-size: .9rem; }
.tags .new { border-color: var(--i-here); background: var(--i-here-tint); }

@container inspector (min-width: 30rem) {
  .purposes fieldset { grid-template-columns: minmax(0, 1fr) auto; align-items: center; }
}
@container inspector (max-width: 26rem) {
  .cards summary { grid-template-columns: 1fr; padding-right: 2.4rem; }
  .cards .held { grid-column: 1; }
  .flow { grid-template-columns: 1fr 1fr; }
  .flow li:last-child:nth-child(odd) { grid-column: 1 / -1; }
  .views { display: flex; flex-wrap: nowrap; justify-self: stretch; }
  .views label { flex: 1 1 auto; padding-inline: .35rem; font-size: .86rem; }
}
@container inspector (min-width: 54rem) {
  section { grid-template-columns: 16rem minmax(0, 1fr); gap: 0 2.5rem; padding: 2.1rem 0; }
}
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { transition: none !important; animation: none !important; }
}
@media (forced-colors: active) {
  .views input:checked, .answers input:checked { background: Highlight; forced-color-adjust: none; }
  .views input:checked + span, .answers input:checked + span { color: HighlightText; forced-color-adjust: none; }
}
`;
