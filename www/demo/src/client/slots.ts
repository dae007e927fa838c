// Puts decisions on the page. All variants of a slot have the same size, so nothing jumps.
import { all, calm, find } from "./dom.ts";

export function show(within: ParentNode, slot: HTMLElement, chosen: string): void {
  if (slot.dataset.variant === chosen) return;
  const template = find<HTMLTemplateElement>(`template[data-for="${slot.dataset.slot}"][data-variant="${chosen}"]`, within);
  if (!template) return;
  const swap = () => {
    slot.dataset.variant = chosen;
    slot.replaceChildren(template.content.cloneNode(true));
  };
  swap();
  if (slot.isConnected && !calm()) slot.animate([{ opacity: 0.35 }, { opacity: 1 }], { duration: 450, easing: "ease-out" });
}

/** Moves the aisles into their order; each slides from its old place to the new one. */
function order(list: HTMLElement, wanted: string[]): void {
  const items = all(":scope > [data-aisle]", list);
  const sorted = [...items].sort((a, b) => wanted.indexOf(a.dataset.aisle!) - wanted.indexOf(b.dataset.aisle!));
  if (sorted.every((item, at) => item === items[at])) return;
  const before = new Map(items.map((item) => [item, item.getBoundingClientRect()]));
  const focused = document.activeElement;
  list.append(...sorted);
  if (focused instanceof HTMLElement && list.contains(focused)) focused.focus({ preventScroll: true });
  if (!list.isConnected || calm()) return;
  for (const item of sorted) {
    const from = before.get(item)!;
    const to = item.getBoundingClientRect();
    const move = `translate(${from.left - to.left}px, ${from.top - to.top}px) scale(${from.width / to.width}, ${from.height / to.height})`;
    item.animate([{ transform: move, transformOrigin: "0 0" }, { transform: "none", transformOrigin: "0 0" }], { duration: 550, easing: "cubic-bezier(.2,.8,.2,1)" });
  }
}

/** Applies what is decided to a page, or to a `<main>` that is about to become one. Where nothing is decided, a slot
 * shows what it was delivered with. */
export function apply(within: ParentNode, decided: (slot: string) => string | undefined, aisles: string[]): void {
  for (const slot of all("[data-slot]", within)) show(within, slot, decided(slot.dataset.slot!) ?? slot.dataset.otherwise!);
  const list = find("[data-testid=aisles]", within);
  if (list) order(list, aisles);
}
