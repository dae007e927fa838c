// OpenRTB: the hint as `user.data`, with the number of its taxonomy.
import { complain } from "./complain.js";
import { translate, type TaxonomyMap } from "./iab.js";
import { openOutlet, type Outlet, type OutletOptions, type Shared } from "./outlet.js";

export type { IabId, TaxonomyMap } from "./iab.js";
export type { Given, Outlet, OutletOptions, Shared } from "./outlet.js";

/** One entry of `user.data`, OpenRTB 2.6 with the community extension for taxonomies. */
export interface UserData {
  name: string;
  ext: { segtax: number; segclass?: string };
  segment: { id: string }[];
}

export interface DataOptions {
  /** Who says so: the site's domain. */
  name: string;
  /** Which number of the taxonomy says what a segment says. */
  taxonomy: TaxonomyMap;
  /** The taxonomy. Default: 4, the IAB's Audience Taxonomy 1.1. */
  segtax?: number;
  /** What found the segments, and its version: `"shop@7"`. Left out by default. */
  segclass?: string;
}

export interface OpenRtbOptions extends DataOptions, OutletOptions {}

/** A bid request, as far as this matters: of which library its type is does not. */
export interface BidRequest {
  user?: object | undefined;
}

export interface OpenRtb extends Outlet {
  /** What may be handed on now: empty without `share`, and when nothing is mapped. */
  readonly data: readonly UserData[];
  /** Puts `data` into a request, in place of what was put there before, and takes it out again when consent ends. Gives
   * the same request back. */
  enrich<T extends BidRequest>(request: T): T;
}

/** The entries of `user.data` for these segments: one, or none if nothing is mapped. */
export function userData(segments: readonly string[], { name, taxonomy, segtax = 4, segclass }: DataOptions): UserData[] {
  if (!Number.isInteger(segtax) || segtax < 1 || typeof name !== "string" || !name) {
    complain("openrtb: `name` is a domain, and `segtax` a number such as 4");
    return [];
  }
  const ids = translate(segments, taxonomy, segtax === 4);
  if (!ids.length) return [];
  return [{ name, ext: { segtax, ...segclass === undefined ? {} : { segclass } }, segment: ids.map((id) => ({ id })) }];
}

/** Sets what of `user.data` is ours, and leaves the rest. */
export function put(request: BidRequest, data: readonly UserData[], { name, segtax = 4 }: DataOptions): void {
  const mine = (entry: unknown): boolean => {
    const { name: its, ext } = (entry ?? {}) as Partial<UserData>;
    return its === name && ext?.segtax === segtax;
  };
  const there = request.user as { data?: unknown } | undefined;
  const old = there?.data;
  const others: unknown[] = Array.isArray(old) ? old.filter((entry) => !mine(entry)) : [];
  if (!data.length && !(Array.isArray(old) && others.length < old.length)) return;
  const user: { data?: unknown } = request.user ??= {};
  if (data.length || others.length) user.data = [...others, ...structuredClone(data)];
  else delete user.data;
}

/**
 * Hands the hint on as OpenRTB's `user.data`. Nothing is in it without `share`.
 *
 * @example
 * import { openRtb } from "fewbits/openrtb";
 * const ortb = openRtb(fb, { name: "shop.example", taxonomy: { "interest/footwear": "676" } });
 * await ortb.ready;
 * const request = ortb.enrich({ imp: [], user: {} });
 */
export function openRtb(fb: Shared, options: OpenRtbOptions): OpenRtb {
  let data: readonly UserData[] = [];
  // Requests that nobody holds any more are let go.
  let requests: WeakRef<BidRequest>[] = [];
  const update = (request: BidRequest): void => {
    try {
      if (request) put(request, data, options);
    } catch (error) {
      complain("openrtb: a request could not be changed", error);
    }
  };
  const set = (next: readonly UserData[]): void => {
    data = next;
    requests = requests.filter((held) => {
      const request = held.deref();
      if (request) update(request);
      return request;
    });
  };
  const outlet = openOutlet(fb, (segments) => set(userData(segments, options)), () => set([]), options.onGiven);
  return {
    ready: outlet.ready,
    stop: () => outlet.stop(),
    get data() { return structuredClone(data); },
    enrich: (request) => {
      if (typeof request !== "object" || request === null) complain("openrtb: enrich() takes a request");
      else if (!requests.some((held) => held.deref() === request)) requests.push(new WeakRef(request));
      update(request);
      return request;
    },
  };
}
