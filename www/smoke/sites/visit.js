// What every page of the matrix does with the package.
import { createFewbits } from "fewbits";
import { use } from "./use.js";

/** Starts with a compiled book, and again with the same as JSON, which the browser compiles; leaves what came of it. */
export async function visit(book) {
  const fb = await createFewbits({ book, auto: false, consent: { store: "granted", personalise: "granted", measure: "granted" } });
  const headline = document.querySelector("h1");
  const read = () => { if (fb.is("interest/guides")) headline.textContent = "Guides first"; };
  fb.on("change", read);
  read();
  const used = await use(fb);
  const other = await createFewbits({ book: new URL("/shop.book.json", location.href), auto: false, storage: "none" });
  window.seen = { ...used, error: used.error ?? other.error?.code ?? null, compiledHere: other.segments };
}
