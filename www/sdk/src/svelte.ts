// Svelte 4 and 5: stores, actions, and a slot. On the server they answer with `initial`.
import { getContext, onMount, setContext, type SvelteComponent } from "svelte";
import { complain } from "./complain.js";
import { whenFree } from "./free.js";
import { openLive, type Initial, type Live, type Source } from "./live.js";
import type { Decision, Fewbits, Tags } from "./types.js";

export type { Initial, Source } from "./live.js";

/** A store, as Svelte understands it: `$store` in a component. */
export interface Readable<T> {
  subscribe(run: (value: T) => void): () => void;
}

/** The variant that a slot shows. */
export interface Slot extends Readable<string> {
  /** `use:hero.hold` on the element around it: while the visitor's focus is inside, it stays as it is. */
  hold(node: HTMLElement): { destroy(): void };
}

export interface Tracked {
  event: string;
  tags?: Tags;
  value?: number;
}

export interface FewbitsStores {
  /** Fewbits itself, to `track`, to ask for consent and the like; `null` until it has started, and on the server. */
  readonly fewbits: Readable<Fewbits | null>;
  /** The segments that hold. */
  readonly segments: Readable<readonly string[]>;
  /** Does this segment, or a segment of this group, hold? */
  is(id: string): Readable<boolean>;
  /** What a slot shows. It counts as shown while somebody in the browser is subscribed. */
  decision(slot: string): Readable<Decision>;
  /** The same, for who shows it in an element that may have the focus. */
  slot(name: string): Slot;
  /** `use:track={{ event: "cart", tags: { aisle: "boots" } }}`: a click tells of it. */
  track(node: HTMLElement, what: Tracked): { update(what: Tracked): void; destroy(): void };
}

const KEY = Symbol.for("fewbits");
const inBrowser = typeof document === "object";

function stores(live: Live): FewbitsStores {
  const readable = <T>(read: () => T): Readable<T> => ({
    subscribe: (run) => {
      let last = read();
      run(last);
      return live.subscribe(() => {
        const next = read();
        if (next !== last) run(last = next);
      });
    },
  });
  const view = () => inBrowser ? live.now : live.initial;
  const seen = ({ slot, by }: Decision): void => {
    // Not while a store is being read: to be seen may change what others read.
    if (inBrowser && by !== "not-running") queueMicrotask(() => { live.shown(slot); });
  };
  const decision = (slot: string): Readable<Decision> => {
    const { subscribe } = readable(() => view().decision(slot));
    return {
      subscribe: (run) => subscribe((one) => {
        run(one);
        seen(one);
      }),
    };
  };
  return {
    fewbits: readable(() => inBrowser ? live.fewbits : null),
    segments: readable(() => view().segments),
    is: (id) => readable(() => view().is(id)),
    decision,
    slot: (name) => {
      let box: HTMLElement | null = null;
      return {
        subscribe: (run) => {
          let off: (() => void) | undefined;
          let shown: string | undefined;
          const unsubscribe = readable(() => view().decision(name)).subscribe((one) => {
            const { variant } = one;
            off?.();
            // Who subscribes gets an answer at once.
            off = whenFree(shown === undefined ? null : box, () => {
              if (variant !== shown) run(shown = variant);
              seen(one);
            });
          });
          return () => {
            off?.();
            unsubscribe();
          };
        },
        hold: (node) => {
          box = node;
          return { destroy: () => { box = null; } };
        },
      };
    },
    track: (node, first) => {
      let what = first;
      const click = () => { live.fewbits?.track(what.event, what.tags, what.value); };
      node.addEventListener("click", click);
      return {
        update: (next) => { what = next; },
        destroy: () => { node.removeEventListener("click", click); },
      };
    },
  };
}

/** In the component around all others: hands Fewbits to those inside. `source` is best a function that starts it,
 * `() => createFewbits({ … })`: it is called in the browser alone, and what it started ends with the component. */
export function setFewbits(source: Source, initial?: Initial): FewbitsStores {
  const live = openLive(source, initial);
  const all = stores(live);
  setContext(KEY, all);
  onMount(() => live.start());
  return all;
}

/** In a component inside. */
export function getFewbits(): FewbitsStores {
  const all = getContext<FewbitsStores | undefined>(KEY);
  if (!all) complain("getFewbits() is called outside of the component that called setFewbits(): nothing is known there");
  return all ?? stores(openLive(() => new Promise<Fewbits>(() => undefined)));
}

export interface SlotProps {
  /** The slot's name in the book. */
  name: string;
  /** The element around it. Default: `div`. */
  as?: string;
  /** What is shown, by the variant: in Svelte 5 a snippet; in Svelte 4 `let:variant` and what stands inside. */
  children?: (shown: { variant: string }) => unknown;
  /** All else goes to the element. */
  [attribute: string]: unknown;
}

/** A slot: what is shown for the variant that was decided, in an element of its own. While the visitor's focus is inside, it
 * stays as it is. The site's own Svelte compiles it (`src/svelte/FewbitsSlot.svelte`), under the export condition `svelte`. */
export declare class FewbitsSlot extends SvelteComponent<SlotProps, Record<string, never>, { default: { variant: string } }> {}
