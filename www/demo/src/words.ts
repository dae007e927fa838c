// The book in the words of the shop: for the panel and for the page "How this shop knows".
import book from "./shop.book.json";

export type Value = string | number | boolean | null;

interface SignalWords {
  name: string;
  show?: (value: Value) => string;
  /** Goes on after "because". */
  because?: (value: Value) => string;
}

const plural = (one: string, many: string) => (value: Value) => `${value} ${value === 1 ? one : many}`;
const [pages, days, things, times] = [plural("page", "pages"), plural("day", "days"), plural("product", "products"), plural("time", "times")];
const time = (value: Value) => {
  const seconds = Number(value);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60 ? `${seconds % 60} s` : ""}`;
};
const CAME: Record<string, string> = {
  direct: "straight here", internal: "from this shop", search: "from a search engine", social: "from a social network",
  email: "from an e-mail", ads: "through an advertisement", referral: "by a link on another site",
};

export const SIGNALS: Record<string, SignalWords> = {
  pages_7d: { name: "pages opened this week", because: (value) => `you opened ${pages(value)} this week` },
  days_30d: { name: "days you came by, of the last 30", because: (value) => `you came on ${days(value)} this month` },
  looks: { name: "products looked at in this visit", because: (value) => `you looked at ${things(value)} in this visit` },
  reading: { name: "time spent reading in this visit", show: time },
  aisle: { name: "the aisle you linger in", because: (value) => `you linger at the ${value}` },
  basket_waiting: { name: "something waits in the basket", because: () => "something waits in the basket" },
  orders_year: { name: "orders in the last year", because: (value) => `you ordered ${times(value)} in a year` },
  spent_year: { name: "spent in the last year", show: (value) => (value === 0 ? "less than £50" : `about £${value}`), because: (value) => `you spent about £${value} in a year` },
  since_order: { name: "time since the last order", show: days, because: (value) => `your last order was ${days(value)} ago` },
  referrer: { name: "how you came here", show: (value) => CAME[String(value)] ?? String(value) },
  season: { name: "the season where your clock is set", because: (value) => `it is ${value} where your clock is set` },
  weather: { name: "the weather you told us", because: (value) => `you told us that it is ${value}` },
  pages_visit: { name: "pages opened in this visit", because: (value) => `you opened ${pages(value)} in this visit` },
  weekend: { name: "whether it is the weekend", show: (value) => (value === "yes" ? "yes, the weekend" : "no, a working day") },
  likely: { name: "how likely such a visit ends with an order", show: (value) => `${Math.round(Number(value) * 100)} in 100`, because: (value) => `of 100 visits like this one, ${Math.round(Number(value) * 100)} end with an order` },
  readiness: { name: "small signs of choosing", show: plural("point", "points"), because: () => "you look closely" },
};

export function showValue(signal: string, value: Value): string {
  if (value === null) return "not yet";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return SIGNALS[signal]?.show?.(value) ?? String(value);
}

/** Is there anything to see? Nothing, nought and no are no news. */
export const noticed = (value: Value): boolean => value !== null && value !== 0 && value !== false;

type Definition = { within?: string; half_life?: string; since?: string; context?: string; declared?: unknown };
const UNITS: Record<string, string> = { m: "minutes", h: "hours", d: "days", w: "weeks" };
const span = (duration: string): string => {
  const count = parseInt(duration, 10);
  const unit = UNITS[duration.slice(-1)] ?? "";
  return count === 1 ? unit.slice(0, -1) : `${count} ${unit}`;
};

/** How long a signal is kept, read off the book. */
export function kept(signal: string): string {
  const it = (book.signals as Record<string, Definition>)[signal] ?? {};
  if (it.within === "session") return "gone when the visit ends";
  if (it.within) return `gone after ${span(it.within)}`;
  if (it.half_life) return `fades by half every ${span(it.half_life)}`;
  if (it.context === "season") return "read anew each time";
  if (it.context) return "of this visit";
  if (it.since || it.declared) return `at most ${span(book.retention)}`;
  return "added up on the spot";
}

interface SegmentWords {
  name: string;
  /** What would lead here, for those who want to try. */
  how: string;
}

export const DIMENSIONS: Record<string, string> = { lifecycle: "Acquaintance", interest: "Aisle", intent: "Today", purchase: "An order?", weather: "Weather" };

const drawn = (aisle: string): SegmentWords => ({ name: `Drawn to ${aisle}`, how: `look at two ${aisle}, or open the aisle and look at one` });

export const SEGMENTS: Record<string, SegmentWords> = {
  "lifecycle/new": { name: "New here", how: "this is where everybody begins" },
  "lifecycle/active": { name: "Looking around", how: "open five pages, or come again on another day" },
  "lifecycle/loyal": { name: "A regular", how: "order twice in a year, or for £500" },
  "lifecycle/lapsed": { name: "Long not seen", how: "order once, then let 100 days pass" },
  "interest/any": { name: "No favourite aisle", how: "this is where everybody begins" },
  "interest/boots": drawn("boots"),
  "interest/sandals": drawn("sandals"),
  "interest/coats": drawn("coats"),
  "interest/tents": drawn("tents"),
  "interest/packs": drawn("packs"),
  "intent/browsing": { name: "Just strolling", how: "this is where everybody begins" },
  "intent/comparing": { name: "Choosing", how: "look at three products in one visit" },
  "intent/buying": { name: "About to buy", how: "put something into the basket" },
  "purchase/unlikely": { name: "Probably not", how: "this is where everybody begins" },
  "purchase/possible": { name: "Perhaps an order", how: "stay for a while, and come back another day" },
  "purchase/likely": { name: "Probably an order", how: "read for some minutes, or come back in autumn" },
  "weather/cold": { name: "Dressed for cold", how: "say that it is cold, or come in winter" },
  "weather/mild": { name: "Dressed for mild days", how: "this is where everybody begins" },
  "weather/hot": { name: "Dressed for heat", how: "say that it is hot, or come in summer" },
};

/** The places of a page that are decided, and what each can show. */
export const SLOTS: Record<string, { name: string; variants: Record<string, string> }> = {
  hero: { name: "The picture at the door", variants: { welcome: "The shop front", winter: "Winter", summer: "Summer", camp: "A camp", back: "Welcome back" } },
  picks: { name: "Four things picked out", variants: { any: "Well loved by all", boots: "Boots", sandals: "Sandals", coats: "Coats", tents: "Tents", packs: "Packs" } },
  note: { name: "The line from the counter", variants: { returns: "On returns", repairs: "On repairs", help: "An offer of help", comparing: "For those who choose", buying: "A basket waits" } },
  weather: { name: "Dressed for", variants: { cold: "The cold", mild: "Mild days", hot: "The heat" } },
  door: { name: "The way to the used things", variants: { story: "By their story", thrift: "By their price" } },
};

/** What a slot shows to everybody. */
export const delivered = (slot: string): string | undefined => (book.decisions as Record<string, { otherwise: string }>)[slot]?.otherwise;

const moment = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });

/** The names of signals, segments and dimensions in an explanation, replaced by words. */
export const inWords = (text: string): string =>
  text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (iso) => moment.format(new Date(iso))).replace(/\bsegment\b/g, "group").replace(/`([^`]+)`/g, (_, name: string) => SIGNALS[name]?.name ?? (SEGMENTS[name] && `“${SEGMENTS[name].name}”`) ?? DIMENSIONS[name] ?? name);
