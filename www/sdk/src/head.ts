// `fewbits/head`: no flash of the wrong content. What was decided on this page is kept for the next one, where a script in the
// <head> puts it on <html> before the first paint.
import snippet from "./head.snippet.js?text";
import { whenOpened } from "./signals.js";
import { pageStorage } from "./storage.js";
import type { Fewbits, Names } from "./types.js";

/** The script for the <head>: `<script data-book="my-shop">...</script>`, or the file `fewbits.head.js`. With `data-wait="300"`
 * a visitor of whom nothing is known yet has `data-fewbits="wait"` on <html> for so many milliseconds at most, or until
 * `keepShown` has something to show. */
export const headSnippet: string = snippet;

export interface Shown {
  /** Name of the book, as in `data-book` of the script. */
  book: string;
  /** Slots that this page shows by the attributes on <html>. They count as shown. Default: none. */
  slots?: readonly string[];
}

/** Keeps for the next page what the slots show now, while the visitor agrees to storing; and shows on this page the slots that
 * the script did not know. A slot that was shown already stays as it was, so that nothing moves. Answers with the function
 * that ends it. */
export function keepShown<N extends Names>(fb: Fewbits<N>, { book, slots = [] }: Shown): () => void {
  const key = `fewbits:${book}:shown`;
  const root = document.documentElement;
  const write = (): void => {
    try {
      const storage = pageStorage();
      if (!storage || !fb.ok) return;
      const text = JSON.stringify(Object.fromEntries(fb.decisions().map(({ slot, variant }) => [slot, variant])));
      if (fb.consent.store !== "granted" || fb.consent.personalise === "denied") storage.removeItem(key);
      else if (storage.getItem(key) !== text) storage.setItem(key, text);
    } catch { /* a full storage: the next page begins with its own content */ }
  };
  let offs: (() => void)[] | undefined;
  // On a page that is loaded in advance nobody sees it yet.
  whenOpened(() => {
    if (offs) return;
    for (const slot of slots) {
      const name = `data-fewbits-${slot}`;
      const before = root.getAttribute(name);
      const now = fb.decisions().find((one) => one.slot === slot)?.variant;
      // What is shown counts as shown; what has changed in the meantime is for the next page.
      if (before === null || before === now) root.setAttribute(name, fb.decide(slot).variant);
    }
    root.removeAttribute("data-fewbits");
    write();
    offs = [fb.on("change", write), fb.on("decision", write), fb.on("consent", write)];
  });
  return () => {
    for (const off of offs ?? []) off();
    offs = [];
  };
}
