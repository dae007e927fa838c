// What is shown: one look at everything, through the public methods alone.
import type { Consent, Explanation, Fewbits, Inspection, Mine } from "../types.js";
import type { View } from "./site.js";
import type { Text } from "./text.js";
import type { Travel } from "./travel.js";

export const VIEWS: readonly View[] = ["visitor", "reviewer", "developer"];

/** What a visitor can do here. */
export interface Acts {
  consent(answers: Partial<Consent>): void;
  export(): void;
  forget(everything: boolean): void;
  mute(id: string, muted: boolean): void;
  /** Draws anew. */
  draw(): void;
}

export interface Seen {
  readonly fb: Fewbits;
  readonly text: Text;
  readonly view: View;
  readonly mine: Mine;
  readonly inspection: Inspection;
  /** Of all segments, by id. */
  readonly explained: ReadonlyMap<string, Explanation>;
  readonly travel: Travel;
  readonly acts: Acts;
}

/** So many segments are explained at once; of a larger book those that hold. */
const MANY = 200;

export async function look(fb: Fewbits): Promise<Pick<Seen, "mine" | "inspection" | "explained"> | null> {
  const inspection = await fb.inspect();
  const mine = await fb.exportMine();
  if (!inspection || !mine) return null;
  const ids = fb.ids.length <= MANY ? fb.ids : fb.segments;
  const found = await Promise.all(ids.map((id) => fb.explain(id)));
  return { mine, inspection, explained: new Map(found.filter((it) => it !== null).map((it) => [it.segment, it])) };
}
