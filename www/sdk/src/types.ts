import type { Inspection } from "./inspection.js";
import type { Names } from "./names.js";
import type { Rank } from "./rank.js";

export type * from "./inspection.js";
export type { CompiledBook, Names, NamesOf } from "./names.js";

/** What a visitor may agree to. `store`: keep the profile between visits. `personalise`: observe and segment.
 * `measure`: send one randomised report. `share`: hand coarse segments to others. */
export type Purpose = "store" | "personalise" | "measure" | "share";

/** An answer of the visitor. `unknown`: memory only, and nothing leaves. `denied`: what was kept is erased. */
export type Answer = "granted" | "denied" | "unknown";

/** The answers in force, one per purpose. */
export type Consent = Record<Purpose, Answer>;

/** Tags of an event, by key: one value or several. At most 16 values count. */
export type Tags = Readonly<Record<string, string | readonly string[]>>;

/** Declared facts, by the name of the signal; `null` forgets a fact. */
export type Facts<N extends Names = Names> = { readonly [K in keyof N["facts"]]?: N["facts"][K] | null | undefined };

/** What the environment says: raw values, which are coarsened at the door and dropped, or an item by the
 * name of the context (`{ season: "winter" }`). */
export interface Context {
  /** Address of the referring page, or an item such as `"search"`. */
  referrer?: string;
  /** Address of this page: tells internal from external referrers, and the campaign medium. */
  url?: string;
  /** The browser's user agent text. */
  userAgent?: string;
  /** Number of touch points of the screen; tells a tablet from a computer where the user agent does not. */
  touchPoints?: number;
  /** A language tag such as `"de-CH"`. */
  language?: string;
  /** An IANA time zone such as `"Europe/Zurich"`. */
  timeZone?: string;
  /** Minutes east of UTC. */
  utcOffset?: number;
  /** Items of a context's closed list. */
  medium?: string;
  device?: string;
  continent?: string;
  daypart?: string;
  weekend?: string;
  season?: string;
}

/** Why something did not work, for the person who can act. Never holds a value of the visitor. */
export interface FewbitsError {
  readonly code: ErrorCode;
  /** What happened. */
  readonly message: string;
  /** What to do about it. */
  readonly help: string;
  /** The author's findings, when the book was refused. */
  readonly diagnostics?: readonly Diagnostic[];
}

export type ErrorCode =
  | "wasm-blocked" | "wasm-failed"
  | "book-not-found" | "book-unreachable" | "book-is-html" | "book-not-json"
  | "book-invalid" | "book-newer" | "book-corrupt"
  | "storage-full" | "storage-blocked" | "profile-discarded"
  | "bad-option" | "bad-event" | "bad-tags" | "bad-value" | "bad-fact" | "bad-context" | "bad-consent"
  | "unknown-segment" | "unknown-slot" | "unknown-ranking" | "bad-query" | "bad-force" | "collector-refused" | "listener-threw" | "internal";

/** A finding about a book, with its place in the file. */
export interface Diagnostic {
  severity: "error" | "warning";
  code: string;
  message: string;
  help: string;
  line: number;
  column: number;
  length: number;
  text: string;
}

/** A book: compiled bytes, the address of a compiled or a JSON book, or the JSON document itself. */
export type Book = Uint8Array | ArrayBuffer | string | URL | object;

export interface Options<B = Book> {
  book: B | Uint8Array | ArrayBuffer | string | URL;
  /** Where the core module is, if the bundler cannot find it; or the module itself. */
  wasm?: URL | string | Response | BufferSource | WebAssembly.Module;
  /** Answers known already. Everything else is `unknown`. */
  consent?: Partial<Consent>;
  /** Address that reports are sent to. Without it nothing is sent; `report({ handOver: true })` hands one out. */
  collector?: string | URL;
  /** Where the profile is kept after consent. Default: `localStorage`. */
  storage?: Storage | "none";
  /** Page views, dwell and scroll without a call, if the book declares a signal that needs them. Default: true.
   * Automatic page views stop as soon as the site tracks `view` itself. */
  auto?: boolean;
  /** What Global Privacy Control closes. Default `"measure"`: reports and sharing; `"share-only"`: sharing. */
  gpc?: "measure" | "share-only";
  /** For a preview: slot, experiment or bandit to variant. Also by the address of the page,
   * `?fewbits-force=hero-copy:warm,hero:winter`, unless `preview` is false. Nothing is kept or told of what is forced. */
  force?: Readonly<Record<string, string>>;
  preview?: boolean;
  /** The clock, in milliseconds since 1970, for tests and replays. Default: `Date.now`. */
  clock?: () => number;
  onError?: (error: FewbitsError) => void;
}

/** As the options of `createFewbits`, but nothing has to be fetched, read or compiled from JSON. */
export interface SyncOptions extends Omit<Options, "book" | "wasm"> {
  /** The compiled book. */
  book: Uint8Array | ArrayBuffer;
  /** The core module, or its bytes. */
  wasm: WebAssembly.Module | BufferSource;
}

