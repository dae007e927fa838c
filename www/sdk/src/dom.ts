// Pages without a framework: attributes say what is shown to whom. Nothing is parsed, and elements are moved, hidden and
// shown, never written as text, so that a strict policy and Trusted Types have nothing to say.
import { complain } from "./complain.js";
import { focused } from "./free.js";
import { openLive, type Source, type View } from "./live.js";
import type { Fewbits, Tags } from "./types.js";

export type { Source } from "./live.js";

export interface DomOptions {
  /** Where to look: the document, an element, or a shadow root. */
  root?: Document | Element | ShadowRoot;
}

const SHOW = "data-fewbits-show", SLOT = "data-fewbits-slot", VARIANT = "data-fewbits-variant";
const TRACK = "data-fewbits-track", TAGS = "data-fewbits-tags", VALUE = "data-fewbits-value";
const LIVE = "data-fewbits-live", SHOWN = "data-fewbits-shown";
const PLACES = `[${SHOW}], [${SLOT}]`;
/** So long after the visitor did something, a change is what came of it. (As in the Layout Instability API.) */
const ANSWER = 500;
/** Events from before Fewbits has started; of more, the first ones. */
const WAITING = 100;

/** `a b, !c`: a and b, or not c. */
const holds = (wanted: string, { is }: View): boolean => wanted.split(",").some((all) => {
  const ids = all.trim().split(/\s+/);
  return ids[0] !== "" && ids.every((id) => id.startsWith("!") ? !is(id.slice(1)) : is(id));
});

/** Hidden, and out of reach of the keyboard even where a style shows what is hidden. */
function hide(element: HTMLElement, hidden: boolean): void {
  element.hidden = hidden;
  element.inert = hidden;
}

/** What a slot has put on the page, and how to take it back. */
interface Put {
  /** What it is made of: a template, an element that was there, or nothing. */
  readonly from: Element | undefined;
  readonly nodes: readonly Node[];
  undo(): void;
}

/** Shows the page's variants and its conditional parts, and keeps to that as the page and the visitor change. Returns the
 * function that ends it; the page stays as it is then. */
