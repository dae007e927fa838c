// How the test pages start Fewbits: as it is published, with a clock that the address sets ahead.
const ahead = Number(new URLSearchParams(globalThis.location?.search).get("ahead") ?? 0);

async function startWith(book) {
  window.started = (window.started ?? 0) + 1;
  const { createFewbits } = await import("/lab/sdk/index.js");
  window.fb = await createFewbits({
    book, consent: { store: "granted", personalise: "granted" }, clock: () => Date.now() + ahead,
  });
  window.shown = [];
  window.fb.on("decision", ({ slot, variant }) => { window.shown.push(`${slot}:${variant}`); });
  return window.fb;
}

export const start = () => startWith("/frameworks/frames.book");
export const startRoutes = () => startWith("/frameworks/routes.book");

/** What the server says that it knows. */
export const initial = { segments: ["interest/any"], decisions: { hero: "plain", note: "cool" } };