/** Segments that a visitor entered and left, and those that hold now. */
export interface Change<N extends Names = Names> {
  readonly entered: readonly N["segment"][];
  readonly left: readonly N["segment"][];
  readonly segments: readonly N["segment"][];
}

export interface Events<N extends Names = Names> {
  /** Memberships changed. Several changes in a row arrive as one. */
  change: Change<N>;
  /** The ledger has a new line. */
  ledger: undefined;
  /** Consent changed, here or in another tab. */
  consent: Consent;
  /** A slot was decided for the first time, or its answer changed. */
  decision: Decision;
}

/** What a slot shows, and why. */
export interface Decision<V extends string = string> {
  readonly slot: string;
  /** One of the slot's variants; empty if there is no such slot, or no book. */
  readonly variant: V | "";
  /** The rule's own words. */
  readonly because: string;
  /** What chose: a condition, an experiment, a bandit, a ranking of signals, no rule at all, a preview, or nothing,
   * because there is no such slot or Fewbits does not run. */
  readonly by: "when" | "experiment" | "bandit" | "rank" | "otherwise" | "forced" | "not-running";
  /** The rule's place in `choose`, from 0; -1: none of them. */
  readonly rule: number;
  /** The experiment or bandit. */
  readonly source?: string;
  /** It stays so for the session. */
  readonly frozen: boolean;
}

/** Some comparisons, of which by the condition's form one or all must hold. */
export interface Clause {
  readonly holds: boolean;
  readonly literals: readonly Evidence[];
}

/** A condition of the book. `all`: every clause must hold, and in each one comparison. Otherwise one clause, and in it
 * every comparison. */
export interface Condition {
  readonly all: boolean;
  readonly clauses: readonly Clause[];
}

/** One comparison of a segment's condition. */
export interface Evidence {
  readonly signal: string;
  /** As in the book: `$gte`, `$eq`, `$in`, `$exists`, or `$when` for a condition inside, which only `text` tells. */
  readonly operator: string;
  /** The condition inside, if the operator is `$when`. */
  readonly inner?: Condition;
  readonly negated: boolean;
  readonly operands: readonly (string | number | boolean)[];
  /** The signal's value now; `null` while it is missing. */
  readonly current: string | number | boolean | null;
  readonly holds: boolean;
  readonly text: string;
  /** Of a trained model: what moved its answer most, the strongest first. */
  readonly moved?: readonly Moved[];
}

/** An input of a trained model that moved its answer. */
export interface Moved {
  readonly signal: string;
  /** The item or number that the input asks for; absent where it reads the signal's value. */
  readonly is?: string | number | boolean;
  /** How much it moved the model's sum: up if above 0. */
  readonly by: number;
}

export interface Explanation {
  readonly segment: string;
  readonly dimension: string;
  /** The dimension's reason to exist. */
  readonly why: string;
  readonly holds: boolean;
  /** Since when it holds. */
  readonly since: Date | null;
  readonly because: readonly Evidence[];
  /** The visitor said that this is not them, so it holds nowhere. */
  readonly muted: boolean;
  /** What would end it, if it holds; what would bring it about, if not. */
  readonly wouldChange: readonly string[];
  /** All of it in words. */
  readonly text: string;
  /** What the words are made of, for who has words of their own. `null` for a group. */
  readonly rule: {
    readonly when: Condition | null;
    /** The weaker condition under which a member remains. */
    readonly stay: Condition | null;
    /** The end of its least time, if it is held by that. */
    readonly until: Date | null;
    /** What holds in its dimension instead, or beside it. */
    readonly others: readonly string[];
    /** Is its condition met? It may give way to others all the same. */
    readonly met: boolean;
  } | null;
}

/** What became of a report. `sent`: it left. `ready`: it was handed to the page. `waiting`: not now.
 * `withheld`: no, for the reason given. */
export interface ReportResult {
  readonly status: "sent" | "ready" | "waiting" | "withheld";
  readonly reason?: ReportReason;
  /** The earliest time of the next try. */
  readonly due?: Date;
  /** The exact text that left. */
  readonly report?: string;
}

export type ReportReason =
  | "no-consent" | "no-store" | "nothing-to-report" | "not-due" | "budget" | "crowd" | "sensitive"
  | "already-answered" | "storage-failed" | "being-sent"
  | "no-collector" | "no-lock" | "refused" | "unreachable" | "not-running";

/** Coarse segments to pass on, such as `"interest/footwear"`; or why there are none. */
export type HintResult =
  | { readonly segments: readonly string[]; readonly withheld?: undefined }
  | { readonly withheld: HintReason; readonly segments?: undefined };

export type HintReason =
  | "no-consent" | "no-store" | "nothing-to-report" | "sensitive" | "crowd" | "budget" | "storage-failed"
  | "no-lock" | "not-running";

