// The page with the inspector: the element of the package, with the shop's names for what its book calls things.
import type { Consent, Fewbits } from "fewbits";
import { defineInspector, type InspectorElement, type SiteWords } from "fewbits/inspector";
import book from "../shop.book.json";
import { DIMENSIONS, SEGMENTS, SIGNALS } from "../words.ts";
import { find } from "./dom.ts";

const names = <T extends { name: string }>(all: Record<string, T>) => Object.fromEntries(Object.entries(all).map(([id, { name }]) => [id, name]));
/** The shop speaks English only: in other languages the element's own names stand. */
const WORDS: SiteWords = {
  signals: names(SIGNALS), dimensions: DIMENSIONS, segments: names(SEGMENTS),
  reasons: Object.fromEntries(Object.entries(book.signals).map(([name, { why }]) => [name, why])),
};

export function fillInspector(main: HTMLElement, { fb, choose, forget }: {
  fb: Fewbits;
  choose(consent: Consent): Promise<void>;
  forget(everything: boolean): Promise<void>;
}): void {
  const it = find<InspectorElement>("fewbits-inspector", main);
  if (!it) return;
  defineInspector();
  it.words = WORDS;
  it.fewbits = fb;
  // The shop has more to note and to erase than fewbits knows of.
  it.addEventListener("fewbits-consent", (event) => {
    const { until, ...answers } = event.detail;
    event.preventDefault();
    until(choose({ ...fb.consent, ...answers }));
  });
  it.addEventListener("fewbits-forget", (event) => {
    event.preventDefault();
    event.detail.until(forget(event.detail.everything));
  });
  find<HTMLSelectElement>("[data-testid=inspector-language]", main)!.addEventListener("change", ({ target }) => {
    it.lang = (target as HTMLSelectElement).value;
    it.words = it.lang === "en" ? WORDS : {};
  });
}
