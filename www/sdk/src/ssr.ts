// The hint for the site's own server or edge: a first-party cookie or a header, and how to read it there.
import { complain } from "./complain.js";
import { writeCookie } from "./cookie.js";
import { openOutlet, type Outlet, type OutletOptions, type Shared } from "./outlet.js";

export type { Given, Outlet, OutletOptions, Shared } from "./outlet.js";

/** The cookie. The prefix makes browsers refuse it from another host, without `Secure`, or for a part of the site. */
export const HINT_COOKIE = "__Host-fewbits-hint";
/** The header, for requests that the site's own scripts make. */
export const HINT_HEADER = "fewbits-hint";

const VERSION = "1";
const MOST_SEGMENTS = 16, MOST_CHARACTERS = 1024;
const SEGMENT = /^[a-z][a-z0-9_-]{0,63}\/[a-z][a-z0-9_-]{0,63}$/;

/** What a server is told about a visitor. */
export interface Hint {
  /** Coarse segments, such as `"interest/footwear"`. They come from the visitor's side: anybody can send anything, so use
   * them to choose what to show, and for nothing else. */
  readonly segments: readonly string[];
}

export interface ServerOptions extends OutletOptions {
  /** Whether the cookie is set. Default: true. With `false` only `headers` are made. */
  cookie?: boolean;
  /** How long the browser keeps the cookie, in days; each visit renews it. Default: 30. Safari keeps what scripts set for 7. */
  days?: number;
}

export interface ServerOutlet extends Outlet {
  /** Headers for requests of the page's own scripts to its own server: empty without a hint. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The text for a cookie or a header: `1.interest/footwear.lifecycle/new`. `null` if there is nothing to say. */
export function formatHint(segments: readonly string[]): string | null {
  const sorted = [...new Set(segments)].sort();
  const text = [VERSION, ...sorted].join(".");
  return sorted.length && parseHint(text) ? text : null;
}

/** Reads the text of a cookie or a header. Strict: `null` for anything that `formatHint` would not write. */
export function parseHint(text: unknown): Hint | null {
  if (typeof text !== "string" || text.length > MOST_CHARACTERS) return null;
  const [version, ...segments] = text.split(".");
  if (version !== VERSION || !segments.length || segments.length > MOST_SEGMENTS) return null;
  const inOrder = segments.every((segment, index) => SEGMENT.test(segment) && (index === 0 || segments[index - 1]! < segment));
  return inOrder ? { segments } : null;
}

/** Headers of a request: of `fetch`, as at the edge, or Node's. */
export type RequestHeaders = { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The hint in a request, in Node and at the edge; `null` if there is none. The header comes before the cookie. A page that
 * depends on it must say `Vary: Cookie` or not be cached by others.
 *
 * @example
 * import { readHint } from "fewbits/ssr";
 * const hint = readHint(request.headers);
 * const hero = hint?.segments.includes("interest/footwear") ? "boots" : "plain";
 */
export function readHint(headers: RequestHeaders | null | undefined): Hint | null {
  try {
    const read = (name: string): string | null | undefined => {
      if (typeof headers?.get === "function") return (headers as Headers).get(name);
      const given = (headers as Record<string, string | string[] | undefined> | null | undefined);
      const value = given && Object.hasOwn(given, name) ? given[name] : undefined;
      return Array.isArray(value) ? value.join(name === "cookie" ? "; " : ",") : value;
    };
    const told = parseHint(read(HINT_HEADER));
    if (told) return told;
    const cookies = (read("cookie") ?? "").split(";").map((one) => one.trim()).filter((one) => one.startsWith(`${HINT_COOKIE}=`));
    // Two of the same name: one is not ours.
    return cookies.length === 1 ? parseHint(cookies[0]!.slice(HINT_COOKIE.length + 1)) : null;
  } catch {
    return null;
  }
}

/**
 * Keeps the hint in a first-party cookie, which the browser sends to the site's own server: `Secure`, `SameSite=Lax`, for
 * this host alone, not partitioned, since in a frame of another site it is neither set nor sent. It goes when consent
 * ends, also if that happened in an earlier visit.
 *
 * @example
 * import { shareWithServer } from "fewbits/ssr";
 * const server = shareWithServer(fb);
 * const answer = await fetch("/api/hero", { headers: server.headers });
 */
export function shareWithServer(fb: Shared, { cookie = true, days = 30, onGiven }: ServerOptions = {}): ServerOutlet {
  let text: string | null = null;
  const seconds = Math.round((days > 0 ? days : 30) * 86_400);
  const set = (next: string | null, gave = true): void => {
    text = next;
    if (cookie && !writeCookie(HINT_COOKIE, text, seconds) && (text !== null || gave)) {
      complain("ssr: the browser does not take the cookie; it needs https, and no frame of another site");
    }
  };
  const outlet = openOutlet(fb, (segments) => set(formatHint(segments)), (gave) => set(null, gave), onGiven);
  return {
    ready: outlet.ready,
    stop: () => outlet.stop(),
    get headers() { return text === null ? {} : { [HINT_HEADER]: text }; },
  };
}
