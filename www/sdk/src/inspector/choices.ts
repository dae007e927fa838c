// What the visitor allows, the copy, and the end of it.
import type { Answer, Purpose } from "../types.js";
import { h, type Part } from "./dom.js";
import { button, more, note, section } from "./parts.js";
import type { Seen } from "./seen.js";

const PURPOSES: readonly Purpose[] = ["store", "personalise", "measure", "share"];
const ANSWERS: readonly Answer[] = ["granted", "denied", "unknown"];

export function choices(seen: Seen): Part {
  const { text, inspection: { closed } } = seen;
  return section("choices", text.t("consent.title"), text.t("consent.lead"),
    h("div", { class: "purposes" }, ...PURPOSES.map((purpose) => question(seen, purpose))),
    closed.length > 0 && note(h("span", { id: "gpc" }, text.t("consent.gpc"))));
}

function question({ text, mine: { consent }, inspection: { closed }, acts }: Seen, purpose: Purpose): Part {
  const shut = closed.includes(purpose);
  return h("fieldset", { key: purpose, "data-purpose": purpose, disabled: shut, "aria-describedby": shut && "gpc" },
    h("legend", {}, h("strong", {}, text.t(`purpose.${purpose}`)), " ", h("span", { class: "soft" }, text.t(`purpose.${purpose}.words`))),
    h("div", { class: "answers" }, ...ANSWERS.map((answer) => h("label", { key: answer },
      h("input", {
        type: "radio", name: purpose, value: answer, is: { checked: consent[purpose] === answer },
        on: { change: () => acts.consent({ [purpose]: answer }) },
      }), h("span", {}, text.t(`consent.${answer}`))))));
}

export function yours({ text, acts }: Seen): Part {
  return section("yours", text.t("yours.title"), text.t("yours.lead"),
    h("p", { class: "buttons" },
      button("export", text.t("yours.export"), () => acts.export()),
      button("forget", text.t("yours.forget"), () => acts.forget(false), "warn")),
    more("mark", text.t("yours.what"), h("p", {}, text.t("yours.mark")),
      h("p", { class: "buttons" }, button("forget-everything", text.t("yours.everything"), () => acts.forget(true), "warn"))));
}
