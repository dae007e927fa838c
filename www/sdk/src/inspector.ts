// `fewbits/inspector`: a web component that shows all that is known, decided and told. Nothing happens on import.
import { makeElement } from "./inspector/element.js";
import type { SiteWords, View } from "./inspector/site.js";
import type { Consent, Fewbits } from "./types.js";

export type { SiteWords, View } from "./inspector/site.js";

/** `<fewbits-inspector>`, once `defineInspector()` was called. Attributes: `view`, `lang`, and `fixed`, which leaves the
 * switch between the views out. */
export interface InspectorElement extends HTMLElement {
  /** What it shows. */
  fewbits: Fewbits | null;
  /** The site's own names for what its book calls things. */
  words: SiteWords;
  view: View;
}

/** What the visitor asked for. `preventDefault()` if the page does it itself; `until` lets the element wait for that. */
export type InspectorEvent<T> = CustomEvent<T & { until(work: Promise<unknown>): void }>;

declare global {
  interface HTMLElementTagNameMap { "fewbits-inspector": InspectorElement }
  interface HTMLElementEventMap {
    "fewbits-consent": InspectorEvent<Partial<Consent>>;
    "fewbits-forget": InspectorEvent<{ everything: boolean }>;
    "fewbits-export": InspectorEvent<object>;
    "fewbits-mute": InspectorEvent<{ segment: string; muted: boolean }>;
  }
}

/** Makes the element known to the page, once; another name, if that one is taken. Does nothing on a server. */
export function defineInspector(name = "fewbits-inspector"): void {
  const elements = globalThis.customElements;
  if (elements && !elements.get(name)) elements.define(name, makeElement());
}
