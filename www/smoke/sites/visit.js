// What every page of the matrix does with the package.
import { createFewbits } from "fewbits";

/** Starts with a compiled book, and again with the same as JSON, which the browser compiles; leaves what came of it. */
export async function visit(book) {
  const options = { auto: false, consent: { personalise: "granted" } };
  const fb = await createFewbits({ book, ...options });
  const headline = document.querySelector("h1");
  fb.on("change", () => { if (fb.is("interest/guides")) headline.textContent = "Guides first"; });
  for (let i = 0; i < 3; i++) fb.track("view", { topic: "guides" });
  const other = await createFewbits({ book: new URL("/shop.book.json", location.href), ...options });
  window.seen = {
    error: fb.error?.code ?? other.error?.code ?? null,
    segments: fb.segments,
    why: (await fb.explain("interest/guides"))?.text,
    signals: (await fb.exportMine())?.signals.length,
    compiledHere: other.segments,
  };
}
