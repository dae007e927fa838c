// The aisle of used things: twenty thousand pieces in one small file, of which the browser puts the likeliest in front.
// The catalogue's module is loaded by this page alone.
import type { Fewbits } from "fewbits";
import { openCatalogue, type Catalogue, type Query, type Ranked } from "fewbits/catalogue";
import { find as piece } from "../finds.ts";
import { rankings } from "../shop.book.json";
import { find } from "./dom.ts";

let catalogue: Promise<Catalogue> | undefined;
let asked = 0;

const open = (): Promise<Catalogue> => catalogue ??= openCatalogue("/assets/finds.fbc", { wasm: "/assets/fewbits_catalogue_bg.wasm", worker: true });

/** The order of everybody, for who did not ask for one of their own: what is liked, and not too much of one thing. */
const { popularity, limit, diversify } = rankings["handed-on"];

const WHY: Record<string, string> = {
  "weather:cold": "it is cold where you are going", "weather:hot": "it is hot where you are going",
};
const reason = ({ because }: Ranked): string => {
  const said = because.filter(({ what, adds }) => adds > 0 && what !== "popularity").sort((a, b) => b.adds - a.adds);
  return said.length ? `because ${said.map(({ what }) => WHY[what] ?? `you linger at the ${what.replace("aisle:", "")}`).join(", and ")}` : "because others liked it";
};

function card(template: HTMLTemplateElement, it: Ranked): DocumentFragment {
  const { product, condition, story, size, price } = piece(it.id);
  const row = template.content.cloneNode(true) as DocumentFragment;
  find<HTMLImageElement>("img", row)!.src = `/img/${product.slug}.svg`;
  const link = find<HTMLAnchorElement>(".card-name", row)!;
  link.textContent = product.name;
  link.href = `/${product.aisle}/${product.slug}/`;
  find(".card-price", row)!.textContent = `£${price}`;
  find(".card-line", row)!.textContent = [condition, size && `size ${size}`].filter(Boolean).join(", ") + `. ${story}.`;
  find(".find-why", row)!.textContent = reason(it);
  return row;
}

/** Fills the page, if this is it. `fb`: whom it may follow. */
export async function drawFinds(within: ParentNode, fb: Fewbits | undefined): Promise<void> {
  const list = find("[data-testid=finds]", within), form = find<HTMLFormElement>("[data-finds-ask]", within);
  if (!list || !form) return;
  const mine = ++asked;
  const opened = await open();
  const said = find("[data-finds-said]", within)!;
  if (!opened.ok) {
    said.textContent = `The list could not be loaded: ${opened.error?.message ?? "nobody knows why"}. The aisles have everything new.`;
    return;
  }
  const given = new FormData(form), aisle = given.get("aisle"), price = Number(given.get("price"));
  const narrowed: Pick<Query, "must" | "not" | "price"> = {
    must: aisle ? [`aisle:${String(aisle)}`] : [],
    not: given.has("good") ? ["condition:worn-in", "condition:much-loved"] : [],
    ...price && { price: { max: price } },
  };
  const began = performance.now();
  const found = fb ? await fb.rank("handed-on", opened, narrowed) : await opened.rank({ popularity, limit, diversify, ...narrowed });
  if (mine !== asked) return;
  const took = Math.max(0.1, Math.round((performance.now() - began) * 10) / 10);
  const template = find<HTMLTemplateElement>("#find", within)!;
  list.dataset.where = opened.where;
  list.replaceChildren(...found.map((it) => card(template, it)));
  said.textContent = found.length ? `The first ${found.length} of ${opened.size.toLocaleString("en-GB")}, put in order in this browser in ${took} ms.` : "Nothing like that has come back yet.";
}
