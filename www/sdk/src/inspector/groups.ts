// Which segments hold and why, what would change them, and the ladder above them.
import type { Condition, DimensionDescription, Evidence, Explanation, Moved } from "../types.js";
import { h, type Child, type Part } from "./dom.js";
import { button, code, note, section } from "./parts.js";
import type { Seen } from "./seen.js";

export function groups(seen: Seen): Part {
  const { text, acts, mine: { muted }, inspection: { book }, explained } = seen;
  // Outcomes of experiments are no groups that a page knows: they stand among the questions.
  const known = book.dimensions.filter(({ segments }) => segments.some(({ id }) => explained.has(id)));
  return section("groups", text.t("groups.title"), text.t("groups.lead"),
    h("ul", { class: "cards", "data-list": "groups" }, ...known.map((dimension) => card(seen, dimension))),
    muted.length > 0 && h("div", { class: "muted", key: "muted", "data-list": "muted" }, h("h4", {}, text.t("mute.list")),
      h("ul", {}, ...muted.map((id) => h("li", { key: id }, text.pair(text.dimension(id.split("/")[0]!), text.segment(id)), " ",
        button(`unmute-${id}`, [text.t("mute.back"), h("span", { class: "hidden" }, ` (${text.segment(id)})`)], () => acts.mute(id, false), "small"))))));
}

function card(seen: Seen, dimension: DimensionDescription): Part {
  const { text, explained, view, acts } = seen;
  const held = dimension.segments.flatMap(({ id }) => explained.get(id) ?? []).filter(({ holds }) => holds);
  const others = dimension.segments.flatMap(({ id }) => explained.get(id) ?? []).filter(({ holds }) => !holds);
  return h("li", { key: dimension.name, "data-dimension": dimension.name },
    h("details", {},
      h("summary", {},
        h("span", { class: "kind" }, text.dimension(dimension.name)),
        ...held.map((it) => h("span", { class: "held", key: it.segment, "data-segment": it.segment },
          h("strong", {}, text.segment(it.segment)), h("span", { class: "because" }, because(seen, it))))),
      h("div", { class: "inside" },
        h("p", {}, text.t("groups.why", { why: dimension.why })),
        dimension.sensitive && note(text.t("groups.sensitive")),
        ...held.map((it) => h("div", { key: it.segment },
          held.length > 1 && h("h4", {}, text.segment(it.segment)),
          it.since && note(text.t("groups.since", { when: text.moment(it.since.getTime()) })),
          h("h4", {}, text.t("groups.change")), ends(seen, it, dimension),
          it.rule?.when && h("p", { class: "buttons" }, button(`mute-${it.segment}`, [text.t("mute.button"), h("span", { class: "hidden" }, ` (${text.segment(it.segment)})`)], () => acts.mute(it.segment, true), "small")),
          ladder(seen, dimension, it.segment))),
        others.length > 0 && h("h4", {}, text.t("groups.others")),
        others.length > 0 && h("ul", { class: "others" }, ...others.map((it) => h("li", { key: it.segment },
          h("strong", {}, text.segment(it.segment)), view !== "visitor" && h("span", {}, " ", code(it.segment)), begins(seen, it)))))));
}

/** In one line, why it holds. */
function because({ text }: Seen, { rule }: Explanation): string {
  if (!rule?.when) return text.t("groups.rest");
  if (!rule.met) return text.t("groups.kept");
  const facts = literals(rule.when).filter(({ holds, signal }) => holds && signal);
  const said = [...new Set(facts.map((it) => text.pair(text.signal(it.signal), text.value(it.signal, it.current))))];
  return said.length ? said.join("; ") : text.t("groups.always");
}

const literals = ({ clauses }: Condition): Evidence[] =>
  clauses.flatMap((clause) => clause.literals.flatMap((it) => it.inner ? literals(it.inner) : [it]));

const holds = ({ all, clauses }: Condition) => all ? clauses.every((it) => it.holds) : clauses.some((it) => it.holds);
/** The part of a condition that holds, or that does not. */
const part = ({ all, clauses }: Condition, wanted: boolean): Condition => ({
  all,
  clauses: clauses.filter((it) => it.holds === wanted)
    .map((clause) => ({ holds: wanted, literals: clause.literals.filter((it) => it.holds === wanted) })),
});

