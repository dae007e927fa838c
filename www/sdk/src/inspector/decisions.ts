// What the page shows where, and because of what.
import type { Decision } from "../types.js";
import { h, type Part } from "./dom.js";
import { code, note, section } from "./parts.js";
import type { Seen } from "./seen.js";

export function decisions(seen: Seen): Part {
  const { text, fb } = seen;
  const all = fb.decisions();
  return section("decisions", text.t("decisions.title"), text.t("decisions.lead"),
    all.length ? h("ul", { class: "rows", "data-list": "decisions" }, ...all.map((it) => row(seen, it))) : note(text.t("decisions.nothing")));
}

function row({ text, view, inspection: { book } }: Seen, { slot, variant, because, by, rule, source = "", frozen }: Decision): Part {
  const others = book.slots.find(({ name }) => name === slot)?.variants.filter((one) => one !== variant) ?? [];
  return h("li", { key: slot, "data-slot": slot, "data-variant": variant },
    h("span", { class: "name" }, text.slot(slot)),
    h("strong", { class: "value" }, text.variant(variant)),
    h("span", { class: "under" },
      h("span", {}, text.pair(text.t("groups.because"), because || text.t(`by.${by}`, { source }))),
      view !== "visitor" && [
        because && h("span", { class: "reason" }, text.t(`by.${by}`, { source })),
        rule >= 0 && h("span", { class: "reason" }, text.t("decisions.rule", { number: rule + 1 })),
        h("span", { class: "reason" }, text.t(frozen ? "decisions.frozen" : "decisions.open")),
        h("span", { class: "reason" }, code(`${slot}: ${variant}`)),
      ]),
    h("span", { class: "under" }, text.t("decisions.others", { list: others.map((one) => text.variant(one)).join(", ") })));
}
