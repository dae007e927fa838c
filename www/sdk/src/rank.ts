// `fb.rank`: loaded when it is first asked for. The core works out the numbers of a ranking; the list or the catalogue
// orders by them.
import type { Catalogue } from "./catalogue.js";
import type { Io } from "./io.js";
import { asTheyCame, rankBy, type Item, type RankedItem } from "./lists.js";
import { planOf, type Query, type Ranked } from "./query.js";

/** What the page adds to a ranking of the book. */
export type RankOptions = Pick<Query, "must" | "not" | "price" | "limit">;

/** See `rank` of `Fewbits`. */
export interface Rank {
  <T extends Item>(ranking: string, items: readonly T[], options?: RankOptions): Promise<RankedItem<T>[]>;
  (ranking: string, catalogue: Catalogue, options?: RankOptions): Promise<Ranked[]>;
}

/** The same without the item's own type. */
export type AnyRank = (ranking: string, of: readonly Item[] | Catalogue, options?: RankOptions) => Promise<Ranked[]>;

/** What a number of a ranking is for: `Role` in `src/book/ranking.rs`. */
const enum Role { Weight, Each, Must, Not, Boost, Least, Most }

/** The query of a ranking for this visitor; `undefined`: there is no such ranking. */
function queryOf({ engine, tables, now }: Io, ranking: string, more: RankOptions): Query | undefined {
  const rankings = tables.later(({ list, name, number }) => list(() => ({
    name: name(), why: name(), limit: number(), by: name(), most: number(),
    terms: list(() => ({ role: number() as Role, of: name(), items: list(name) })),
  })));
  const index = rankings.findIndex(({ name }) => name === ranking);
  const found = rankings[index];
  if (!found) return undefined;
  const numbers = engine.weigh(index, found.terms.length, now());
  const must = [...more.must ?? []], not = [...more.not ?? []];
  const weights: [string, number][] = [];
  const boosts: Record<string, number> = {}, ranges: Record<string, { min?: number; max?: number }> = {};
  let each: string | null | undefined;
  found.terms.forEach(({ role, of, items }, i) => {
    const value = numbers[i]!, there = value === value;
    if (role === Role.Each) {
      // The next number is its weight; without an item it has none.
      const item = there ? items[value] : undefined;
      each = item === undefined ? null : `${of}:${item}`;
    } else if (role === Role.Weight) {
      const tag = each === undefined ? of : each;
      each = undefined;
      if (there && tag !== null) weights.push([tag, value]);
    } else if (!there) return;
    else if (role === Role.Must) must.push(of);
    else if (role === Role.Not) not.push(of);
    else if (role === Role.Boost) boosts[of] = value;
    else (ranges[of] ??= {})[role === Role.Least ? "min" : "max"] = value;
  });
  if (more.price) ranges["price"] = more.price;
  const limit = more.limit ?? (found.limit || undefined);
  return {
    must, not, weights, boosts, numbers: ranges,
    ...limit !== undefined && { limit }, ...found.most > 0 && { diversify: { by: found.by, most: found.most } },
  };
}

/** Items as they are: those of a catalogue by popularity. */
export async function asIs(of: readonly Item[] | Catalogue, { limit }: RankOptions = {}): Promise<Ranked[]> {
  const many = planOf({ ...limit !== undefined && { limit } });
  const plan = typeof many === "string" ? undefined : many.limit;
  return Array.isArray(of) ? asTheyCame(of as Item[], plan) : (of as Catalogue).rank(plan ? { limit: plan } : {});
}

/** Ranks; without a ranking, a running core or a proper query, items come as they are. */
export async function rank(io: Io, ranking: string, of: readonly Item[] | Catalogue, more: RankOptions = {}): Promise<Ranked[]> {
  let query: Query | undefined;
  if (io.alive()) {
    try {
      query = queryOf(io, ranking, more);
      if (!query) io.bad("unknown-ranking");
    } catch (error) {
      io.caught(error);
    }
  }
  const plan = query && planOf(query);
  if (typeof plan === "string") io.bad("bad-query");
  if (typeof plan !== "object") return asIs(of, more);
  return Array.isArray(of) ? rankBy(of as Item[], plan) : (of as Catalogue).rank(query!);
}
