// Links inside the shop change `<main>` instead of loading a page: the address is real, the page behind it is,
// too, and a visitor who allows no memory still keeps the basket while walking about.
import { calm, find } from "./dom.ts";

const pages = new Map<string, Promise<Document>>();
const scrolled = new Map<string, number>();
let here = location.pathname;

function read(path: string): Promise<Document> {
  let page = pages.get(path);
  if (!page) {
    page = fetch(path).then(async (answer) => {
      if (!answer.headers.get("content-type")?.startsWith("text/html")) throw new Error("no page there");
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    });
    page.catch(() => pages.delete(path));
    pages.set(path, page);
  }
  return page;
}

const inShop = (link: HTMLAnchorElement): boolean =>
  link.origin === location.origin && link.pathname.endsWith("/") && !link.target && !link.download;

/** Starts soft navigation. `before` may change the new `<main>` while nobody sees it, `after` runs when it is there. */
export function navigate(before: (main: HTMLElement) => void, after: () => void): (path: string) => void {
  async function show(path: string, top: number): Promise<void> {
    let page: Document;
    try {
      page = await read(path);
    } catch {
      location.assign(path);
      return;
    }
    const next = document.importNode(find("main", page)!, true);
    before(next);
    const swap = () => {
      find("main")!.replaceWith(next);
      document.title = page.title;
      for (const link of document.querySelectorAll<HTMLAnchorElement>(".top a, .foot a")) {
        if (link.pathname === path) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
      scrollTo({ top, behavior: "instant" });
      here = path;
      after();
    };
    if (calm() || !("startViewTransition" in document) || document.visibilityState !== "visible") swap();
    else {
      const transition = document.startViewTransition(swap);
      // A transition that is skipped is not an error.
      for (const end of [transition.ready, transition.finished]) end.catch(() => undefined);
      await transition.updateCallbackDone;
    }
    next.focus({ preventScroll: true });
  }

  function go(path: string): void {
    scrolled.set(here, scrollY);
    if (path !== here) history.pushState(null, "", path);
    void show(path, 0);
  }

  addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest?.<HTMLAnchorElement>("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (!inShop(link) || (link.hash && link.pathname === here)) return;
    event.preventDefault();
    go(link.pathname);
  });
  addEventListener("pointerover", (event) => {
    const link = (event.target as Element | null)?.closest?.<HTMLAnchorElement>("a[href]");
    if (link && inShop(link) && link.pathname !== here) read(link.pathname).catch(() => undefined);
  });
  addEventListener("popstate", () => {
    if (location.pathname === here) return;
    scrolled.set(here, scrollY);
    void show(location.pathname, scrolled.get(location.pathname) ?? 0);
  });
  return go;
}
