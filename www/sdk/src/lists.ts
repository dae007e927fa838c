// Ranks plain lists of items, without WebAssembly, by the rules of catalogues: the same items in the same order.
import { byBytes, planOf, type Because, type Plan, type Query, type Ranked } from "./query.js";

/** An item of a list. What else it has stays with it. */
export interface Item {
  readonly id: string;
  readonly tags?: readonly string[];
  readonly price?: number | null;
  readonly popularity?: number | null;
  /** Further numbers, by their names. */
  readonly numbers?: Readonly<Record<string, number | null>>;
}

export interface RankedItem<T extends Item = Item> extends Ranked {
  /** The item itself. */
  readonly item: T;
}

function numberOf({ price, popularity, numbers }: Item, name: string): number | undefined {
  const value = name === "price" ? price : name === "popularity" ? popularity : numbers?.[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The best items of a list, best first; of equal scores the more popular, then the earlier. A query that is wrong is
 * told on the console, and the items come as they are. */
export function rankItems<T extends Item>(items: readonly T[], query: Query): RankedItem<T>[] {
  const plan = planOf(query);
  if (typeof plan !== "string") return rankBy(items, plan);
  console.warn(`[fewbits] bad-query: ${plan}.`);
  return asTheyCame(items);
}

/** Items without an order of ours. */
export const asTheyCame = <T extends Item>(items: readonly T[], limit = 12): RankedItem<T>[] =>
  items.slice(0, limit).map((item) => ({ id: item.id, score: 0, because: [], item }));

/** The best items for a query that was checked. */
export function rankBy<T extends Item>(items: readonly T[], plan: Plan): RankedItem<T>[] {
  const found: (RankedItem<T> & { at: number; popularity: number; group: string | undefined })[] = [];
  items.forEach((item, at) => {
    const tags = new Set(item.tags);
    const fits = plan.must.every((tag) => tags.has(tag)) && !plan.not.some((tag) => tags.has(tag))
      && plan.ranges.every(([name, min, max]) => {
        const value = numberOf(item, name);
        return value !== undefined && value >= min && value <= max;
      });
    if (!fits) return;
    const because: Because[] = [];
    let score = 0;
    const add = (what: string, adds: number) => {
      score += adds;
      because.push({ what, adds });
    };
    for (const [name, factor] of plan.boosts) {
      const value = numberOf(item, name);
      if (value !== undefined) add(name, factor * value);
    }
    for (const [tag, weight] of plan.weights) if (tags.has(tag)) add(tag, weight);
    const key = plan.by === undefined ? undefined : `${plan.by}:`;
    const group = key && [...tags].filter((tag) => tag.startsWith(key)).sort(byBytes)[0];
    found.push({ id: item.id, score, because, item, at, popularity: numberOf(item, "popularity") ?? -Infinity, group });
  });
  const before = (a: number, b: number) => a === b ? 0 : b - a;
  found.sort((a, b) => before(a.score, b.score) || before(a.popularity, b.popularity) || a.at - b.at);
  const taken = new Map<string, number>();
  const best: RankedItem<T>[] = [];
  for (const { id, score, because, item, group } of found) {
    if (best.length === plan.limit) break;
    if (group !== undefined) {
      const count = (taken.get(group) ?? 0) + 1;
      taken.set(group, count);
      if (count > plan.most) continue;
    }
    best.push({ id, score, because, item });
  }
  return best;
}
