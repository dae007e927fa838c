// Writes down what a visitor would see, and what happened before anybody saw anything. Runs before all but the spy.
const look = () => ({
  attribute: document.documentElement.dataset.fewbitsHero ?? null,
  waits: document.documentElement.dataset.fewbits ?? null,
  seen: [...document.querySelectorAll(".hero")].filter((one) => one.checkVisibility({ visibilityProperty: true })).map((one) => one.className).join(),
});
window.moves = { told: [], shifts: [], early: null, first: null, reveal: null };
const begin = () => requestAnimationFrame(() => { window.moves.first = look(); });
if (document.prerendering) {
  document.addEventListener("prerenderingchange", () => {
    window.moves.early = { runs: window.fb !== undefined, told: [...window.moves.told], writes: [...window.spy.writes] };
    begin();
  });
} else begin();
addEventListener("pagereveal", ({ viewTransition }) => {
  window.moves.reveal = { transition: Boolean(viewTransition), ...look() };
  viewTransition?.finished.then(() => { window.moves.finished = true; }, (error) => { window.moves.finished = String(error); });
});
if (window.PerformanceObserver?.supportedEntryTypes.includes("layout-shift")) {
  new PerformanceObserver((list) => {
    for (const { startTime, value, hadRecentInput } of list.getEntries()) window.moves.shifts.push({ startTime, value, hadRecentInput });
  }).observe({ type: "layout-shift", buffered: true });
}
