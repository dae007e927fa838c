// The small pieces that all sections are made of.
import { h, type Child, type Part } from "./dom.js";
import type { Seen } from "./seen.js";

export type Sections = (seen: Seen) => Part | false;

export const section = (id: string, title: string, lead: Child, ...body: Child[]): Part =>
  h("section", { key: id, "data-part": id, "aria-labelledby": `${id}-title` },
    h("div", { class: "intro" }, h("h3", { id: `${id}-title` }, title), lead && h("p", { class: "lead" }, lead)),
    h("div", { class: "body" }, ...body));

export const note = (...text: Child[]): Part => h("p", { class: "note" }, ...text);
export const code = (text: string): Part => h("code", {}, text);
export const bytes = (text: string): Part => h("pre", { class: "bytes", tabindex: "0" }, h("code", {}, text));
export const more = (key: string, title: Child, ...body: Child[]): Part =>
  h("details", { key, class: "more" }, h("summary", {}, title), h("div", { class: "inside" }, ...body));
export const button = (name: string, text: Child, click: () => void, kind = ""): Part =>
  h("button", { key: name, type: "button", "data-do": name, class: `button ${kind}`, on: { click } }, text);

/** A table that scrolls by itself where there is no room. */
export const table = (caption: string, head: readonly string[], rows: readonly (readonly Child[])[]): Part =>
  h("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption },
    h("table", {}, h("caption", {}, caption),
      h("thead", {}, h("tr", {}, ...head.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...rows.map(([first, ...rest]) => h("tr", {}, h("th", { scope: "row" }, first), ...rest.map((cell) => h("td", {}, cell)))))));
