// Opens and closes the panel. Its content is loaded when it is first opened.
import { find } from "./dom.ts";
import { keep } from "./keep.ts";

export function panelToggle(fill: () => Promise<() => void>): void {
  const root = document.documentElement;
  const button = find<HTMLButtonElement>("[data-testid=panel-toggle]")!;
  let filled: Promise<() => void> | undefined;

  const isOpen = () => root.dataset.panel === "open";
  const set = (open: boolean) => {
    root.dataset.panel = open ? "open" : "closed";
    button.setAttribute("aria-expanded", String(open));
    if (open) void (filled ??= fill()).then((again) => again());
  };
  const toggle = (open: boolean) => {
    set(open);
    keep("panel", open ? "open" : "closed");
    if (open) find("#panel-title")!.focus({ preventScroll: true });
    else button.focus({ preventScroll: true });
  };

  addEventListener("click", (event) => {
    const target = event.target as Element | null;
    const opener = target?.closest?.("[data-open=panel]");
    if (opener) toggle(opener !== button || !isOpen());
    else if (target?.closest?.("[data-close=panel]")) toggle(false);
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) toggle(false);
  });
  set(isOpen());
}