/** One line of the ledger: what left, or was withheld, and what it cost. */
export interface LedgerLine {
  /** Seconds since 1970; rounded down to the hour where nothing left. */
  readonly at: number;
  readonly what: "drawn" | "answered" | "sent" | "delivered" | "withheld" | "discarded" | "failed" | "hinted" | "not-hinted";
  readonly question: string;
  readonly reason: string;
  readonly to: string;
  /** The exact bytes. */
  readonly bytes: string;
  readonly bits: number;
  readonly epsilon: number;
}

/** Everything that is known about the visitor, readable. */
export interface Mine {
  readonly book: string;
  readonly version: number;
  readonly signals: readonly {
    readonly name: string;
    readonly kind: string;
    readonly value: string | number | boolean | null;
    /** The memory cell behind the value. */
    readonly stored: readonly { readonly time: string; readonly count: number; readonly value: number }[];
  }[];
  readonly segments: readonly string[];
  /** What each slot shows. */
  readonly decisions: readonly Decision[];
  /** Segments of which the visitor said that they are not them. */
  readonly muted: readonly string[];
  readonly ledger: readonly LedgerLine[];
  /** Linkability: what was charged so far, and what may ever be. */
  readonly bits: { readonly spent: number; readonly cap: number };
  readonly consent: Consent;
}

/** The running SDK. No method throws; what goes wrong is told to `onError` and, once per kind, to the console. */
export interface Fewbits<N extends Names = Names> {
  /** False if it could not start: then every answer is the harmless one, and `error` says why. */
  readonly ok: boolean;
  readonly error: FewbitsError | null;

  /** Something happened. Returns the number of segments that changed. What the book does not need is dropped. */
  track(event: N["event"] | (string & {}), tags?: Tags | null, value?: number | null): number;
  /** Seconds of attention or depth of scrolling in percent, where they are not collected automatically. */
  engage(what: { dwell?: number; scroll?: number }): number;
  /** Tells declared signals. `replace` sets all of them, those that are not given to missing. */
  declare(facts: Facts<N>, options?: { replace?: boolean }): number;
  /** Tells context signals that are not read automatically, or corrects them. */
  setContext(context: Context): number;

  /** Segments that hold, such as `"lifecycle/new"`, in the order of the book. */
  readonly segments: N["segment"][];
  /** Does this segment, or a segment of this group, hold? */
  is(id: N["segment"] | N["group"]): boolean;
  /** One byte per segment in the order of `ids`, 1 while it holds. A live view of the module's memory: read it
   * anew each time, and do not write to it. */
  readonly flags: Uint8Array;
  /** All segments in the order of the book. */
  readonly ids: readonly N["segment"][];
  /** Calls back when something changed; returns the function that ends it. */
  on<K extends keyof Events>(event: K, listener: (detail: Events<N>[K]) => void): () => void;
  /** Why a segment (or group) holds or not, and what would change it. `null` if there is no such segment. */
  explain(id: N["segment"] | N["group"]): Promise<Explanation | null>;

  /** What a slot shows to this visitor: call it where it is shown. Stays the same for the session, unless the book says
   * that the slot may change. */
  decide<S extends keyof N["slots"] & string>(slot: S): Decision<N["slots"][S]>;
  /** What every slot would show, without showing it: nothing is kept or told. */
  decisions(): Decision[];
  /** All slots in the order of the book. */
  readonly slots: readonly (keyof N["slots"] & string)[];
  /** The best items of a list, or of a catalogue of `fewbits/catalogue`, by a ranking of the book; best first. */
  readonly rank: Rank;

  /** New answers of the visitor. Resolves when they are in force, also in storage. */
  setConsent(answers: Partial<Consent>): Promise<void>;
  readonly consent: Consent;
  /** Runs the gate. With a collector the report is sent. `handOver` gives it to the page instead, and counts it as sent. */
  report(options?: { handOver?: boolean }): Promise<ReportResult>;
  /** Coarse segments for the page to pass on: to its own server, its edge, an ad slot. They stay the same for the
   * book's window, and are charged to the same budget as reports. Off unless the book lists dimensions; needs
   * `share`. Ask whatever the visitor does: that you ask must not tell anything. */
  hint(): Promise<HintResult>;
  /** What has left, and what was withheld. */
  ledger(): Promise<LedgerLine[]>;

  /** Erases everything that is known about the visitor, in all tabs. What was spent of the budget stays, as a few bytes
   * without a name or a time, so that the visitor is not asked again. `everything` removes that, too: then the visitor
   * may be asked again, and what is told then adds to what was told before. */
  forget(options?: { everything?: boolean }): Promise<void>;
  /** The visitor's own copy of everything. `null` if it could not start. */
  exportMine(): Promise<Mine | null>;
  /** The book and what comes in, for who shows it. `null` if it could not start. */
  inspect(): Promise<Inspection | null>;
  /** Ends listeners and timers. What is stored stays. */
  destroy(): void;
}
