// OpenFeature: a provider for its web SDK, in which slots are flags.
import {
  ErrorCode, OpenFeatureEventEmitter, ProviderEvents, StandardResolutionReasons,
  type EvaluationContext, type JsonValue, type Provider, type ResolutionDetails, type TrackingEventDetails,
} from "@openfeature/web-sdk";
import type { Decision, Fewbits, Tags } from "./types.js";

/** What the provider needs of Fewbits. */
export type Decides = Pick<Fewbits, "ok" | "track" | "slots" | "decide" | "on">;

export interface ProviderOptions {
  /** What variants stand for, where the text of the variant is not the value itself:
   * `{ price: { low: 9.5, high: 12 }, hero: { winter: { title: "Warm feet" } } }`. */
  values?: Readonly<Record<string, Readonly<Record<string, JsonValue>>>>;
}

const REASONS: Readonly<Record<Exclude<Decision["by"], "not-running">, string>> = {
  when: StandardResolutionReasons.TARGETING_MATCH,
  rank: StandardResolutionReasons.TARGETING_MATCH,
  experiment: StandardResolutionReasons.SPLIT,
  bandit: StandardResolutionReasons.SPLIT,
  otherwise: StandardResolutionReasons.DEFAULT,
  forced: StandardResolutionReasons.STATIC,
};
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, on: true, yes: true, false: false, off: false, no: false };

const readBoolean = (value: JsonValue): boolean | undefined =>
  typeof value === "boolean" ? value : typeof value === "string" && Object.hasOwn(BOOLEANS, value) ? BOOLEANS[value] : undefined;
const readText = (value: JsonValue): string | undefined => typeof value === "string" ? value : undefined;
const readNumber = (value: JsonValue): number | undefined => {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
};
const readObject = (value: JsonValue): JsonValue | undefined => typeof value === "object" && value !== null ? value : undefined;

/**
 * A provider for OpenFeature's web SDK. A slot is a flag, its variant the value: text as it is, a number or a boolean
 * (`on`, `true`, `yes`; `off`, `false`, `no`) if it reads as one, anything else by `values`. Reasons: `TARGETING_MATCH` for
 * a rule or a ranking, `SPLIT` for an experiment or a bandit, `DEFAULT` for the slot's `otherwise`, `STATIC` for a variant
 * that was forced for a preview. `flagMetadata` has the rule's own words in `because`. The evaluation context is not read:
 * the visitor's browser knows better.
 *
 * @example
 * import { OpenFeature } from "@openfeature/web-sdk";
 * import { FewbitsProvider } from "fewbits/openfeature";
 * await OpenFeature.setProviderAndWait(new FewbitsProvider(createFewbits({ book: "/shop.book.fbk" })));
 * const hero = OpenFeature.getClient().getStringValue("hero", "plain");
 */
export class FewbitsProvider implements Provider {
  readonly metadata = { name: "fewbits" } as const;
  readonly runsOn = "client" as const;
  readonly events = new OpenFeatureEventEmitter();
  readonly #running: Promise<Decides>;
  readonly #values: NonNullable<ProviderOptions["values"]>;
  /** The variants that were given out: who asks for the first time needs no event. */
  readonly #given = new Map<string, string>();
  #fb: Decides | undefined;
  #off: (() => void) | undefined;

  constructor(fewbits: Decides | Promise<Decides>, { values = {} }: ProviderOptions = {}) {
    this.#running = Promise.resolve(fewbits);
    this.#running.catch(() => undefined);
    this.#values = values;
  }

  async initialize(): Promise<void> {
    const fb = await this.#running;
    if (!fb.ok) throw new Error("Fewbits could not start: its `error` says why");
    this.#fb = fb;
    this.#off = fb.on("decision", ({ slot, variant }) => {
      const before = this.#given.get(slot);
      if (before === undefined || before === variant) return;
      this.#given.set(slot, variant);
      this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: [slot] });
    });
  }

  async onClose(): Promise<void> {
    this.#off?.();
    this.#fb = undefined;
  }

  resolveBooleanEvaluation(slot: string, otherwise: boolean): ResolutionDetails<boolean> {
    return this.#resolve(slot, otherwise, readBoolean);
  }

  resolveStringEvaluation(slot: string, otherwise: string): ResolutionDetails<string> {
    return this.#resolve(slot, otherwise, readText);
  }

  resolveNumberEvaluation(slot: string, otherwise: number): ResolutionDetails<number> {
    return this.#resolve(slot, otherwise, readNumber);
  }

  resolveObjectEvaluation<T extends JsonValue>(slot: string, otherwise: T): ResolutionDetails<T> {
    return this.#resolve(slot, otherwise, (value) => readObject(value) as T | undefined);
  }

  /** OpenFeature's `track`: texts of the details become tags, `value` the value. */
  track(event: string, _context: EvaluationContext, { value, ...rest }: TrackingEventDetails = {}): void {
    const tags: Record<string, string> = {};
    for (const [key, one] of Object.entries(rest)) if (typeof one === "string") tags[key] = one;
    this.#fb?.track(event, tags satisfies Tags, value ?? null);
  }

  #resolve<T>(slot: string, otherwise: T, read: (value: JsonValue) => T | undefined): ResolutionDetails<T> {
    const failed = (errorCode: ErrorCode, errorMessage: string): ResolutionDetails<T> =>
      ({ value: otherwise, reason: StandardResolutionReasons.ERROR, errorCode, errorMessage });
    const fb = this.#fb;
    if (!fb?.ok) return failed(ErrorCode.PROVIDER_NOT_READY, "Fewbits does not run");
    // What is not in the book is not asked for: that would be an error of the page.
    if (!fb.slots.includes(slot)) return failed(ErrorCode.FLAG_NOT_FOUND, `the book has no slot "${slot}"`);
    const { variant, because, by, rule, source, frozen } = fb.decide(slot);
    if (by === "not-running") return failed(ErrorCode.PROVIDER_NOT_READY, "Fewbits does not run");
    this.#given.set(slot, variant);
    const map = Object.hasOwn(this.#values, slot) ? this.#values[slot]! : {};
    const value = read(Object.hasOwn(map, variant) ? map[variant]! : variant);
    if (value === undefined) return failed(ErrorCode.TYPE_MISMATCH, `variant "${variant}" of "${slot}" is of another type: say in \`values\` what it stands for`);
    return {
      value, variant, reason: REASONS[by], flagMetadata: { because, by, rule, frozen, ...source === undefined ? {} : { source } },
    };
  }
}
