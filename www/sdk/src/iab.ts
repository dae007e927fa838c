// From segments to numbers of an IAB taxonomy, by the site's own map.
import { complain } from "./complain.js";

/** The number of a segment in an IAB taxonomy, as text: `"687"`. */
export type IabId = `${number}`;

/** Which number says what a segment says: `{ "interest/footwear": "676" }`. A hint may name a group instead of one of its
 * segments, so map groups, too. What is not in the map is not handed on. */
export type TaxonomyMap = Readonly<Record<string, IabId | readonly IabId[]>>;

/** Numbers of the IAB's Audience Taxonomy 1.1 that say what never leaves, whatever a map asks: those of the list that the
 * compiler of books goes by. A test keeps the two equal. */
export const NEVER =
  "37 46-47 57-72 98-100 102-120 125-129 159-197 219 221-222 261 281 350-356 374 381-404 407 411 413-421 449 466 488 503 530-531 537 550-580";
const isSensitive = (id: number): boolean => NEVER.split(" ").some((range) => {
  const [first = 0, last = first] = range.split("-").map(Number);
  return first <= id && id <= last;
});

/** The numbers for these segments: each once, in order. `guarded`: they are of the Audience Taxonomy 1.1. */
export function translate(segments: readonly string[], map: TaxonomyMap, guarded: boolean): string[] {
  const found = new Set<string>();
  for (const segment of segments) {
    const ids = Object.hasOwn(map, segment) ? [map[segment]!].flat() : [];
    for (const id of ids) {
      if (!/^[1-9][0-9]{0,4}$/.test(id)) complain(`taxonomy: "${id}" of ${segment} is no number of an IAB taxonomy`);
      else if (guarded && isSensitive(+id)) complain(`taxonomy: "${id}" of ${segment} is a sensitive topic, which never leaves`);
      else found.add(id);
    }
  }
  return [...found].sort((a, b) => +a - +b);
}
