// Words for people: loaded when somebody asks, because no visitor needs them to see a page.
import { Declared, Kind } from "./codes.js";
import type { Engine } from "../wasm/fewbits_full.js";
import type { SignalTable, Tables } from "./tables.js";
import type { Clause, Condition, Consent, Decision, Evidence, Explanation, LedgerLine, Mine, Moved } from "./types.js";

type Plain = string | number | boolean;

const WINDOW = ["count", "days", "sum", "mean", "max"];
const KIND = ["", "since", "top", "affinity", "sequence", "context", "declared", "score", "model"];
const kindName = ({ kind, sub }: SignalTable) => kind === Kind.Window ? WINDOW[sub] ?? "count" : KIND[kind] ?? "";

/** A number of the core as the page knows it: an item's name, true or false, or the number. */
function plain({ kind, sub, items }: SignalTable, value: number): Plain | null {
  if (Number.isNaN(value)) return null;
  if (items.length) return items[value] ?? null;
  return kind === Kind.Sequence || kind === Kind.Declared && sub === Declared.Boolean ? value === 1 : value;
}

const show = (value: Plain | null) =>
  typeof value === "string" ? `\`${value}\`` : String(typeof value === "number" ? +value.toFixed(2) : value);
const join = (list: readonly string[], word: string) =>
  list.length < 2 ? list.join("") : `${list.slice(0, -1).join(", ")} ${word} ${list.at(-1)}`;
const date = (seconds: number) => seconds > 0 ? new Date(seconds * 1000) : null;

const OPERATORS = ["$gt", "$gte", "$lt", "$lte", "$eq", "$in", "$exists"];

/** "at least 3", "not `boots`": what a comparison asks for. */
function demand(operator: string, negated: boolean, operands: readonly Plain[]): string {
  const [a] = operands.map(show);
  const not = negated ? "not " : "";
  switch (operator) {
    case "$gt": return `${not}more than ${a}`;
    case "$gte": return negated ? `less than ${a}` : `at least ${a}`;
    case "$lt": return negated ? `at least ${a}` : `less than ${a}`;
    case "$lte": return negated ? `more than ${a}` : `at most ${a}`;
    case "$in": return `${not}${join(operands.map(show), "or")}`;
    case "$exists": return negated ? "no value" : "a value";
    default: return `${not}${a}`;
  }
}

type Next = () => number;
/** Not by `Array.from`: old libraries have put their own in its place. */
const times = <T>(count: number, make: () => T): T[] => Array(count).fill(0).map(make);

/** Reads one condition of the stream of `Engine.explain`. A negated one is turned inside out, so that people need not. */
function readCondition(next: Next, tables: Tables): Condition | null {
  const count = next();
  if (count < 0) return null;
  const negate = next() === 1;
  const clauses = times(count, (): Clause => {
    const holds = (next() === 1) !== negate;
    return { holds, literals: times(next(), () => readLiteral(next, tables, negate)) };
  });
  return { all: !negate, clauses };
}

const holdsNow = ({ all, clauses }: Condition) =>
  all ? clauses.every(({ holds }) => holds) : clauses.some(({ holds }) => holds);

function readLiteral(next: Next, tables: Tables, flip: boolean): Evidence {
  const holds = (next() === 1) !== flip;
  const negated = (next() === 1) !== flip;
  const signal = tables.signals[next()];
  if (!signal) {
    const inner = readCondition(next, tables);
    const text = `${negated ? "not " : ""}(${inner ? inWords(inner) : ""})`;
    return { signal: "", operator: "$when", negated, operands: [], current: null, holds, text, ...(inner && { inner }) };
  }
  const operator = OPERATORS[next()] ?? "";
  const operands = times(next(), next).map((one) => plain(signal, one) ?? one);
  const current = plain(signal, next());
  const moved = times(next(), () => readMoved(next, tables));
  const is = `\`${signal.name}\` ${current === null ? "has no value" : `is ${show(current)}`}`;
  const obvious = !negated && ["$eq", "$in", "$exists"].includes(operator);
  const asked = demand(operator, negated, operands);
  const compared = !holds ? `${is}, needs ${asked}` : obvious ? is : `${is} (${asked})`;
  const text = moved.length ? `${compared}, above all ${join(moved.map(movedInWords), "and")}` : compared;
  return { signal: signal.name, operator, negated, operands, current, holds, text, ...(moved.length && { moved }) };
}

/** An input of a model that moved its answer. */
function readMoved(next: Next, tables: Tables): Moved {
  const signal = tables.signals[next()];
  const is = next();
  const item = signal && plain(signal, is);
  return { signal: signal?.name ?? "", ...(item != null && { is: item }), by: next() };
}

const movedInWords = ({ signal, is, by }: Moved) =>
  `${by > 0 ? "raised" : "lowered"} by \`${signal}\`${is === undefined ? "" : ` (${show(is)} or not)`}`;

/** The part of a condition that holds: what keeps a membership up. */
const holding = ({ all, clauses }: Condition): Condition => ({
  all,
  clauses: clauses.filter(({ holds }) => holds)
    .map(({ holds, literals }) => ({ holds, literals: literals.filter((one) => one.holds) })),
});

