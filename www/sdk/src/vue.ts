// Vue 3: a plugin, composables, and a slot. On the server and while hydrating they answer with `initial`.
import {
  computed, defineComponent, Fragment, getCurrentInstance, h, inject, onMounted, onUnmounted, shallowRef, unref, watch,
  type App, type ComputedRef, type InjectionKey, type Ref,
} from "vue";
import { complain } from "./complain.js";
import { whenFree } from "./free.js";
import { openLive, type Initial, type Live, type Source, type View } from "./live.js";
import type { Decision, Fewbits, Names } from "./types.js";

export type { Initial, Source } from "./live.js";

interface Shared {
  readonly live: Live;
  /** Starts it, with the first component that is on a page. */
  start(): void;
}

const KEY: InjectionKey<Shared> = Symbol("fewbits");
const nobody: Shared = { live: openLive(() => new Promise<Fewbits>(() => undefined)), start: () => undefined };

export interface PluginOptions {
  /** Fewbits, a promise of it, or best a function that starts it: `() => createFewbits({ … })`. It is called in the
   * browser alone, when the first component that asks is mounted; what it started ends with the app. */
  fewbits: Source;
  /** What the server knows, and what counts until Fewbits has answered. */
  initial?: Initial;
}

/** `app.use(fewbits, { fewbits: () => createFewbits({ … }) })` */
export const fewbits = {
  install(app: App, { fewbits: source, initial }: PluginOptions): void {
    const live = openLive(source, initial);
    let stop: (() => void) | undefined;
    app.provide(KEY, { live, start: () => { stop ??= live.start(); } });
    const { unmount } = app;
    app.unmount = () => {
      stop?.();
      stop = undefined;
      unmount();
    };
  },
};

type Text<T extends string = string> = T | Ref<T> | (() => T);
const read = (text: Text): string => typeof text === "function" ? text() : unref(text);

function useShared(): Shared {
  const shared = inject(KEY, null);
  if (!shared) complain("a composable of fewbits/vue is used in an app without the plugin: nothing is known there");
  return shared ?? nobody;
}

/** What is read, now and after each change. */
function useState<T>(now: (live: Live) => T, first: (live: Live) => T): Readonly<Ref<T>> {
  const { live, start } = useShared();
  // What is hydrated has an element before it was set up.
  const hydrating = typeof document !== "object" || !!getCurrentInstance()?.vnode.el;
  const state = shallowRef(hydrating ? first(live) : now(live));
  let off: (() => void) | undefined;
  onMounted(() => {
    const update = () => { state.value = now(live); };
    off = live.subscribe(update);
    start();
    update();
  });
  onUnmounted(() => off?.());
  return state;
}
const useView = (): Readonly<Ref<View>> => useState(({ now }) => now, ({ initial }) => initial);

/** Fewbits itself, to `track`, to ask for consent and the like; `null` until it has started, and on the server. */
export const useFewbits = <N extends Names = Names>(): Readonly<Ref<Fewbits<N> | null>> =>
  useState((live) => live.fewbits as Fewbits<N> | null, () => null);

/** The segments that hold. */
export function useSegments<N extends Names = Names>(): ComputedRef<readonly N["segment"][]> {
  const view = useView();
  return computed(() => view.value.segments);
}

/** Does this segment, or a segment of this group, hold? */
export function useIs<N extends Names = Names>(id: Text<N["segment"] | N["group"]>): ComputedRef<boolean> {
  const view = useView();
  return computed(() => view.value.is(read(id)));
}

function usePeek(slot: Text): ComputedRef<Decision> {
  const view = useView();
  return computed(() => view.value.decision(read(slot)));
}

function useShown(decision: Ref<Decision>, now: () => boolean): void {
  const { live } = useShared();
  const tell = () => {
    if (now() && decision.value.by !== "not-running") live.shown(decision.value.slot);
  };
  onMounted(tell);
  watch([decision, now], tell, { flush: "post" });
}

/** What a slot shows. It counts as shown when the component is on the page. */
export function useDecision(slot: Text): ComputedRef<Decision> {
  const decision = usePeek(slot);
  useShown(decision, () => true);
  return decision;
}

/** A slot: the variant that was decided, in an element of its own. While the visitor's focus is inside, it stays as it is.
 * A template slot for each variant; the default one for all others, and until Fewbits has answered. */
export const FewbitsSlot = defineComponent({
  name: "FewbitsSlot",
  props: {
    /** The slot's name in the book. */
    name: { type: String, required: true },
    /** The element around it. */
    as: { type: String, default: "div" },
  },
  setup(props, { slots }) {
    const decision = usePeek(() => props.name);
    const wanted = computed(() => decision.value.variant);
    const shown = shallowRef(wanted.value);
    const box = shallowRef<Element | null>(null);
    let off: (() => void) | undefined;
    watch(wanted, () => {
      off?.();
      off = whenFree(box.value, () => { shown.value = wanted.value; });
    });
    onUnmounted(() => off?.());
    useShown(decision, () => shown.value === wanted.value);
    return () => h(props.as, { ref: box, "data-variant": shown.value || undefined },
      [h(Fragment, { key: shown.value }, (slots[shown.value] ?? slots.default)?.({ variant: shown.value }) ?? [])]);
  },
});
