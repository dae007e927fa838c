// The running SDK: what a page calls, turned into numbers for the core, and what the core says, turned into names.
import { Declared, Kind } from "./codes.js";
import { answerCode, decide, nothingKnown, PURPOSES } from "./consent.js";
import { cleared } from "./engine.js";
import { reporter, type Fail } from "./errors.js";
import { load, type Core, type Host } from "./load.js";
import * as page from "./signals.js";
import { eraseAll, openVault, type Vault } from "./store.js";
import type { SignalTable } from "./tables.js";
import { send } from "./transport.js";
import type {
  Change, Consent, Context, ErrorCode, Events, Facts, Fewbits, FewbitsError, LedgerLine, Options, ReportResult, Tags,
} from "./types.js";

const MAX_TAGS = 16;
const MAX_VALUE = 1e9;
/** No tag value of a book is longer than 64 characters, so none has more than twice as many code units. */
const MAX_TEXT = 128;
const MAX_TIMER = 0x7fffffff;
const EMPTY = new Uint8Array(0);

const DISCARDED = ["", "damaged", "written by a newer version", "of another book"];

/** For each context code: the name of the context, the raw value it is made of, and its hint. */
const CONTEXTS: readonly (readonly [name: keyof Context, raw: keyof Context, hint?: keyof Context])[] = [
  ["referrer", "referrer", "url"], ["medium", "url"], ["device", "userAgent", "touchPoints"], ["language", "language"],
  ["continent", "timeZone"], ["daypart", "utcOffset"], ["weekend", "utcOffset"], ["season", "timeZone"],
];
const CONTEXT_KEYS = new Set(CONTEXTS.flat());

/** Starts the SDK. Whatever goes wrong, it answers with an object that can be used. */
export async function start(options: Options, host: Host): Promise<Fewbits> {
  const given = options ?? {};
  const fail = reporter(given.onError);
  try {
    const core = await load(given, host);
    if (!("problem" in core)) return await run(core, given, host, fail);
    return idle(await fail(core.problem), core.otherwise, given, host);
  } catch {
    return idle(await fail({ code: "internal" }), [], given, host);
  }
}

/** The SDK that could not start: the harmless answer to everything. Only erasing works, because it must. */
function idle(error: FewbitsError, ids: string[], options: Options, host: Host): Fewbits {
  const forget = async () => {
    try {
      eraseAll(options.storage === "none" ? undefined : options.storage ?? host.storage());
    } catch { /* there is nothing to erase where nothing can be read */ }
  };
  return {
    ok: false, error, ids, segments: ids, flags: new Uint8Array(ids.length).fill(1), consent: nothingKnown(),
    track: () => 0, engage: () => 0, declare: () => 0, setContext: () => 0,
    is: (id) => ids.includes(id),
    on: () => () => undefined,
    explain: async () => null,
    setConsent: async (said) => said?.store === "denied" ? forget() : undefined,
    report: async () => ({ status: "withheld", reason: "not-running" }),
    ledger: async () => [],
    forget,
    exportMine: async () => null,
    destroy: () => undefined,
  };
}

