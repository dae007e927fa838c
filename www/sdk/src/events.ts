// Events on their way in: names become numbers here, and what the book does not need goes no further.
import type { Io } from "./io.js";
import type { Tags } from "./types.js";

const MAX_TAGS = 16;
const MAX_VALUE = 1e9;
/** No tag value of a book is longer than 64 characters, so none has more than twice as many code units. */
const MAX_TEXT = 128;
/** Reserved events, by number. */
export const DWELL = 1;
export const SCROLL = 2;

export function openEvents({ engine, tables: { events, keys }, now, alive, bad, caught, touched }: Io) {
  const viewEvent = events.get("view") ?? -1;
  let ownViews = false;
  let used = 0;
  const tag = (key: { readonly index: number; readonly values: ReadonlyMap<string, number> }, value: unknown): void => {
    if (typeof value !== "string" || used === MAX_TAGS) bad("bad-tags");
    else engine.tags()[used++] = key.index << 16 | (value.length > MAX_TEXT ? 0 : key.values.get(value) ?? 0);
  };
  const track = (event: string, tags?: Tags | null, value?: number | null): number => {
    if (!alive()) return 0;
    try {
      if (typeof event !== "string" || !event) return bad("bad-event");
      let amount = NaN;
      if (value !== undefined && value !== null) {
        // An absurd value is none, but the event has happened all the same.
        if (typeof value === "number" && value <= MAX_VALUE && value >= -MAX_VALUE) amount = value;
        else bad("bad-value");
      }
      used = 0;
      if (tags !== undefined && tags !== null) {
        if (typeof tags !== "object") bad("bad-tags");
        else for (const name in tags) {
          const key = keys.get(name), content = tags[name];
          if (key === undefined || content === undefined || content === null || !Object.hasOwn(tags, name)) continue;
          if (Array.isArray(content)) for (const one of content as unknown[]) tag(key, one);
          else tag(key, content);
        }
      }
      const index = event.length > MAX_TEXT ? 0 : events.get(event) ?? 0;
      // Nothing in the book could notice it.
      if (index === 0 && used === 0) return 0;
      if (index === viewEvent) ownViews = true;
      return touched(engine.track(index, used, amount, now()));
    } catch (error) {
      return caught(error);
    }
  };
  const engage = (index: number, amount: unknown): number => {
    if (amount === undefined || !alive()) return 0;
    if (typeof amount !== "number" || !(amount >= 0 && amount <= MAX_VALUE)) return bad("bad-value");
    try {
      return touched(engine.track(index, 0, amount, now()));
    } catch (error) {
      return caught(error);
    }
  };

  /** A page view that nobody tracked. A site that tracks its own has no need of it. */
  const view = (): void => {
    if (ownViews || !alive()) return;
    try {
      touched(engine.track(viewEvent, 0, NaN, now()));
    } catch (error) {
      caught(error);
    }
  };
  return { track, engage, view };
}
