// The basket: a list in memory, written down only where the visitor allows it.
import { all, el, find } from "./dom.ts";
import { keep, keeping, recall } from "./keep.ts";

export interface Item {
  slug: string;
  name: string;
  price: number;
  aisle: string;
}
interface Line extends Item {
  size: string;
  count: number;
}

const MOST = 9;
let lines: Line[] = read();

function read(): Line[] {
  try {
    const found: unknown = JSON.parse(recall("basket") ?? "[]");
    return Array.isArray(found) ? found.filter((it: Partial<Line>) => typeof it?.slug === "string" && typeof it.price === "number" && typeof it.count === "number") : [];
  } catch {
    return [];
  }
}

export const reread = (): void => {
  lines = read();
};
export const total = (): number => lines.reduce((sum, { price, count }) => sum + price * count, 0);
export const aisles = (): string[] => [...new Set(lines.map(({ aisle }) => aisle))];
const pieces = (): number => lines.reduce((sum, { count }) => sum + count, 0);

function changed(next: Line[]): void {
  lines = next;
  keep("basket", JSON.stringify(lines));
  draw(document);
}

export function add(item: Item, size: string): void {
  const same = lines.find((line) => line.slug === item.slug && line.size === size);
  if (same) same.count = Math.min(MOST, same.count + 1);
  changed(same ? lines : [...lines, { ...item, size, count: 1 }]);
}

export const empty = (): void => changed([]);

/** Fills the places of a page that show the basket. */
export function draw(within: ParentNode, emptied?: () => void): void {
  const count = find("[data-testid=cart-count]");
  if (count) count.textContent = String(pieces());
  for (const place of all("[data-total]", within)) place.textContent = `£${total()}`;
  const brief = find(".lines.brief", within);
  brief?.replaceChildren(...lines.map((line) => el("li", {}, el("span", {}, `${line.count} × ${line.name}${line.size && `, ${line.size}`}`), el("span", {}, `£${line.price * line.count}`))));
  const basket = find("[data-basket]", within);
  if (basket) drawLines(within, basket, emptied ?? onEmptied);
}

let onEmptied = (): void => undefined;
export const whenEmptied = (call: () => void): void => {
  onEmptied = call;
};

function drawLines(within: ParentNode, basket: HTMLElement, emptied: () => void): void {
  basket.hidden = lines.length === 0;
  find("[data-basket-empty]", within)!.hidden = lines.length > 0;
  find("[data-basket-where]", within)!.textContent = lines.length === 0 ? "" : keeping()
    ? "Your basket is kept in this browser, because you allowed the shop to remember."
    : "Your basket is held by this page alone and is gone when you close or reload it, because you have not allowed the shop to remember.";
  const template = find<HTMLTemplateElement>("#basket-line", within)!;
  const setCount = (line: Line, count: number) => {
    changed(count ? lines.map((it) => (it === line ? { ...it, count } : it)) : lines.filter((it) => it !== line));
    if (!lines.length) emptied();
  };
  find(".lines", basket)!.replaceChildren(...lines.map((line) => {
    const row = template.content.cloneNode(true) as DocumentFragment;
    const link = find<HTMLAnchorElement>(".line-name", row)!;
    find<HTMLImageElement>("img", row)!.src = `/img/${line.slug}.svg`;
    link.textContent = line.name;
    link.href = `/${line.aisle}/${line.slug}/`;
    find(".line-size", row)!.textContent = line.size && `Size ${line.size}`;
    find(".line-price", row)!.textContent = `£${line.price * line.count}`;
    const select = find<HTMLSelectElement>("select", row)!;
    for (let n = 1; n <= MOST; n += 1) select.append(new Option(String(n), String(n), n === line.count, n === line.count));
    select.addEventListener("change", () => setCount(line, Number(select.value)));
    find("[data-remove]", row)!.addEventListener("click", () => setCount(line, 0));
    return row;
  }));
}