const clauseInWords = ({ literals }: Clause, all: boolean) => join(literals.map(({ text }) => text), all ? "or" : "and");
const inWords = ({ all, clauses }: Condition): string => {
  const several = clauses.length > 1;
  const parts = clauses.map((clause) => {
    const text = clauseInWords(clause, all);
    return several && clause.literals.length > 1 ? `(${text})` : text;
  });
  return join(parts, all ? "and" : "or") || "always";
};

export function explain(engine: Engine, tables: Tables, id: string, now: number, muted: ReadonlySet<number>): Explanation | null {
  const under = tables.lookup.get(id);
  if (under === undefined) return null;
  const dimension = tables.dimensions.find(({ name }) => id.startsWith(name + "/"))!;
  const base = { segment: id, dimension: dimension.name, why: dimension.why };
  const index = tables.ids.indexOf(id);
  if (index < 0) return explainGroup(engine, tables, base, under);

  const silent = muted.has(index);
  const stream = engine.explain(index);
  let at = 0;
  const next = () => stream[at++] ?? NaN;
  const holds = next() === 1;
  const since = date(next());
  const until = date(next());
  const when = readCondition(next, tables);
  const stay = readCondition(next, tables);

  const because = (when?.clauses ?? []).flatMap(({ literals }) => literals);
  const met = when !== null && holdsNow(when);
  const others = dimension.segments.filter((other) => other !== id && member(engine, tables, other));
  const wouldChange = holds ? ends() : begins();
  const reasons = because.filter((one) => one.holds).map((one) => one.text);
  const text = holds
    ? `\`${id}\` holds${since ? ` since ${since.toISOString()}` : ""}${met && reasons.length ? `: ${reasons.join("; ")}` : ""}. `
      + wouldChange.map((one) => `${one[0]!.toUpperCase()}${one.slice(1)}.`).join(" ")
    : `\`${id}\` does not hold: ${wouldChange.join("; ")}.`;
  const held = holds && until && until.getTime() > now * 1000 ? until : null;
  return { ...base, holds, since: holds ? since : null, because, muted: silent, wouldChange, text, rule: { when, stay, until: held, others, met } };

  /** What would end a membership. */
  function ends(): string[] {
    if (!when) return [`it ends when another segment of \`${dimension.name}\` holds`];
    const list: string[] = [];
    if (until && until.getTime() > now * 1000) list.push(`it is held until ${until.toISOString()}`);
    const rule = stay ?? when;
    const keeps = holding(rule);
    if (!holdsNow(rule)) list.push("its condition holds no more");
    else if (keeps.clauses.length) list.push(`it ends when this no longer is so: ${inWords(keeps)}`);
    if (dimension.segments.indexOf(id) >= dimension.pick) list.push("it gives way to an earlier segment that comes to hold");
    return list;
  }

  /** What would bring it about. */
  function begins(): string[] {
    if (silent) return ["the visitor said that this is not them"];
    if (!when || met) {
      return [others.length
        ? `it gives way to ${join(others.map((one) => `\`${one}\``), "and")}`
        : `it holds when nothing else of \`${dimension.name}\` does`];
    }
    const missing = when.clauses.filter((clause) => !clause.holds).map((clause) =>
      // Of what must come together, only what is missing.
      clauseInWords(when.all ? clause : { ...clause, literals: clause.literals.filter((one) => !one.holds) }, when.all));
    return when.all ? missing : [join(missing, "or")];
  }
}

const member = (engine: Engine, tables: Tables, id: string) => engine.explain(tables.ids.indexOf(id))[0] === 1;

function explainGroup(
  engine: Engine, tables: Tables, base: Pick<Explanation, "segment" | "dimension" | "why">, under: readonly number[] | null,
): Explanation {
  const names = (under ?? []).map((index) => tables.ids[index]!);
  const list = (ids: readonly string[], word: string) => join(ids.map((id) => `\`${id}\``), word);
  const inside = names.filter((id) => member(engine, tables, id));
  const holds = under === null || inside.length > 0;
  const text = under === null ? `\`${base.segment}\` is everybody.`
    : holds ? `\`${base.segment}\` holds through ${list(inside, "and")}.`
    : `\`${base.segment}\` does not hold: it needs ${list(names, "or")}.`;
  return { ...base, holds, since: null, because: [], muted: false, wouldChange: holds ? [] : names, text, rule: null };
}

/** The visitor's own copy. */
export function everything(engine: Engine, tables: Tables, segments: string[], decisions: Decision[], ledger: LedgerLine[], consent: Consent, muted: ReadonlySet<number>): Mine {
  const [spent = 0, cap = 0] = engine.budget();
  return {
    book: tables.book,
    version: tables.version,
    signals: tables.signals.map((signal) => {
      const cell = engine.cell(signal.index);
      const stored = [];
      for (let i = 0; i + 2 < cell.length; i += 3) {
        const [time, count, value] = cell.subarray(i, i + 3) as unknown as [number, number, number];
        stored.push({ time: date(time)?.toISOString() ?? "", count, value });
      }
      return { name: signal.name, kind: kindName(signal), value: plain(signal, engine.value(signal.index)), stored };
    }),
    segments, decisions, muted: [...muted].map((index) => tables.ids[index] ?? ""), ledger, bits: { spent, cap }, consent,
  };
}
