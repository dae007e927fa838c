// What is collected without a call: page views, dwell, scrolling. Loaded if the book needs any of them.
import { Needs } from "./codes.js";
import type * as page from "./signals.js";

type Off = page.Off;
/** How to listen; handed in, so that this file stays a part of its own. */
type Page = Pick<typeof page, "all" | "on" | "visible">;

export interface Sink {
  view(): void;
  dwell(seconds: number): void;
  scroll(percent: number): void;
}

/** Watches the page for what the book needs; returns the function that ends it. */
export const collect = (page: Page, needs: number, sink: Sink): Off => page.all([
  needs & Needs.View ? watchViews(page, sink.view) : undefined,
  needs & Needs.Dwell ? watchDwell(page, sink.dwell) : undefined,
  needs & Needs.Scroll ? watchScroll(page, sink.scroll) : undefined,
]);

/** Where a router is: the path, the query, and a fragment that is a path (`#/boots`). */
const place = (): string => location.pathname + location.search + (/^#!?\//.test(location.hash) ? location.hash : "");

/** Page views: of this page, and of those that a single-page application shows instead. */
function watchViews({ all, on }: Page, view: () => void): Off {
  let gone = false, here = place();
  // Not at once, so that a site which tracks its own views can do so first.
  const first = setTimeout(view);
  const offs: Off[] = [() => {
    gone = true;
    clearTimeout(first);
  }];
  // An address that was only put right is no other page.
  const moved = (replaced: boolean) => {
    const before = here;
    here = place();
    if (here !== before && !replaced && !gone) view();
  };
  const { navigation } = window as { navigation?: EventTarget };
  if (navigation) offs.push(on(navigation, "currententrychange", (event) => moved((event as { navigationType?: string }).navigationType === "replace")));
  else {
    // No event tells of these here, so they are wrapped, and unwrapped unless somebody else wrapped them after us.
    for (const name of ["pushState", "replaceState"] as const) {
      const real = history[name];
      const wrapped: typeof real = function (this: History, ...args) {
        real.apply(this, args);
        moved(name === "replaceState");
      };
      // A page may have frozen it: then only going back and forth is heard.
      try { history[name] = wrapped; } catch { /* as it is */ }
      offs.push(() => { if (history[name] === wrapped) history[name] = real; });
    }
    offs.push(on(window, "popstate hashchange", () => moved(false)));
  }
  return all(offs);
}

const DWELL_STEP = 10_000;
/** Without any sign of the visitor for so long, nobody is reading. */
const ATTENTION = 30_000;

/** Seconds of attention: the page is visible, and the visitor has moved lately. */
function watchDwell({ all, on, visible }: Page, dwell: (seconds: number) => void): Off {
  let since = 0, moved = performance.now(), timer: ReturnType<typeof setTimeout> | undefined;
  const start = () => {
    if (since || !visible()) return;
    since = performance.now();
    timer = setTimeout(tick, DWELL_STEP);
  };
  const stop = () => {
    if (!since) return;
    clearTimeout(timer);
    // A computer that slept has a late timer.
    const spent = Math.min(performance.now() - since, 1.5 * DWELL_STEP);
    since = 0;
    if (spent >= 100) dwell(spent / 1000);
  };
  const tick = () => {
    stop();
    if (performance.now() - moved < ATTENTION) start();
  };
  start();
  return all([
    on(window, "pointermove pointerdown keydown scroll", () => {
      moved = performance.now();
      start();
    }),
    on(document, "visibilitychange", () => {
      if (!visible()) return stop();
      moved = performance.now();
      start();
    }),
    on(window, "pagehide", stop),
    stop,
  ]);
}

/** The greatest depth reached on a page, in percent, each time it grows. */
function watchScroll({ all, on }: Page, scroll: (percent: number) => void): Off {
  let deepest = 0, path = location.pathname, timer: ReturnType<typeof setTimeout> | undefined;
  const measure = () => {
    timer = undefined;
    if (path !== location.pathname) {
      path = location.pathname;
      deepest = 0;
    }
    const depth = Math.min(100, Math.floor((scrollY + innerHeight) / document.documentElement.scrollHeight * 100));
    if (depth > deepest) scroll(deepest = depth);
  };
  return all([
    on(window, "scroll", () => { timer ??= setTimeout(measure, 200); }),
    () => clearTimeout(timer),
  ]);
}
