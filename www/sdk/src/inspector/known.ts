// What was noticed: each signal, its value, how long it is kept, and why.
import { h, type Part } from "./dom.js";
import { code, more, note, section, table } from "./parts.js";
import type { Seen } from "./seen.js";

type Signal = Seen["mine"]["signals"][number];

/** Nothing, nought and no are no news. */
export const noticed = ({ value }: Signal): boolean => value !== null && value !== 0 && value !== false;

export function known(seen: Seen): Part {
  const { text, mine: { signals }, view } = seen;
  const [yes, no] = [signals.filter(noticed), signals.filter((one) => !noticed(one))];
  return section("known", text.t("known.title"), text.t("known.lead"),
    yes.length ? h("ul", { class: "rows", "data-list": "known" }, ...yes.map((one) => row(seen, one))) : note(text.t("known.nothing")),
    no.length > 0 && more("unknown", text.t("known.rest", { count: no.length }), h("ul", { class: "rows quiet" }, ...no.map((one) => row(seen, one)))),
    view !== "visitor" && note(text.t("book.keys.words", { prefix: `fewbits:${seen.mine.book}:` })));
}

function row({ text, inspection: { book }, view }: Seen, signal: Signal): Part {
  const { name, kind, value, stored } = signal;
  const it = book.signals.find((one) => one.name === name);
  const reason = text.site.reasons?.[name];
  return h("li", { key: name, "data-signal": name },
    h("span", { class: "name" }, text.signal(name)),
    h("strong", { class: "value" }, text.value(name, value)),
    h("span", { class: "under" }, it && text.kept(it), reason && h("span", { class: "why" }, text.t("known.why", { why: reason })),
      view !== "visitor" && h("span", { class: "reason" }, code(name), ` ${kind}`)),
    view === "developer" && more(`cell-${name}`, text.t("cell"), stored.length
      ? table(text.pair(text.t("cell"), text.signal(name)), [text.t("cell.time"), text.t("cell.count"), text.t("cell.value")],
        stored.slice(-12).map(({ time, count, value }) => [time ? h("time", { datetime: time }, time.replace(".000Z", "Z")) : "·", text.number(count), text.number(value)]))
      : note(text.t("cell.empty"))));
}
