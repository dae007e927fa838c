// Fewbits beside the peer engines: an adapter for a harness that gives every engine the same book
// of rules and the same visitors (PEERS_EXTRA=…/fewbits.mjs, started in the harness's folder).
// A rule is a segment, all in one dimension that lets every one of them hold; an attribute is a
// declared signal. It runs on the built package, as a page would.
import { pathToFileURL } from "node:url";
import { check, createFewbits } from "../../www/sdk/dist/node.js";

const { ATTRS } = await import(pathToFileURL(`${process.cwd()}/lib/workload.mjs`));

const OPERATORS = { gt: "$gt", gte: "$gte", lt: "$lt", in: "$in", exists: "$exists", eq: "$eq" };

const condition = (tree) => {
  if (tree.and) return { $and: tree.and.map(condition) };
  if (tree.or) return { $or: tree.or.map(condition) };
  return { [tree.a]: { [OPERATORS[tree.op]]: tree.v } };
};

const name = (attribute) => attribute.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const renamed = (tree) => {
  if (tree.and) return { and: tree.and.map(renamed) };
  if (tree.or) return { or: tree.or.map(renamed) };
  return { ...tree, a: name(tree.a) };
};

const signal = ({ type, max, values }) => {
  if (type === "num") return { declared: "number", min: 0, max };
  return type === "bool" ? { declared: "boolean" } : { declared: values };
};

export const format = (book) => JSON.stringify({
  fewbits: 1,
  book: "peers",
  version: 1,
  signals: Object.fromEntries(ATTRS.map((attribute) => [name(attribute.name), signal(attribute)])),
  dimensions: {
    rules: {
      why: "one segment for each rule, as many as hold",
      pick: book.length,
      segments: book.map((tree, i) => ({ id: `s${i}`, when: condition(renamed(tree)) })),
      otherwise: "none",
    },
  },
});

const NAMES = ATTRS.map((attribute) => [attribute.name, name(attribute.name)]);
const RENAMED = new Map(NAMES);
// The visitors of the harness are in camel case, which a book's signals are not: renamed once for
// each object, outside the time, as a site would name its facts like its book.
const cache = new WeakMap();
export const facts = (visitor) => {
  let found = cache.get(visitor);
  if (!found) {
    found = {};
    for (const key in visitor) found[RENAMED.get(key)] = visitor[key];
    cache.set(visitor, found);
  }
  return found;
};

/** The book of a text without the rules that contradict themselves. A book with such a segment is refused; they hold
 * for nobody, so they are left out here and stay 0. Of the harness's random rules a few are of that kind. */
export async function possible(text) {
  const book = JSON.parse(text);
  const { rules } = book.dimensions;
  const never = new Set((await check(book))
    .filter(({ code }) => code === "unreachable-segment")
    .map(({ message }) => message.match(/`(s\d+)`/)[1]));
  rules.segments = rules.segments.filter(({ id }) => !never.has(id));
  rules.pick = rules.segments.length;
  return book;
}

export default {
  name: "Fewbits (this package)",
  kind: "ours",
  format,
  async load(text) {
    const total = JSON.parse(text).dimensions.rules.segments.length;
    const book = await possible(text);
    const fb = await createFewbits({ book, auto: false });
    if (!fb.ok) throw new Error(fb.error.message);
    const kept = fb.ids.slice(0, -1).map((id) => Number(id.slice("rules/s".length)));
    const whole = kept.length === total;
    const all = { replace: true };
    return {
      build: () => ({
        evalAll(visitor, out) {
          fb.declare(facts(visitor), all);
          const flags = fb.flags;
          if (whole) out.set(flags.subarray(0, total));
          else for (let i = 0; i < kept.length; i++) out[kept[i]] = flags[i];
        },
        reset(visitor) {
          fb.declare(facts(visitor), all);
        },
        update(attribute, value) {
          return fb.declare({ [RENAMED.get(attribute)]: value });
        },
      }),
    };
  },
};