function ends(seen: Seen, { rule, segment }: Explanation, dimension: DimensionDescription): Child {
  const { text } = seen;
  if (!rule?.when) return note(text.t("ends.other"));
  const keeps = rule.stay ?? rule.when;
  const held = part(keeps, true);
  return [
    rule.until && note(text.t("ends.until", { when: text.moment(rule.until.getTime()) })),
    !holds(keeps) ? note(text.t("ends.now")) : held.clauses.length > 0 && [note(text.t("ends.when")), condition(seen, held)],
    dimension.segments.findIndex(({ id }) => id === segment) >= dimension.pick && note(text.t("ends.earlier")),
  ];
}

function begins(seen: Seen, { rule, muted }: Explanation): Child {
  const { text } = seen;
  if (muted) return note(text.t("mute.said"));
  if (!rule?.when || rule.met) {
    return note(rule?.met && rule.others.length
      ? text.t("begins.others", { names: rule.others.map((id) => text.t("quoted", { name: text.segment(id) })).join(", ") }) : text.t("begins.rest"));
  }
  const missing = part(rule.when, false);
  return [missing.clauses.length > 1 && note(text.t(missing.all ? "begins.all" : "begins.one")), condition(seen, missing)];
}

/** A condition as a list, of lists where it has two levels. */
function condition(seen: Seen, { all, clauses }: Condition): Part {
  const { text } = seen;
  const inner = (list: readonly Evidence[]): Child[] => list.map((it) => comparison(seen, it));
  return h("ul", { class: "condition" }, ...clauses.flatMap(({ literals: list }) =>
    list.length === 1 || clauses.length === 1 && list.length > 0 && !all ? inner(list)
      : [h("li", {}, h("span", { class: "soft" }, text.t(all ? "cond.one" : "cond.all")), h("ul", { class: "condition" }, ...inner(list)))]));
}

function comparison(seen: Seen, it: Evidence): Part {
  const { text } = seen;
  const sign = h("span", { class: it.holds ? "sign met" : "sign", role: "img", "aria-label": text.t(it.holds ? "ev.met" : "ev.unmet") });
  if (it.inner) {
    return h("li", {}, sign, h("span", { class: "soft" }, text.t(it.inner.all ? "cond.all" : "cond.one")), condition(seen, it.inner));
  }
  return h("li", {}, sign, h("span", {}, text.pair(text.signal(it.signal), ""), h("strong", {}, asked(seen, it)), " ",
    h("span", { class: "soft" }, `(${text.t("ev.now", { value: text.value(it.signal, it.current) })})`)),
  it.moved && [h("p", { class: "soft" }, text.t("ev.moved")), h("ul", { class: "moved" }, ...it.moved.map((one) => moved(seen, one)))]);
}

/** An input of a model, and which way it moved the answer. */
function moved({ text }: Seen, { signal, is, by }: Moved): Part {
  const name = text.signal(signal);
  const read = is === undefined ? name : text.t("ev.whether", { name, value: text.value(signal, is) });
  return h("li", {}, text.t(by > 0 ? "ev.raised" : "ev.lowered", { name: read }));
}

function asked({ text }: Seen, { signal, operator, operands, negated }: Evidence): string {
  const list = operands.map((one) => text.value(signal, one));
  if (operator === "$exists") return text.t(negated ? "ev.missing" : "ev.exists");
  const value = text.either(list);
  const turned: Record<string, "ev.gt" | "ev.gte" | "ev.lt" | "ev.lte"> = negated
    ? { $gt: "ev.lte", $gte: "ev.lt", $lt: "ev.gte", $lte: "ev.gt" } : { $gt: "ev.gt", $gte: "ev.gte", $lt: "ev.lt", $lte: "ev.lte" };
  const key = turned[operator];
  if (key) return text.t(key, { value });
  return negated ? text.t("ev.not", { value }) : text.t("ev.eq", { value });
}

/** From the segment up to everybody. */
function ladder({ text }: Seen, { name, groups, segments }: DimensionDescription, id: string): Child {
  const rungs = [id];
  for (let up = segments.find((one) => one.id === id)?.under; up; up = groups.find((one) => one.id === up)?.under) rungs.push(up);
  if (rungs.length < 2) return false;
  if (rungs.at(-1) !== `${name}/any`) rungs.push(`${name}/any`);
  return [h("h4", {}, text.t("groups.ladder")), h("ol", { class: "ladder" }, ...rungs.map((rung) => h("li", { key: rung }, text.segment(rung))))];
}
