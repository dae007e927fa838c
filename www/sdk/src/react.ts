"use client";
// React, 18 and newer: a provider, hooks, and a slot. On the server and while hydrating they answer with `initial`.
import {
  createContext, createElement, Fragment, useContext, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore,
  type HTMLAttributes, type ReactElement, type ReactNode,
} from "react";
import { complain } from "./complain.js";
import { whenFree } from "./free.js";
import { openLive, type Initial, type Live, type Source, type View } from "./live.js";
import type { Decision, Fewbits, Names } from "./types.js";

export type { Initial, Source } from "./live.js";

const Context = createContext<Live | null>(null);
/** For who has no provider: nothing is known, and nothing starts. */
const nobody = openLive(() => new Promise<Fewbits>(() => undefined));
/** On the server React warns of layout effects, and runs neither. */
const useEarlyEffect = typeof document === "object" ? useLayoutEffect : useEffect;

export interface ProviderProps {
  /** Fewbits, a promise of it, or best a function that starts it: `() => createFewbits({ … })`. It is called in the
   * browser alone, after the first paint; what it started ends with the provider. Only the first value counts. */
  fewbits: Source;
  /** What the server knows, and what counts until Fewbits has answered. */
  initial?: Initial | undefined;
  children?: ReactNode;
}

export function FewbitsProvider({ fewbits, initial, children }: ProviderProps): ReactElement {
  const [live] = useState(() => openLive(fewbits, initial));
  useEffect(() => live.start(), [live]);
  return createElement(Context.Provider, { value: live }, children);
}

function useLive(): Live {
  const live = useContext(Context);
  if (!live) complain("a hook of fewbits/react is used outside of <FewbitsProvider>: nothing is known there");
  return live ?? nobody;
}

function useView<T>(read: (view: View) => T): T {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, () => read(live.now), () => read(live.initial));
}

/** Fewbits itself, to `track`, to ask for consent and the like; `null` until it has started, and on the server. */
export function useFewbits<N extends Names = Names>(): Fewbits<N> | null {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, () => live.fewbits, () => null) as Fewbits<N> | null;
}

/** The segments that hold. */
export const useSegments = <N extends Names = Names>(): readonly N["segment"][] => useView(({ segments }) => segments);

/** Does this segment, or a segment of this group, hold? */
export const useIs = <N extends Names = Names>(id: N["segment"] | N["group"]): boolean => useView(({ is }) => is(id));

function useShown(decision: Decision, now = true): void {
  const live = useLive();
  const { slot, by, variant } = decision;
  // What React renders and throws away was never shown.
  useEffect(() => {
    if (now && by !== "not-running") live.shown(slot);
  }, [live, slot, by, variant, now]);
}

/** What a slot shows. It counts as shown when the component is on the page. */
export function useDecision(slot: string): Decision {
  const decision = useView((view) => view.decision(slot));
  useShown(decision);
  return decision;
}

export interface SlotProps extends Omit<HTMLAttributes<HTMLElement>, "children"> {
  /** The slot's name in the book. */
  name: string;
  /** What to show, by variant. */
  variants?: Readonly<Record<string, ReactNode>>;
  /** What is shown for all other variants, and until Fewbits has answered; or a function of the variant. */
  children?: ReactNode | ((variant: string) => ReactNode);
  /** The element around it. */
  as?: string;
}

/** A slot: the variant that was decided, in an element of its own. While the visitor's focus is inside, it stays as it is. */
export function Slot({ name, variants = {}, children, as = "div", ...rest }: SlotProps): ReactElement {
  const decision = useView((view) => view.decision(name));
  const box = useRef<HTMLElement>(null);
  const [shown, show] = useState(decision.variant);
  const wanted = decision.variant;
  useEarlyEffect(() => shown === wanted ? undefined : whenFree(box.current, () => { show(wanted); }), [shown, wanted]);
  useShown(decision, shown === wanted);
  const content = typeof children === "function" ? children(shown)
    : Object.hasOwn(variants, shown) ? variants[shown] : children;
  return createElement(as, { ...rest, ref: box, "data-variant": shown || undefined }, createElement(Fragment, { key: shown }, content));
}
