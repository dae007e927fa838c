// Words, numbers and dates in the visitor's language. Each language is a file of its own, loaded when it is shown.
import type { BookDescription, SignalDescription } from "../types.js";
import type { SiteWords } from "./site.js";
import type en from "./words/en.json";

export type Key = keyof typeof en;
type Words = Readonly<Record<Key, string>>;
export type Value = string | number | boolean | null;

const FILES: Readonly<Record<string, () => Promise<{ default: Words }>>> = {
  en: () => import("./words/en.json"),
  de: () => import("./words/de.json"),
  fr: () => import("./words/fr.json"),
  es: () => import("./words/es.json"),
};
/** The languages that there are words in. */
export const LANGUAGES: readonly string[] = Object.keys(FILES);

const UNITS = [["week", 604_800], ["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]] as const;
/** Regions by which the names of continents are known to every browser. */
const CONTINENTS: Readonly<Record<string, string>> = {
  africa: "002", antarctica: "AQ", asia: "142", europe: "150", "north-america": "003", oceania: "009", "south-america": "005",
};

/** The words of the first of these languages that there are any for. */
export async function openText(wanted: readonly string[]): Promise<Text> {
  const tag = wanted.find((one) => FILES[one.slice(0, 2).toLowerCase()]) ?? "en";
  const { default: words } = await FILES[tag.slice(0, 2).toLowerCase()]!();
  return new Text(tag, words);
}

export class Text {
  site: SiteWords = {};
  book: BookDescription | undefined;
  readonly #numbers;
  readonly #moment;
  readonly #day;
  readonly #or;

  constructor(readonly tag: string, readonly words: Words) {
    this.#numbers = new Intl.NumberFormat(tag, { maximumFractionDigits: 2 });
    this.#moment = new Intl.DateTimeFormat(tag, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
    this.#day = new Intl.DateTimeFormat(tag, { day: "numeric", month: "long", year: "numeric" });
    this.#or = new Intl.ListFormat(tag, { type: "disjunction" });
  }

  t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
    return this.words[key].replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      return typeof value === "number" ? this.number(value) : value ?? "";
    });
  }
  pair(name: string, value: string): string { return this.t("pair", { name, value }); }
  /** A word that may not be there. */
  maybe(key: string): string | undefined {
    return (this.words as Readonly<Record<string, string>>)[key];
  }

  number(value: number): string { return this.#numbers.format(value); }
  percent(share: number): string {
    return new Intl.NumberFormat(this.tag, { style: "percent", maximumFractionDigits: share > 0.995 ? 1 : 0 }).format(share);
  }
  /** Milliseconds since 1970. What is within a day has a time. */
  moment(at: number): string { return this.#moment.format(at); }
  day(at: number): string { return this.#day.format(at); }
  /** Seconds, in the largest unit that divides them. */
  time(seconds: number): string {
    const [unit, size] = UNITS.find(([unit, size]) => seconds >= size && seconds % size === 0 && (unit !== "week" || seconds >= 4 * size))
      ?? (seconds > 5400 ? UNITS[2] : seconds > 90 ? UNITS[3] : UNITS[4]);
    const style = { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 1 } as const;
    return new Intl.NumberFormat(this.tag, style).format(seconds / size);
  }
  either(list: readonly string[]): string { return this.#or.format(list); }

  // ---- names
  signal(name: string): string {
    const own = this.site.signals?.[name];
    const it = this.book?.signals.find((one) => one.name === name);
    return own ?? (it ? this.#describe(it) : name);
  }
  dimension(name: string): string { return this.site.dimensions?.[name] ?? spaced(name); }
  segment(id: string): string {
    const short = id.slice(id.indexOf("/") + 1);
    return this.site.segments?.[id] ?? (short === "any" ? this.t("groups.top") : spaced(short));
  }
  slot(name: string): string { return this.site.slots?.[name] ?? spaced(name); }
  variant(name: string): string { return this.site.variants?.[name] ?? spaced(name); }
  event(name: string): string {
    if (name === "*") return this.t("sig.anything");
    return this.site.events?.[name] ?? name.replace(/^~/, "");
  }

  #describe({ kind, name, events, negated, of = "", value = "", first, within }: SignalDescription): string {
    const [event = ""] = events.map((one) => this.event(one));
    // The book's own: what was shown of an experiment.
    const [, source, variant] = /^~(.*)\/(.*)$/.exec(name) ?? [];
    if (source !== undefined && variant !== undefined) return this.t("sig.shown", { source, variant: this.variant(variant) });
    const framed = (what: string) => within === undefined ? what
      : within === "session" ? this.t("sig.visit", { what }) : this.t("sig.within", { what, time: this.time(within) });
    switch (kind) {
      case "count": case "days": case "sum": case "mean": case "max": return framed(this.t(`sig.${kind}`, { event }));
      case "engagement": return framed(this.t(events[0] === "~dwell" ? "sig.dwell" : "sig.scroll"));
      case "since": return this.t(first ? "sig.first" : "sig.last", { event });
      case "top": return this.t("sig.top", { tag: of });
      case "affinity": return this.t("sig.affinity", { tag: of, value: this.site.items?.[value] ?? value });
      case "sequence": {
        const steps = events.map((one, i) => this.t(negated?.[i] ? "sig.not" : "sig.event", { event: this.event(one) }));
        return framed(this.t("sig.sequence", { steps: steps.join(", ") }));
      }
      case "context": return this.t(`ctx.${of}` as Key);
      case "declared": return this.t("sig.declared", { name });
      case "score": return this.t("sig.score", { name });
      case "model": return this.t("sig.model", { name });
      default: return name;
    }
  }

  /** A signal's value in words, with its unit. */
  value(name: string, value: Value): string {
    if (value === null) return this.t("none");
    if (typeof value === "boolean") return this.t(value ? "yes" : "no");
    const it = this.book?.signals.find((one) => one.name === name);
    if (typeof value === "string") return this.site.items?.[value] ?? (it?.kind === "context" ? this.#item(it.of ?? "", value) : value);
    if (it?.kind === "since" && it.unit) return value ? this.time(value * it.unit) : this.#zero(it.unit);
    if (it?.kind === "engagement") return it.events[0] === "~dwell" ? value ? this.time(value) : this.#zero(1) : this.percent(value / 100);
    if (it?.kind === "days") return value ? this.time(value * 86_400) : this.#zero(86_400);
    return this.number(value);
  }
  #zero(size: number): string {
    const unit = UNITS.find(([, one]) => one <= size)?.[0] ?? "second";
    return new Intl.NumberFormat(this.tag, { style: "unit", unit, unitDisplay: "long" }).format(0);
  }
  #item(of: string, value: string): string {
    if (of === "weekend") return this.t(value === "yes" ? "yes" : "no");
    const kind = of === "language" ? "language" : of === "continent" ? "region" : undefined;
    const code = of === "continent" ? CONTINENTS[value] : value;
    if (kind && code && value !== "other") return new Intl.DisplayNames(this.tag, { type: kind }).of(code) ?? value;
    return this.maybe(`item.${value}`) ?? value;
  }

  /** How long a signal is kept. */
  kept({ kind, within, halfLife, of }: SignalDescription): string {
    if (within === "session") return this.t("kept.session");
    if (within !== undefined) return this.t("kept.window", { time: this.time(within) });
    if (halfLife !== undefined) return this.t("kept.half", { time: this.time(halfLife) });
    if (kind === "context") return this.t(of === "referrer" || of === "medium" ? "kept.visit" : "kept.now");
    if (kind === "since" || kind === "declared") return this.t("kept.retention", { time: this.time(this.book?.retention ?? 0) });
    return this.t("kept.sum");
  }
}

const spaced = (name: string): string => name.replace(/[-_]/g, " ").replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
