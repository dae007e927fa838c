// What may be asked of items: one form for lists and for catalogues, checked in one place.

/** A range, ends included. */
export interface Between {
  readonly min?: number;
  readonly max?: number;
}

/** What is asked. A score is `popularity` and `boosts` times their numbers, plus the weights of the item's tags, added
 * in this order. */
export interface Query {
  /** Only items with all of these tags. */
  readonly must?: readonly string[];
  /** No item with any of these. */
  readonly not?: readonly string[];
  /** What each tag adds to the score; negative numbers take away. */
  readonly weights?: Readonly<Record<string, number>> | readonly (readonly [tag: string, weight: number])[];
  /** Only items with a price in this range. */
  readonly price?: Between;
  /** Only items whose numbers lie in these ranges. */
  readonly numbers?: Readonly<Record<string, Between>>;
  /** What the popularity is multiplied with for the score. */
  readonly popularity?: number;
  /** What other numbers are multiplied with for the score. */
  readonly boosts?: Readonly<Record<string, number>>;
  /** So many items, from 1 to 1000. Default: 12. */
  readonly limit?: number;
  /** At most so many items for each value of a key: `{ by: "aisle", most: 2 }` looks at tags `aisle:...`. An item with
   * several values counts for the first by name. */
  readonly diversify?: { readonly by: string; readonly most: number };
}

/** A part of a score. */
export interface Because {
  /** The tag, or the name of the number. */
  readonly what: string;
  /** What it adds to the score. */
  readonly adds: number;
}

/** One item of an answer. */
export interface Ranked {
  readonly id: string;
  readonly score: number;
  /** What the score is made of, in the order in which it was added up. */
  readonly because: readonly Because[];
}

/** A query in one form. */
export interface Plan {
  readonly must: readonly string[];
  readonly not: readonly string[];
  readonly weights: readonly (readonly [string, number])[];
  readonly ranges: readonly (readonly [string, number, number])[];
  readonly boosts: readonly (readonly [string, number])[];
  readonly limit: number;
  readonly by?: string;
  readonly most: number;
}

/** No number in a query is further from 0, so that no sum overflows. */
const FAR = 1e15;
const LIMIT = 1000;
const TERMS = 1024;

const isNumber = (value: unknown): value is number => typeof value === "number" && Math.abs(value) <= FAR;
const isList = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((one) => typeof one === "string");
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Checks a query, or says what is wrong with it. */
export function planOf(query: Query): Plan | string {
  if (typeof query !== "object" || query === null) return "a query is an object";
  const { must = [], not = [], weights = [], price, numbers = {}, popularity, boosts = {}, limit = 12, diversify } = query;
  if (!isList(must) || !isList(not)) return "`must` and `not` are lists of tags";
  if (!isRecord(weights) || !isRecord(numbers) || !isRecord(boosts)) return "`weights`, `numbers` and `boosts` are objects";
  const weighted = Array.isArray(weights) ? weights as [string, number][] : Object.entries(weights as Record<string, number>);
  if (!weighted.every((pair) => Array.isArray(pair) && typeof pair[0] === "string" && isNumber(pair[1]))) return "a weight is not a number, or too large";
  const boosted: [string, number][] = [...popularity === undefined ? [] : [["popularity", popularity] as [string, number]], ...Object.entries(boosts as Record<string, number>)];
  if (!boosted.every(([, factor]) => isNumber(factor))) return "a boost is not a number, or too large";
  const ranges: [string, number, number][] = [];
  for (const [name, range] of [...price === undefined ? [] : [["price", price] as const], ...Object.entries(numbers as Record<string, Between>)]) {
    if (!isRecord(range)) return `the range of \`${name}\` is no object`;
    const { min = -Infinity, max = Infinity } = range;
    if (typeof min !== "number" || typeof max !== "number" || min !== min || max !== max) return `the range of \`${name}\` is not of numbers`;
    ranges.push([name, min, max]);
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT) return `\`limit\` is a whole number from 1 to ${LIMIT}`;
  if (diversify !== undefined && !(typeof diversify?.by === "string" && Number.isInteger(diversify.most) && diversify.most > 0)) {
    return "`diversify` is { by: a key, most: a whole number from 1 }";
  }
  if ([must, not, weighted, ranges, boosted].some(({ length }) => length > TERMS)) return `more than ${TERMS} tags`;
  return { must, not, weights: weighted, ranges, boosts: boosted, limit, most: diversify?.most ?? 0, ...(diversify && { by: diversify.by }) };
}

/** Orders texts as their UTF-8 bytes: the order of tags in a catalogue. */
export function byBytes(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference) return difference;
  }
  return left.length - right.length;
}
