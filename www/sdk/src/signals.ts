// With collect.ts and context.ts the only file that looks at the page: document, navigator, location, Intl. What they hand
// on is coarsened by the core; they keep none of it, and look at nothing that the book does not ask for.
import { bare } from "./bare.js";

export const hasPage = (): boolean => typeof document === "object" && typeof location === "object";

/** Global Privacy Control: the visitor's no to all sites. */
export const globalPrivacyControl = (): boolean =>
  (globalThis.navigator as { globalPrivacyControl?: boolean } | undefined)?.globalPrivacyControl === true;

export const online = (): boolean => globalThis.navigator?.onLine !== false;

export const hostname = (): string | undefined => hasPage() ? location.hostname : undefined;

/** The address that relative ones are relative to. */
export const baseAddress = (): string | undefined => hasPage() ? document.baseURI : undefined;

/** What the page's address says of something. */
export const parameter = (name: string): string | null => new URLSearchParams(location.search).get(name);

export type Off = () => void;
const PASSIVE = bare({ passive: true });
export const all = (offs: (Off | undefined)[]): Off => () => offs.forEach((off) => off?.());
export function on(target: EventTarget | undefined, types: string, listener: (event: Event) => void): Off {
  const list = types.split(" ");
  for (const type of list) target?.addEventListener(type, listener, PASSIVE);
  return () => { for (const type of list) target?.removeEventListener(type, listener); };
}

/** Runs work as soon as somebody opens the page: usually at once, but a browser may load it in advance. */
export const whenOpened = (work: () => void): void => {
  if ((globalThis.document as { prerendering?: boolean } | undefined)?.prerendering) on(document, "prerenderingchange", work);
  else work();
};

/** Calls back when the page is hidden, shown again, restored from the back/forward cache, or online again. */
export function watchPage(call: { hidden(): void; shown(): void; restored(): void; online(): void }): Off {
  // A page that is being left must start nothing any more: work that ends when it already lies in the
  // back/forward cache costs it that place. `pagehide` comes before the `visibilitychange` of leaving.
  let leaving = false;
  return all([
    on(window, "pagehide", () => { leaving = true; }),
    on(document, "visibilitychange", () => {
      if (document.visibilityState !== "hidden") call.shown();
      else if (!leaving) call.hidden();
    }),
    on(window, "pageshow", (event) => {
      leaving = false;
      if ((event as PageTransitionEvent).persisted) call.restored();
    }),
    on(window, "online", call.online),
  ]);
}

export const visible = (): boolean => !hasPage() || document.visibilityState === "visible";
