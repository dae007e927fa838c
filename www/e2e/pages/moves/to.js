// Starts the package as the address says: later, or at once with what was fetched before.
import { bindDom } from "/lab/sdk/dom.js";
import { keepShown } from "/lab/sdk/head.js";
import { createFewbits } from "/lab/sdk/index.js";
import { initSync } from "/lab/sdk/sync.js";

const YES = { store: "granted", personalise: "granted", measure: "granted" };
const options = { collector: "/v1/report" };
const bytes = async (address) => (await fetch(address)).arrayBuffer();

function use(fb) {
  window.fb = fb;
  fb.on("decision", ({ slot, variant }) => window.moves.told.push(`${slot}:${variant}`));
  fb.track("came");
  fb.decide("offer");
  window.endShown = keepShown(fb, { book: "moves", slots: ["hero"] });
}

if (document.prerendering) {
  void fetch("/lab/moves/loaded");
  // Longer than the package waits for any lock.
  setTimeout(() => fetch("/lab/moves/passed"), 2500);
}
if (location.search === "?sync") {
  const [book, wasm] = await Promise.all([bytes("/lab/moves.book"), bytes("/lab/sdk/fewbits_core_bg.wasm")]);
  const fb = initSync({ book, wasm, ...options, consent: { personalise: "granted" } });
  void fb.setConsent(YES);
  use(fb);
  window.endDom = bindDom(fb);
} else {
  const started = createFewbits({ book: "/lab/moves.book", ...options, consent: YES });
  window.endDom = bindDom(() => started);
  use(await started);
}
