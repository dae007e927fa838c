// Google Consent Mode v2: what the page tells Google's tags through `dataLayer`, read along.
import { isObject } from "./cmp.js";
import { complain } from "./complain.js";
import { all, CONSENT_TYPES, fromConsentMode, type TypeState } from "./consent-table.js";
import { openSource, unaskedOf, type Followed, type FollowOptions } from "./sources.js";

export type { Followed, FollowOptions, SourceState, Told } from "./sources.js";

export interface ConsentModeOptions extends FollowOptions {
  /** Where the visitor is, if the site knows: a country such as `"DE"`, or with its region, `"US-CA"`. Defaults may be set
   * for regions; without this the strictest default of all regions counts. */
  region?: string;
  /** The name of the data layer. Default: `"dataLayer"`. */
  dataLayer?: string;
}

type Push = (...items: unknown[]) => number;
type Layer = { push?: Push; slice(): unknown[] };
interface Default {
  regions: readonly string[];
  types: ReadonlyMap<string, boolean>;
}
/** The types that are looked at. */
const TYPES = new Set(Object.values(CONSENT_TYPES).flat());

/**
 * Follows `gtag("consent", "default" | "update", ...)`, from what was called before to the end of the page. Sets up the
 * data layer if it is not there yet, as Google's own snippet does. Returns the function that ends it.
 *
 * @example
 * import { followConsentMode } from "fewbits/consent-mode";
 * const stop = followConsentMode(fb, { region: "DE" });
 */
export function followConsentMode(fb: Followed, options: ConsentModeOptions = {}): () => void {
  const name = options.dataLayer ?? "dataLayer";
  const region = typeof options.region === "string" ? options.region.toUpperCase() : undefined;
  const unasked = unaskedOf(options.unasked);
  const source = openSource(fb, "consent-mode", options.onAnswer);
  const defaults: Default[] = [];
  const updates = new Map<string, boolean>();
  let waitUntil = 0, ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** What holds of a type before the visitor has answered. Of defaults for regions the most exact one counts; if it is not
   * known where the visitor is, all of them have to agree. */
  const initial = (type: string): boolean | undefined => {
    const found = new Map<number, boolean>();
    for (const { regions, types } of defaults) {
      const value = types.get(type);
      if (value === undefined) continue;
      // The later call of the same exactness counts.
      if (!regions.length) found.set(0, value);
      else if (region === undefined) found.set(1, value && found.get(1) !== false);
      else for (const one of regions) if (region === one || region.startsWith(`${one}-`)) found.set(one.length, value);
    }
    if (region === undefined) return found.size ? ![...found.values()].includes(false) : undefined;
    return found.get(Math.max(...found.keys()));
  };
  const state = (type: string): TypeState => {
    const [update, before] = [updates.get(type), initial(type)];
    return { ...update === undefined ? {} : { update }, ...before === undefined ? {} : { initial: before } };
  };
  const tell = (): void => {
    if (updates.size) return source.say("answered", fromConsentMode(state, unasked), "update");
    if (Date.now() < waitUntil) {
      clearTimeout(timer);
      timer = setTimeout(tell, waitUntil - Date.now());
      return source.say("waiting", all("unknown"), "wait-for-update");
    }
    const open = [...TYPES].some((type) => initial(type) === true);
    source.say(open ? "not-asked" : "waiting", fromConsentMode(state, unasked), "default");
  };
  /** True if it was about consent. */
  const take = (item: unknown): boolean => {
    // Google takes what `arguments` is, and no other list.
    if (Object.prototype.toString.call(item) !== "[object Arguments]") return false;
    const [command, how, what] = Array.from(item as ArrayLike<unknown>);
    if (command !== "consent" || !isObject(what) || (how !== "default" && how !== "update")) return false;
    const types = new Map<string, boolean>();
    for (const type of TYPES) {
      const value = Object.hasOwn(what, type) ? what[type] : undefined;
      if (value === "granted" || value === "denied") types.set(type, value === "granted");
    }
    if (how === "update") {
      for (const [type, value] of types) updates.set(type, value);
      return true;
    }
    const regions = Array.isArray(what.region) ? what.region.map((one) => String(one).toUpperCase()) : [];
    defaults.push({ regions, types });
    const wait = Number(what.wait_for_update);
    if (wait > 0) waitUntil = Math.max(waitUntil, Date.now() + wait);
    return true;
  };
  const hear = (items: readonly unknown[]): void => {
    if (ended) return;
    try {
      let any = false;
      for (const item of items) any = take(item) || any;
      if (any) tell();
    } catch {
      // What cannot be read was not said.
    }
  };

  let layer: Layer | undefined, push: Push | undefined, before: Push | undefined;
  try {
    const page = globalThis as Record<string, unknown>;
    const there = page[name] ??= [];
    if (Array.isArray(there)) {
      const from: Layer = layer = there as Layer;
      const own = Object.hasOwn(from, "push");
      const next = from.push ?? Array.prototype.push;
      before = own ? next : undefined;
      push = (...items) => {
        const length = next.apply(from, items);
        hear(items);
        return length;
      };
      layer.push = push;
    } else {
      complain(`followConsentMode: window.${name} is no list`);
    }
  } catch (error) {
    complain(`followConsentMode: window.${name} cannot be followed`, error);
  }
  if (layer) hear(layer.slice());
  else source.say("failed", all("unknown"), "no-data-layer");
  return () => {
    if (ended) return;
    ended = true;
    source.end();
    clearTimeout(timer);
    try {
      // Whoever put a function over ours goes on calling it; it does nothing any more.
      if (layer?.push === push && before) layer!.push = before;
      else if (layer?.push === push) delete layer!.push;
    } catch { /* frozen by the page */ }
  };
}
