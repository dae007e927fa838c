// The book behind it, for who reviews it.
import { h, type Part } from "./dom.js";
import { code, note, section, table } from "./parts.js";
import type { Seen } from "./seen.js";

export function rules({ text, view, inspection: { book } }: Seen): Part | false {
  if (view === "visitor") return false;
  const { report } = book;
  const all = report?.questions.reduce((sum, { weight }) => sum + weight, 0) ?? 0;
  return section("rules", text.t("book.title"), text.t("book.lead"),
    h("dl", { class: "facts" },
      h("dt", {}, text.t("book.name")), h("dd", {}, `${book.book}, ${text.t("book.version", { version: String(book.version) })}`),
      h("dt", {}, text.t("book.source")), h("dd", {}, code(book.source)),
      h("dt", {}, text.t("book.retention")), h("dd", {}, text.time(book.retention))),
    report && report.questions.length > 0 && [
      table(text.t("book.questions"),
        [text.t("book.question"), text.t("book.weight"), text.t("book.truth"), text.t("book.delay"), text.t("book.bits")],
        report.questions.map(({ dimension, weight, truth, after, jitter, bits }) => [
          text.dimension(dimension), text.percent(weight / all), text.percent(truth),
          text.t("book.delays", { least: text.time(after), most: text.time(after + jitter) }), text.number(bits),
        ])),
      note(text.t("book.crowd", { crowd: report.crowd }))]);
}
