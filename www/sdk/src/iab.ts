// From segments to numbers of an IAB taxonomy, by the site's own map.
import { complain } from "./complain.js";

/** The number of a segment in an IAB taxonomy, as text: `"687"`. */
export type IabId = `${number}`;

/** Which number says what a segment says: `{ "interest/footwear": "479" }`. A hint may name a group instead of one of its
 * segments, so map groups, too. What is not in the map is not handed on. */
export type TaxonomyMap = Readonly<Record<string, IabId | readonly IabId[]>>;

/** The numbers for these segments: each once, in order. */
export function translate(segments: readonly string[], map: TaxonomyMap): string[] {
  const found = new Set<string>();
  for (const segment of segments) {
    const ids = Object.hasOwn(map, segment) ? [map[segment]!].flat() : [];
    for (const id of ids) {
      if (/^[1-9][0-9]{0,4}$/.test(id)) found.add(id);
      else complain(`taxonomy: "${id}" of ${segment} is no number of an IAB taxonomy`);
    }
  }
  return [...found].sort((a, b) => +a - +b);
}