async function run({ engine, memory, tables }: Core, options: Options, host: Host, fail: Fail): Promise<Fewbits> {
  const { events, keys, ids, lookup, signals } = tables;
  const clock = options.clock ?? Date.now;
  const now = (): number => Math.floor(clock() / 1000);
  const bad = (code: ErrorCode): 0 => {
    void fail({ code });
    return 0;
  };
  const onPage = host.page();
  let dead = false;

  // ---- memory shared with the core. When it grows, views of it become empty, and are made anew.
  let flagView = new Uint8Array(0);
  let inputView = new Float64Array(0);
  const flags = (): Uint8Array => flagView.length ? flagView
    : flagView = new Uint8Array(memory.buffer, engine.flags(), ids.length);
  const inputs = (): Float64Array => inputView.length ? inputView
    : inputView = new Float64Array(memory.buffer, engine.inputs(), signals.length);

  // ---- changes. Nobody listening: nothing is compared and no timer runs; who reads, lets time pass.
  const listeners = { change: new Set(), ledger: new Set(), consent: new Set() } as { [K in keyof Events]: Set<(detail: Events[K]) => void> };
  let watching = false, queued = false;
  let settledAt = 0;
  let changeTimer: Timer;

  const emit = <K extends keyof Events>(event: K, detail: Events[K]): void => {
    for (const listener of listeners[event]) {
      try {
        listener(detail);
      } catch (error) {
        bad("listener-threw");
        globalThis.reportError?.(error);
      }
    }
  };
  const touched = (changed: number): number => {
    if (watching && !queued) {
      queued = true;
      queueMicrotask(flush);
    }
    return changed;
  };
  const settle = (): void => {
    const second = now();
    if (second === settledAt) return;
    settledAt = second;
    touched(engine.advance(second));
  };
  const held = (): string[] => {
    const bytes = flags(), found: string[] = [];
    for (let i = 0; i < bytes.length; i++) if (bytes[i]) found.push(ids[i]!);
    return found;
  };
  const flush = (): void => {
    queued = false;
    if (dead || !watching) return;
    try {
      const entered: string[] = [], left: string[] = [];
      for (const change of engine.changes()) (change & 1 ? entered : left).push(ids[change >> 1]!);
      clearTimeout(changeTimer);
      const wait = engine.next_change(now()) * 1000 - clock();
      if (wait < Infinity) changeTimer = later(Math.max(wait, 250), () => { settle(); flush(); });
      if (entered.length || left.length) emit("change", { entered, left, segments: held() } satisfies Change);
    } catch {
      bad("internal");
    }
  };

  // ---- declared facts, the fast path: names and maps lie ready, and values go straight into the core's memory.
  const declared = signals.filter(({ kind }) => kind === Kind.Declared);
  const count = declared.length;
  const names = declared.map(({ name }) => name);
  const places = Int32Array.from(declared, ({ index }) => index);
  const types = Uint8Array.from(declared, ({ sub }) => sub);
  const finds = declared.map(({ find }) => find);
  const position = new Map(names.map((name, i) => [name, i]));
  const encode = (i: number, value: Facts[string]): number => {
    if (value === undefined || value === null) return NaN;
    switch (types[i]) {
      case Declared.Items:
        if (typeof value === "string") {
          const item = finds[i]!.get(value);
          if (item !== undefined) return item;
        }
        break;
      case Declared.Boolean:
        if (value === true) return 1;
        if (value === false) return 0;
        break;
      default:
        if (typeof value === "number" && value - value === 0) return value;
    }
    bad("bad-fact");
    return NaN;
  };
  const declare = (facts: Facts, how?: { replace?: boolean }): number => {
    if (dead) return 0;
    try {
      if (typeof facts !== "object" || facts === null) return bad("bad-fact");
      const second = now();
      if (how !== undefined && how.replace === true) {
        const view = inputs();
        for (let i = 0; i < count; i++) view[places[i]!] = encode(i, facts[names[i]!]);
        return touched(engine.declare_all(second));
      }
      let changed = 0;
      for (const name in facts) {
        const i = position.get(name);
        if (i === undefined) bad("bad-fact");
        else changed += engine.declare(places[i]!, encode(i, facts[name]), second);
      }
      return touched(changed);
    } catch {
      return bad("internal");
    }
  };

  // ---- events. One buffer for all tags, and a view of it for each number of tags.
  const scratch = new Uint32Array(MAX_TAGS);
  const views = Array.from({ length: MAX_TAGS + 1 }, (_, length) => scratch.subarray(0, length));
  const viewEvent = events.get("view") ?? -1;
  let ownViews = false;
  let used = 0;
  const tag = (key: { readonly index: number; readonly values: ReadonlyMap<string, number> }, value: unknown): void => {
    if (typeof value !== "string" || used === MAX_TAGS) bad("bad-tags");
    else scratch[used++] = key.index << 16 | (value.length > MAX_TEXT ? 0 : key.values.get(value) ?? 0);
  };
  const track = (event: string, tags?: Tags | null, value?: number | null): number => {
    if (dead) return 0;
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
          if (key === undefined || content === undefined || content === null) continue;
          if (Array.isArray(content)) for (const one of content as unknown[]) tag(key, one);
          else tag(key, content);
        }
      }
      const index = event.length > MAX_TEXT ? 0 : events.get(event) ?? 0;
      // Nothing in the book could notice it.
      if (index === 0 && used === 0) return 0;
      if (index === viewEvent) ownViews = true;
      return touched(engine.track(index, views[used]!, amount, now()));
    } catch {
      return bad("internal");
    }
  };
  const engage = (index: 1 | 2, amount: unknown): number => {
    if (amount === undefined || dead) return 0;
    if (typeof amount !== "number" || !(amount >= 0 && amount <= MAX_VALUE)) return bad("bad-value");
    try {
      return touched(engine.track(index, views[0]!, amount, now()));
    } catch {
      return bad("internal");
    }
  };

  // ---- context
  const contexts = signals.filter(({ kind }) => kind === Kind.Context);
  const setContext = (facts: Context): number => guarded(0, () => {
    if (typeof facts !== "object" || facts === null) return bad("bad-context");
    for (const name in facts) if (!CONTEXT_KEYS.has(name as keyof Context)) bad("bad-context");
    let changed = 0;
    const second = now();
    const said = new Set<number>();
    for (const signal of contexts) {
      const [name, raw, hint] = CONTEXTS[signal.sub]!;
      const item = itemOf(signal, facts[name]);
      if (item !== undefined) changed += engine.declare(signal.index, item, second);
      else if (facts[name] !== undefined && name !== raw) bad("bad-context");
      else if (facts[raw] !== undefined && !said.has(signal.sub)) {
        said.add(signal.sub);
        const page = hint === "url" && facts.url === undefined ? readPage(signal.sub)?.[1] : undefined;
        changed += engine.context(signal.sub, String(facts[raw]), page ?? String(hint && facts[hint] || ""), second);
      }
    }
    return touched(changed);
  });
  const itemOf = ({ find }: SignalTable, value: unknown) => typeof value === "string" ? find.get(value) : undefined;
  const readPage = (code: number) => onPage ? page.readContext(code) : undefined;
  const readContexts = (): void => guarded(undefined, () => {
    if (consent.personalise === "denied") return;
    for (const code of new Set(contexts.map(({ sub }) => sub))) {
      const read = readPage(code);
      if (read) touched(engine.context(code, read[0], read[1], now()));
    }
  });

  // ---- automatic collection: only what the book needs, and only while the visitor has not said no
  let unobserve: (() => void) | undefined;
  const observe = (): void => {
    const may = onPage && options.auto !== false && consent.personalise !== "denied" && !dead;
    if (may === !!unobserve) return;
    if (!may) {
      unobserve?.();
      unobserve = undefined;
      return;
    }
    let ended = !tables.needs;
    let off: (() => void) | undefined;
    unobserve = () => {
      ended = true;
      off?.();
    };
    if (!ended) void guardedLater(undefined, async () => {
      const { collect } = await import("./collect.js");
      if (!ended) off = collect({ all: page.all, on: page.on, visible: page.visible }, tables.needs, {
        view: () => guarded(undefined, () => {
          if (!ownViews) touched(engine.track(viewEvent, views[0]!, NaN, now()));
        }),
        dwell: (seconds) => engage(1, seconds),
        scroll: (percent) => engage(2, percent),
      });
    });
  };

  // ---- storage
  let vault: Vault | undefined;
  let unwatch: (() => void) | undefined;
  let discarded = 0;
  let foldTimer: Timer;
  let stale = false;
  const storage = (): Storage | undefined | null => options.storage === "none" ? undefined : options.storage ?? host.storage();
  const newVault = (from: Storage): Vault => openVault({
    storage: from, book: tables.book, now, fail: bad, wantsFold: () => foldSoon(0), own: host.own && !options.storage,
  });
  /** Only under the lock: takes in what all tabs have written, writes the whole, and lets the gate look at it. */
  const foldNow = (from: Vault): void => {
    if (dead || from !== vault) return;
    if (from.erased()) {
      from.reset();
      touched(engine.forget(now()));
    }
    if (engine.fold(now())) from.folded();
    const why = engine.discarded();
    if (why && why !== discarded) void fail({ code: "profile-discarded", detail: `: it is ${DISCARDED[why]}` });
    discarded = why;
    stale = false;
    grantGate();
    touched(0);
  };
  const grantGate = (): void => {
    for (let code = 2; code < 4; code++) {
      if (consent[PURPOSES[code]!] === "granted") touched(engine.consent(code, answerCode("granted"), now()));
    }
  };
  /** Runs work on the gate, under the lock and after a fold if there is a store. */
  const atGate = async <T>(otherwise: T, work: (held: boolean) => T): Promise<T> => {
    try {
      if (dead) return otherwise;
      const from = vault;
      if (!from) return work(true);
      return await from.locked((held) => {
        foldNow(from);
        return dead ? otherwise : work(held);
      });
    } catch {
      bad("internal");
      return otherwise;
    }
  };
  const fold = (): Promise<void> => vault ? atGate(undefined, () => undefined) : Promise.resolve();
  const foldSoon = (wait: number): void => {
    if (!vault) return;
    clearTimeout(foldTimer);
    foldTimer = later(wait, fold);
  };
  const attach = (): void => {
    const from = storage();
    if (!from) {
      if (from === null) bad("storage-blocked");
      return;
    }
    if (typeof from.getItem !== "function") return void bad("bad-option");
    vault = newVault(from);
    engine.attach(vault.store);
    unwatch = vault.watch({
      erased: () => guarded(undefined, () => {
        vault?.reset();
        touched(engine.forget(now()));
      }),
      withdrawn: (purposes) => {
        void setConsent(Object.fromEntries([...purposes].map((code) => [PURPOSES[+code], "denied"])), false);
      },
      changed: () => {
        stale = true;
        if (page.visible()) foldSoon(250);
      },
    });
  };
  /** Erases what is stored, also what an earlier visit left; then once more, after a tab that was just writing. */
  const erase = async (gate: boolean): Promise<void> => {
    const from = vault ?? openForErasing();
    if (!from) return;
    from.erase(gate);
    await from.locked(() => from.erase(gate));
  };
  const openForErasing = (): Vault | undefined => {
    const from = storage();
    return from ? newVault(from) : undefined;
  };

  // ---- consent
  const gpc = onPage && page.globalPrivacyControl() && (options.gpc === "share-only" ? "share-only" : "measure");
  let consent: Consent = nothingKnown();
  const setConsent = async (said: Partial<Consent>, here = true): Promise<void> => {
    if (dead) return;
    try {
      const before = consent;
      consent = decide(before, said ?? {}, gpc, () => bad("bad-consent"));
      const changed = PURPOSES.filter((purpose) => consent[purpose] !== before[purpose]);
      if (!changed.length) return;
      for (const purpose of changed) {
        const code = PURPOSES.indexOf(purpose);
        // A yes to what the gate does waits for the lock; a no never waits.
        if (code < 2 || consent[purpose] !== "granted") touched(engine.consent(code, answerCode(consent[purpose]), now()));
      }
      const withdrawn = changed.filter((purpose) => before[purpose] === "granted");
      if (here && withdrawn.length) vault?.announce(withdrawn.map((purpose) => PURPOSES.indexOf(purpose)).join(""));
      observe();
      let erased: Promise<void> | undefined;
      if (changed.includes("store")) {
        if (consent.store === "granted") attach();
        else if (vault || consent.store === "denied") {
          touched(engine.forget(now()));
          engine.detach();
          erased = erase(true);
          unwatch?.();
          vault = undefined;
        }
      }
      if (changed.includes("personalise") && consent.personalise === "denied") {
        touched(engine.forget(now()));
        if (vault) erased = erase(false);
      }
      emit("consent", { ...consent });
      await erased;
      await atGate(undefined, vault ? () => undefined : grantGate);
      emit("ledger", undefined);
      plan(0);
    } catch {
      bad("internal");
    }
  };

  // ---- reports
  let reportTimer: Timer;
  let collector = "";
  if (options.collector !== undefined) {
    try {
      const address = new URL(options.collector, page.baseAddress());
      address.username = address.password = address.hash = "";
      collector = address.href;
    } catch {
      void fail({ code: "bad-option", detail: ": `collector` is not an address" });
    }
  }
  const report = async (how?: { handOver?: boolean }): Promise<ReportResult> => {
    const result = await guardedLater<ReportResult>({ status: "withheld", reason: "not-running" }, async () => {
      const { deliver } = await import("./report.js");
      return deliver({
        engine, atGate, clock, collector, send,
        cleared: () => cleared(engine),
        refused: () => bad("collector-refused"),
      }, how?.handOver === true);
    });
    emit("ledger", undefined);
    return result;
  };
  /** Sends the report when it is due: never in the tick of the consent, and not while offline. */
  const plan = (least: number): void => {
    clearTimeout(reportTimer);
    if (dead || !collector || !vault || !tables.reports || consent.measure !== "granted") return;
    const wait = engine.due() * 1000 - clock();
    if (!(wait < Infinity)) return;
    reportTimer = later(Math.max(wait, least, 1000), async () => {
      if (!page.online() || dead) return;
      if (engine.due() * 1000 > clock()) return plan(0);
      const { status } = await report();
      plan(status === "waiting" ? 60_000 : 3_600_000);
    });
  };

  const readLedger = (): Promise<LedgerLine[]> => atGate([], () => JSON.parse(engine.ledger()) as LedgerLine[]);

  // ---- the rest
  function guarded<T>(otherwise: T, work: () => T): T {
    if (dead) return otherwise;
    try {
      return work();
    } catch {
      bad("internal");
      return otherwise;
    }
  }
  async function guardedLater<T>(otherwise: T, work: () => Promise<T>): Promise<T> {
    if (dead) return otherwise;
    try {
      return await work();
    } catch {
      bad("internal");
      return otherwise;
    }
  }

  // An answer is not waited for longer than this, whatever another tab does with the lock.
  let limit: Timer;
  await Promise.race([setConsent(options.consent ?? {}), new Promise<void>((done) => { limit = setTimeout(done, 2000); })]);
  clearTimeout(limit);
  readContexts();
  observe();
  const unwatchPage = onPage ? page.watchPage({
    hidden: () => void fold(),
    shown: () => {
      if (stale) void fold();
      guarded(undefined, settle);
    },
    // A page from the back/forward cache has slept: it heard nothing of other tabs.
    restored: () => {
      readContexts();
      void fold();
      guarded(undefined, settle);
    },
    online: () => plan(0),
  }) : undefined;

  return {
    ok: true,
    error: null,
    track,
    declare,
    setContext,
    engage: (what) => engage(1, what?.dwell) + engage(2, what?.scroll),
    get segments() {
      return guarded<string[]>([], () => {
        settle();
        return held();
      });
    },
    get flags() {
      if (dead) return EMPTY;
      try {
        settle();
        return flags();
      } catch {
        bad("internal");
        return EMPTY;
      }
    },
    ids,
    is: (id) => guarded(false, () => {
      settle();
      const under = lookup.get(id);
      if (under === undefined) {
        bad("unknown-segment");
        return false;
      }
      const bytes = flags();
      return under === null || under.some((index) => bytes[index] === 1);
    }),
    on: (event, listener) => {
      const set = listeners[event];
      if (!set || typeof listener !== "function") {
        bad("bad-option");
        return () => undefined;
      }
      set.add(listener);
      if (event === "change" && !watching) guarded(undefined, () => {
        settle();
        // Changes from before are nobody's news.
        engine.changes();
        watching = true;
        touched(0);
      });
      return () => {
        set.delete(listener);
        watching = listeners.change.size > 0;
      };
    },
    explain: (id) => guardedLater(null, async () => {
      const { explain } = await import("./explain.js");
      settle();
      const found = dead ? null : explain(engine, tables, id, now());
      if (!found) bad("unknown-segment");
      return found;
    }),
    setConsent: (answers) => setConsent(answers),
    get consent() {
      return { ...consent };
    },
    report,
    ledger: readLedger,
    forget: () => guardedLater(undefined, async () => {
      touched(engine.forget(now()));
      await erase(true);
      emit("ledger", undefined);
    }),
    exportMine: () => guardedLater(null, async () => {
      const { everything } = await import("./explain.js");
      const ledger = await readLedger();
      return dead ? null : everything(engine, tables, held(), ledger, { ...consent });
    }),
    destroy: () => {
      if (dead) return;
      unobserve?.();
      unwatchPage?.();
      unwatch?.();
      for (const timer of [changeTimer, foldTimer, reportTimer]) clearTimeout(timer);
      for (const set of Object.values(listeners)) set.clear();
      dead = true;
    },
  };
}

type Timer = ReturnType<typeof setTimeout> | undefined;
/** A timer that does not keep a process alive, and does not overflow. */
function later(wait: number, work: () => unknown): Timer {
  const timer = setTimeout(work, Math.min(wait, MAX_TIMER));
  (timer as { unref?: () => void }).unref?.();
  return timer;
}