export function bindDom(fewbits: Source, options: DomOptions = {}): () => void {
  if (typeof document !== "object") return () => undefined;
  const root = options.root ?? document;
  const live = openLive(fewbits);
  /** What was asked for, and whether it holds. */
  const known = new WeakMap<Element, readonly [wanted: string, shown: boolean]>();
  const slots = new WeakMap<Element, Put>();
  /** What a template was made into, with all that the visitor did to it. */
  const made = new WeakMap<Element, readonly Node[]>();
  let pending = false, queued = false, ended = false, acted = -Infinity;

  /** May it change now? What the visitor reads stays as it is. */
  const may = (element: Element): boolean => {
    if (performance.now() - acted < ANSWER || document.visibilityState === "hidden" || element.closest(`[${LIVE}]`)) return true;
    // What is hidden would stand where the next visible thing above it ends.
    let at: Element | null = element;
    while (at && !at.getClientRects().length) at = at.previousElementSibling ?? at.parentElement;
    const { top, bottom } = (at ?? element).getBoundingClientRect();
    // Above, only where the browser holds on to what is being read.
    return top >= innerHeight || bottom <= 0 && CSS.supports("overflow-anchor", "auto");
  };
  /** Not now: later, when the visitor has done something, or has looked away. */
  const later = (): void => { pending = true; };

  const applyShow = (element: HTMLElement): void => {
    const wanted = element.getAttribute(SHOW)!;
    const shown = holds(wanted, live.now);
    const before = known.get(element);
    // What is new, or was asked for anew, nobody reads yet.
    const fresh = before?.[0] !== wanted;
    if (!fresh && before![1] === shown) return;
    if (!fresh && !may(element) || !shown && focused(element)) return later();
    hide(element, !shown);
    known.set(element, [wanted, shown]);
  };

  const applySlot = (slot: HTMLElement): void => {
    // What cannot be seen was not shown. What is around it comes first, so a slot in what opens now is seen.
    if (slot.closest("[hidden]")) return;
    const name = slot.getAttribute(SLOT)!;
    const { variant, by } = live.now.decision(name);
    const variants = [...slot.children].filter((child) => child.hasAttribute(VARIANT));
    const from = variants.find((child) => child.getAttribute(VARIANT) === variant);
    const before = slots.get(slot);
    if (!before || before.from !== from) {
      if (before && !may(slot) || !from?.contains(document.activeElement) && focused(slot)) return later();
      before?.undo();
      const rest = [...slot.childNodes].filter((child) => !(child instanceof Element && child.hasAttribute(VARIANT)));
      const others = variants.filter((child) => child !== from && !(child instanceof HTMLTemplateElement)) as HTMLElement[];
      slots.set(slot, put(from, rest, others));
    }
    if (slot.getAttribute(SHOWN) !== variant) slot.setAttribute(SHOWN, variant);
    if (by !== "not-running") live.shown(name);
  };

  /** Puts a variant in the place of what the slot had from the start. */
  const put = (from: Element | undefined, rest: readonly Node[], others: readonly HTMLElement[]): Put => {
    for (const other of others) hide(other, true);
    if (!from) return { from, nodes: [], undo: () => undefined };
    const gone = rest.map((node) => node instanceof HTMLElement ? stow(node) : node instanceof Text && node.data.trim() ? cut(node) : undefined);
    const back = () => { for (const one of gone) one?.(); };
    if (!(from instanceof HTMLTemplateElement)) {
      hide(from as HTMLElement, false);
      return { from, nodes: [from], undo: () => { hide(from as HTMLElement, true); back(); } };
    }
    let nodes = made.get(from);
    if (!nodes) made.set(from, nodes = [...document.importNode(from.content, true).childNodes]);
    from.after(...nodes);
    const own = nodes;
    return { from, nodes, undo: () => { for (const node of own) node.parentNode?.removeChild(node); back(); } };
  };
  const stow = (element: HTMLElement): (() => void) | undefined => {
    if (element.hidden) return undefined;
    hide(element, true);
    return () => { hide(element, false); };
  };
  const cut = (text: Text): (() => void) => {
    const gap = document.createTextNode("");
    text.replaceWith(gap);
    return () => { gap.replaceWith(text); };
  };

  const look = (): void => {
    queued = false;
    if (ended || !live.fewbits) return;
    pending = false;
    const places = [...root.querySelectorAll<HTMLElement>(PLACES)];
    if (root instanceof HTMLElement && root.matches(PLACES)) places.unshift(root);
    for (const place of places) {
      try {
        if (place.hasAttribute(SHOW)) applyShow(place);
        if (place.hasAttribute(SLOT)) applySlot(place);
      } catch (error) {
        complain("a part of the page could not be changed", error);
      }
    }
  };
  const lookSoon = (): void => {
    if (queued) return;
    queued = true;
    queueMicrotask(look);
  };

  // ---- the page changes. What we change ourselves leads to one more look, which finds everything as it should be.
  const concerns = (node: Node): boolean => node instanceof Element
    && (node.matches(`${PLACES}, [${VARIANT}]`) || node.querySelector(PLACES) !== null);
  const observer = new MutationObserver((records) => {
    if (records.some(({ attributeName, target, addedNodes }) =>
      attributeName ? attributeName !== "hidden" || concerns(target) : [...addedNodes].some(concerns))) lookSoon();
  });
  observer.observe(root, { subtree: true, childList: true, attributeFilter: [SHOW, SLOT, VARIANT, "hidden"] });

  // ---- the visitor does something, or looks away
  const waiting: ((fb: Fewbits) => void)[] = [];
  const track = (event: Event): void => {
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>(`[${TRACK}]`) : null;
    // A form is sent, all else is clicked.
    if (!target || !root.contains(target) || (event.type === "submit") !== target instanceof HTMLFormElement) return;
    const value = target.getAttribute(VALUE);
    const [name, tags] = [target.getAttribute(TRACK)!, tagsOf(target.getAttribute(TAGS) ?? "")];
    const tell = (fb: Fewbits) => { fb.track(name, tags, value === null ? undefined : Number(value)); };
    if (live.fewbits) tell(live.fewbits);
    else if (waiting.length < WAITING) waiting.push(tell);
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const again = (): void => {
    if (!pending) return;
    clearTimeout(timer);
    timer = setTimeout(look, 100);
  };
  const act = (): void => { acted = performance.now(); };
  const offs: (() => void)[] = [];
  const on = (target: EventTarget, types: string, listener: (event: Event) => void) => {
    for (const type of types.split(" ")) {
      target.addEventListener(type, listener, { capture: true, passive: true });
      offs.push(() => { target.removeEventListener(type, listener, { capture: true }); });
    }
  };
  on(root, "click submit", act);
  on(root, "click submit", track);
  on(root, "click submit focusout", again);
  on(window, "scroll resize", again);
  on(document, "visibilitychange", again);

  const unsubscribe = live.subscribe(() => {
    const { fewbits: fb } = live;
    if (fb) for (const tell of waiting.splice(0)) tell(fb);
    lookSoon();
  });
  const stop = live.start();
  return () => {
    ended = true;
    observer.disconnect();
    clearTimeout(timer);
    unsubscribe();
    for (const off of offs) off();
    stop();
  };
}

/** `aisle:boots brand:acme aisle:coats` */
function tagsOf(text: string): Tags {
  const tags: Record<string, string[]> = {};
  for (const pair of text.split(/[\s,]+/)) {
    const colon = pair.indexOf(":");
    if (colon > 0) (tags[pair.slice(0, colon)] ??= []).push(pair.slice(colon + 1));
  }
  return tags;
}
