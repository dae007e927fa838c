// What a visitor can do under a book, read from its JSON: the playground's buttons. A book that is not JSON, or odd,
// gives fewer of them; what is wrong with it is the compiler's to say.

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const EVENTS = ["count", "days", "sum", "mean", "max", "since"];

/** `{ events, tags, facts, contexts }`: events that some signal listens to, tag keys with their values, declared
 * signals with what they can be, and context signals with the items that the book compares them to. */
export function inputsOf(book) {
  const events = new Set(), tags = new Map(), facts = [], contexts = [];
  const tag = (key, ...values) => {
    if (!tags.has(key)) tags.set(key, new Set());
    for (const value of values.flat()) if (typeof value === "string") tags.get(key).add(value);
  };
  const where = (at) => { if (isObject(at)) for (const [key, values] of Object.entries(at)) tag(key, values); };
  const signals = isObject(book?.signals) ? book.signals : {};
  const mentioned = itemsCompared(book);
  for (const [name, signal] of Object.entries(signals)) {
    if (!isObject(signal)) continue;
    for (const kind of EVENTS) if (typeof signal[kind] === "string") events.add(signal[kind]);
    for (const event of Object.keys(isObject(signal.weights) ? signal.weights : {})) events.add(event);
    where(signal.where);
    if (typeof signal.top === "string") tag(signal.top, signal.items ?? [], [...mentioned.get(name) ?? []]);
    if (typeof signal.affinity === "string") tag(...signal.affinity.split(":"));
    for (const step of Array.isArray(signal.sequence) ? signal.sequence : []) {
      const event = typeof step === "string" ? step.replace(/^!/, "") : step?.event ?? step?.not;
      if (typeof event === "string") events.add(event);
      where(step?.where);
    }
    const { declared } = signal;
    if (declared) facts.push({ name, kind: Array.isArray(declared) ? "items" : declared, items: Array.isArray(declared) ? declared : [], min: signal.min, max: signal.max });
    if (signal.context) contexts.push({ name, context: signal.context, items: [...mentioned.get(name) ?? []] });
  }
  return { events: [...events], tags: [...tags].map(([key, values]) => ({ key, values: [...values] })), facts, contexts };
}

/** For each name that a condition compares, the texts that it is compared to. */
function itemsCompared(root) {
  const found = new Map();
  const note = (name, value) => {
    if (typeof value === "string") (found.get(name) ?? found.set(name, new Set()).get(name)).add(value);
    else if (Array.isArray(value)) value.forEach((one) => note(name, one));
    else if (isObject(value)) Object.values(value).forEach((one) => note(name, one));
  };
  const walk = (node) => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (!isObject(node)) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === "when" || key === "stay") condition(value);
      else walk(value);
    }
  };
  const condition = (node) => {
    if (!isObject(node)) return;
    for (const [key, value] of Object.entries(node)) {
      if (key.startsWith("$")) [value].flat().forEach(condition);
      else note(key, value);
    }
  };
  walk(root);
  return found;
}
