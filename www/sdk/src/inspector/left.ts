// What has left: the budget, what may come next, and the ledger to the letter.
import type { LedgerLine } from "../types.js";
import { h, type Child, type Part } from "./dom.js";
import { bytes, code, more, note, section } from "./parts.js";
import type { Seen } from "./seen.js";
import type { Key } from "./text.js";

export function left(seen: Seen): Part {
  const { text } = seen;
  return section("left", text.t("left.title"), text.t("left.lead"), gauge(seen), next(seen), hints(seen), ledger(seen));
}

function gauge({ text, mine: { bits: { spent, cap } } }: Seen): Part {
  const value = text.t("gauge.value", { spent: text.number(spent), cap: text.number(cap) });
  const marks = Array.from({ length: Math.min(Math.floor(cap), 8) }, (_, i) => (i + 1) * Math.ceil(Math.floor(cap) / 8)).filter((mark) => mark < cap);
  return h("div", { class: "gauge", key: "gauge" },
    h("p", { class: "figure", id: "gauge-name" }, h("span", { class: "name" }, text.t("gauge")), " ", h("strong", { "data-is": "bits" }, value)),
    h("meter", { min: 0, max: cap || 1, value: spent, "aria-labelledby": "gauge-name", "aria-describedby": "gauge-words" }, value),
    marks.length > 0 && h("div", { class: "marks", "aria-hidden": "true" }, ...marks.map((mark) => h("span", { at: mark / cap }, text.number(mark)))),
    h("p", { id: "gauge-words" }, spent === 0 ? text.t("gauge.nothing")
      : text.t("gauge.words", { times: text.number(2 ** spent), most: text.number(Math.round(2 ** cap * 10) / 10) })));
}

function next({ text, mine: { consent, ledger, bits: { spent, cap } }, inspection, view }: Seen): Part {
  const { book: { book, version, report, dimensions }, closed } = inspection;
  const box = (...body: Child[]) => h("div", { class: "next", key: "next", "data-is": "next" }, h("h4", {}, text.t("next.title")), ...body);
  const asks = report?.questions.filter(({ dimension }) => !dimensions.find(({ name }) => name === dimension)?.sensitive) ?? [];
  if (!asks.length) return box(h("p", {}, text.t("next.nothing")));
  if (spent && !ledger.some((line) => line.bits)) return box(h("p", {}, text.t("next.before")));
  if (ledger.some(({ what }) => what === "delivered")) return box(h("p", {}, text.t("next.done")));
  if (closed.includes("measure")) return box(h("p", {}, text.t("next.gpc")));
  if (consent.personalise === "denied") return box(h("p", {}, text.t("next.personalise")));
  if (consent.measure !== "granted") return box(h("p", {}, text.t("next.measure")));
  if (consent.store !== "granted") return box(h("p", {}, text.t("next.store")));
  if (ledger.some(({ what }) => what === "answered")) return box(h("p", {}, text.t("next.fixed")));
  const drawn = ledger.findLast(({ what }) => what === "drawn");
  const question = asks.find(({ dimension }) => dimension === drawn?.question);
  if (!question) {
    const all = asks.reduce((sum, { weight }) => sum + weight, 0);
    return box(h("p", {}, text.t("next.draw", {
      list: text.either(asks.map(({ dimension, weight }) => `${text.t("quoted", { name: text.dimension(dimension) })} (${text.percent(weight / all)})`)),
    })));
  }
  if (spent + question.bits > cap && !ledger.some((line) => line.bits)) return box(h("p", {}, text.t("next.budget")));
  const due = inspection.due(), later = due > inspection.now() && due < Infinity;
  const shown = [...new Set(question.shown.filter((id) => id !== null))];
  const sample = shown[0]?.split("/")[1] ?? "";
  return box(
    h("p", {}, text.t("next.asked", { question: text.dimension(question.dimension) }), " ",
      later ? text.t("next.when", { when: text.moment(due) }) : text.t("next.soon")),
    shown.length ? [
      h("p", {}, text.t("next.noise", { percent: text.percent(question.truth), bits: text.number(question.bits) })),
      h("p", { class: "soft" }, text.t("next.answers", { list: text.either(shown.map((id) => text.segment(id))) })),
      view !== "visitor" && bytes(JSON.stringify({ fewbits: 1, book, version, epoch: week(later ? due : inspection.now()), question: question.dimension, answer: sample })),
    ] : h("p", {}, text.t("next.silent")));
}

/** The ISO week of a time, as reports name it. */
function week(at: number): string {
  const thursday = new Date(at);
  thursday.setUTCDate(thursday.getUTCDate() + 3 - (thursday.getUTCDay() + 6) % 7);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return `${thursday.getUTCFullYear()}-W${String(1 + Math.floor((thursday.getTime() - first) / 604_800_000)).padStart(2, "0")}`;
}

function hints({ text, inspection: { book: { report } } }: Seen): Child {
  const { window, dimensions } = report?.hints ?? { window: 0, dimensions: [] };
  if (!dimensions.length) return false;
  return h("div", { class: "next", key: "hints" }, h("h4", {}, text.t("hint.title")), h("p", {}, text.t("hint.words", {
    list: dimensions.map(({ dimension }) => text.dimension(dimension)).join(", "),
    time: text.time(window), bits: text.number(dimensions.reduce((sum, { bits }) => sum + bits, 0)),
  })));
}

/** What carries bytes, cost something, or says what was drawn; the rest is noise to a visitor. */
const weighty = ({ what, bits }: LedgerLine): boolean => bits > 0 || !["withheld", "not-hinted", "failed", "discarded"].includes(what);

function ledger(seen: Seen): Child {
  const { text, mine: { ledger }, view } = seen;
  const lines = ledger.map((line, index) => entry(seen, line, index));
  const [first, rest] = view === "visitor"
    ? [lines.filter((_, i) => weighty(ledger[i]!)), lines.filter((_, i) => !weighty(ledger[i]!))] : [lines, []];
  return h("div", { class: "ledger", key: "ledger" }, h("h4", {}, text.t("ledger")),
    first.length ? h("ol", { "data-list": "ledger" }, ...first) : !rest.length && note(text.t("ledger.nothing")),
    rest.length > 0 && more("withheld", text.t("ledger.hidden", { count: rest.length }), h("ol", {}, ...rest)));
}

function entry({ text, view }: Seen, line: LedgerLine, index: number): Part {
  const { at, what, question, reason, to, bytes: sent, bits, epsilon } = line;
  const why = text.maybe(`reason.${reason}`) ?? reason;
  const words = text.t(`ledger.${what}` as Key, { question: text.dimension(question), reason: why, to: to === "page" ? text.t("ledger.page") : to });
  const exact = what === "sent" || what === "answered" || what === "hinted";
  return h("li", { key: String(index), "data-what": what },
    h("p", {}, h("time", { datetime: new Date(at * 1000).toISOString() }, exact ? text.moment(at * 1000) : text.day(at * 1000)), " ", words,
      bits > 0 && h("span", { class: "cost" }, text.t("ledger.cost", { bits: text.number(bits) })),
      epsilon > 0 && view !== "visitor" && h("span", { class: "cost" }, text.t("ledger.epsilon", { epsilon: text.number(epsilon) })),
      sent && view !== "visitor" && h("span", { class: "cost" }, text.t("ledger.bytes", { count: new TextEncoder().encode(sent).length })),
      reason && view !== "visitor" && code(reason)),
    // Of an answer that left, the bytes stand where it left.
    sent && what !== "delivered" && (what !== "answered" || view !== "visitor") && bytes(sent));
}
