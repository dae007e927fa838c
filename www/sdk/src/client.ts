// The running SDK: what a page calls, turned into numbers for the core, and what the core says, turned into names.
import { Gone, Needs } from "./codes.js";
import type { openContext } from "./context.js";
import { answerCode, decide, nothingKnown, PURPOSES } from "./consent.js";
import type { Decisions } from "./decide.js";
import type { Fail } from "./errors.js";
import { DWELL, openEvents, SCROLL } from "./events.js";
import type { Desk } from "./desk.js";
import { loadCore, openBook } from "./engine.js";
import { later, type Io, type Timer, type UnderLock } from "./io.js";
import type { Keeper } from "./keep.js";
import { openListeners } from "./listeners.js";
import type { Core, Host, Otherwise } from "./load.js";
import { coreNeededBy, neededBy, once, there, type Parts } from "./parts.js";
import type { AnyRank, Rank } from "./rank.js";
import * as page from "./signals.js";
import { empty, OURS } from "./storage.js";
import { readTables } from "./tables.js";
import type { Change, Consent, Context, Decision, ErrorCode, Fewbits, FewbitsError, HintResult, Options, ReportResult } from "./types.js";

const MEMORY = "what keeps the memory";

/** The answer of a slot while nothing runs. */
const notRunning = (slot: string, variant = ""): Decision =>
  ({ slot, variant, because: "", by: "not-running", rule: -1, frozen: false });

/** The SDK that could not start, or could not go on: the harmless answer to everything. Only erasing works, because it must. */
export function idle(error: FewbitsError, { ids, slots }: Otherwise, { storage }: Options, host: Host, fail: Fail, parts: Parts): Fewbits {
  const tables = { ...readTables(new Uint8Array(0)), ids, slots, lookup: new Map(ids.map((id, index) => [id, [index]])) };
  // Nobody asks an engine that is not there.
  return run({ tables } as unknown as Core, storage ? { storage } as Options : {} as Options, host, fail, parts, error).fb;
}

/** Starts a book that is there. `answered`: consent is in force, also in storage; then, or at once, `begin` is called.
 * `refusal`: why there is none. */
export function run({ engine, book, tables }: Core, options: Options, host: Host, fail: Fail, parts: Parts, refusal?: FewbitsError) {
  const { ids, lookup, slots } = tables;
  const clock = options.clock ?? Date.now;
  const now = (): number => Math.floor(clock() / 1000);
  const bad = (code: ErrorCode): 0 => {
    // Of a book that could not be read nothing is wrong.
    if (!refusal) void fail({ code });
    return 0;
  };
  const onPage = host.page();
  let dead = !!refusal;
  let failed = refusal ?? null;

  /** Something threw. After a trap the core cannot be trusted: from then on the answer is every `otherwise`. */
  const caught = (error: unknown): 0 => {
    void fail({ code: "internal" }).then((told) => { if (dead) failed ??= told; });
    if (!dead && error instanceof WebAssembly.RuntimeError) {
      stop();
      last = new Uint8Array(ids.length);
      for (const { first, segments } of tables.dimensions) last[first + segments.length - 1] = 1;
    }
    return 0;
  };

  // What is left when the core is not asked any more.
  let last = new Uint8Array(dead ? ids.length : 0).fill(1);
  const flags = (): Uint8Array => guarded(undefined, () => engine.flags(ids.length)) ?? last;

  /** Waits for what may not come, and tells if it does not. */
  const arrived = (what: Promise<unknown>, name: string): Promise<boolean> => what.then(() => true, () => {
    void fail({ code: "wasm-failed", detail: ` (${name})` });
    return false;
  });

  // ---- changes. Nobody listening: nothing is compared and no timer runs; who reads, lets time pass.
  const { on, emit, count, clear } = openListeners(bad);
  let watching = false, queued = false;
  let told: Uint8Array;
  let settledAt = 0;
  let changeTimer: Timer, blind = false;

  const touched = (changed: number): number => {
    if (watching && !queued) {
      queued = true;
      queueMicrotask(flush);
    }
    return changed;
  };
  const settle = (): void => guarded(undefined, () => {
    const second = now();
    if (second === settledAt) return;
    settledAt = second;
    touched(engine.advance(second));
  });
  const held = (): string[] => {
    const bytes = flags(), found: string[] = [];
    for (let i = 0; i < bytes.length; i++) if (bytes[i]) found.push(ids[i]!);
    return found;
  };
  /** Comes back when time alone may change something; without the part that knows when, only calls bring news. */
  const wake = async (): Promise<void> => {
    try {
      const more = blind ? undefined : engine.need("watch");
      blind ||= !!more && !await arrived(more, "what knows when time changes something");
      clearTimeout(changeTimer);
      if (dead || blind || !watching) return;
      const wait = engine.nextChange(now()) * 1000 - clock();
      if (wait < Infinity) changeTimer = later(Math.max(wait, 250), () => { settle(); flush(); });
    } catch (error) {
      caught(error);
    }
  };
  const flush = (): void => {
    queued = false;
    if (dead || !watching) return;
    try {
      const entered: string[] = [], left: string[] = [];
      const before = told;
      told = flags().slice();
      for (let i = 0; i < told.length; i++) if (told[i] !== before[i]) (told[i] ? entered : left).push(ids[i]!);
      void wake();
      if (entered.length || left.length) emit("change", { entered, left, segments: held() } satisfies Change);
      decisions?.again();
    } catch (error) {
      caught(error);
    }
  };

  // ---- what comes in
  const io: Io = { engine, book, tables, now, bad, caught, touched, alive: () => !dead };
  const { track, engage, view } = openEvents(io);
  const needed = dead ? [] : neededBy(tables, options.force);
  const decisions: Decisions | undefined = needed.includes("decide") ? there(parts.decide).openDecisions(io, options,
    () => onPage && page.parameter("fewbits-force"), notRunning, (decision) => emit("decision", decision)) : undefined;
  decisions?.seed();
  const ofContext = (part: { openContext: typeof openContext }) => part.openContext(io, onPage, () => consent.personalise !== "denied");
  const context = needed.includes("context") ? ofContext(there(parts.context)) : undefined;
  /** For a book that asks for no such thing, this is only to say what is wrong. */
  const tooMuch = (work: () => Promise<number>): number => (void guardedLater(0, work), 0);
  const readContexts = (): void => context?.readContexts();
  const allDecisions = (): Decision[] => slots.map(({ name, otherwise }, index) =>
    guarded(undefined, () => decisions!.peek(index)) ?? notRunning(name, otherwise));
  const setContext = context ? context.setContext
    : (said: Context) => tooMuch(async () => ofContext(await parts.context()).setContext(said));
  const declare: Fewbits["declare"] = needed.includes("facts") ? there(parts.facts).openFacts(io)
    : (...said) => tooMuch(async () => (await parts.facts()).openFacts(io)(...said));

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
    let ended = !(tables.needs & Needs.Collect);
    let off: (() => void) | undefined;
    unobserve = () => {
      ended = true;
      off?.();
    };
    if (!ended) void guardedLater(undefined, async () => {
      const { collect } = await import("./collect.js");
      if (!ended) off = collect({ all: page.all, on: page.on, visible: page.visible }, tables.needs, {
        view,
        dwell: (seconds) => engage(DWELL, seconds),
        scroll: (percent) => engage(SCROLL, percent),
      });
    });
  };

  let unwatchPage: (() => void) | undefined;

  // ---- storage
  const storage = (): Storage | undefined | null => options.storage === "none" ? undefined : options.storage ?? host.storage();
  const stores = (): boolean => !dead && consent.store === "granted";
  let keeper: Keeper | undefined;
  /** What the keeper has to erase, and to tell other tabs, as soon as it is there. */
  let owed = -1, unsaid = "";
  let tended: Promise<void> | undefined;
  const eraseHere = (from: Storage, gate: Gone): void => {
    try {
      empty(from, refusal ? OURS : `${OURS}${tables.book}:`, gate);
    } catch {
      bad("storage-blocked");
    }
  };
  /** Erases what is stored, also by an earlier visit: at once, whatever becomes of the page, and by `tend` for good. */
  const erase = (gate: Gone): void => {
    const from = keeper ? undefined : storage();
    owed = Math.max(owed, gate);
    if (from) eraseHere(from, refusal || gate === Gone.Everything ? gate : Gone.Nothing);
  };
  /** Does what is owed, and keeps the memory if it may: at once, if all that it takes is there. */
  const tend = (): Promise<void> => tended = (async () => {
    const from = storage();
    if (!from || refusal) {
      owed = -1;
      if (from === null && stores()) bad("storage-blocked");
      return;
    }
    const part = parts.keep();
    // Both at once; the second is waited for below.
    if (stores()) engine.need("store")?.catch(() => undefined);
    if ("then" in part && !await arrived(part, MEMORY)) {
      // Not under the lock that tabs share, but erased.
      if (owed > 0) eraseHere(from, owed);
      owed = -1;
      return;
    }
    keeper ??= openKeeper(from);
    if (unsaid) keeper.announce(unsaid);
    unsaid = "";
    const erased = owed >= 0 && keeper.erase(owed);
    owed = -1;
    if (!stores()) keeper.leave();
    else if (!keeper.vault()) {
      const linked = engine.need("store");
      if ((!linked || await arrived(linked, MEMORY)) && stores() && !keeper.vault()) keeper.attach();
    }
    await erased;
  })().catch((error: unknown) => void caught(error));
  const openKeeper = (from: Storage): Keeper => there(parts.keep).openKeeper({
    ...io, clock, fail, storage: from, own: host.own && !options.storage, later, empty, report, online: page.online, visible: page.visible,
    reports: () => collector !== "" && tables.reports && !dead && consent.measure === "granted",
    discarded: () => void atDesk(undefined, ({ noteDiscarded }) => noteDiscarded()),
    withdrawn: (purposes) => void setConsent(Object.fromEntries([...purposes].map((code) => [PURPOSES[+code], "denied"])), false),
    erased: (unheard) => guarded(undefined, () => {
      if (unheard) {
        consent = { ...consent, store: "unknown" };
        touched(engine.consent(0, answerCode("unknown"), now()));
      }
      wipe();
      if (!unheard) return emit("ledger", undefined);
      readContexts();
      emit("consent", { ...consent });
    }),
  });
  /** Runs work under the lock and after a fold, if there is a store, or will be. */
  const underLock: UnderLock = async (otherwise, work) => {
    await tended;
    return keeper ? keeper.underLock(otherwise, work) : guardedLater(otherwise, async () => work(true, async () => !dead));
  };
  const fold = (): Promise<void> => underLock(undefined, () => undefined);

  // ---- the gate, and all else that needs the full module
  let desk: Desk | undefined;
  const openDesk = once(() => import("./desk.js").then((part) => part.openDesk({
    ...io, clock, collector, underLock, host, wasm: options.wasm, base: page.baseAddress(),
    vault: () => keeper?.vault(), consent: () => consent, answers: () => PURPOSES.map((purpose) => answerCode(consent[purpose])),
  })).then((opened) => desk = opened));
  const atDesk = <T>(otherwise: T, work: (desk: Desk) => Promise<T> | T): Promise<T> => guardedLater(otherwise, async () => {
    try {
      await openDesk();
    } catch {
      bad("wasm-failed");
      return otherwise;
    }
    return work(desk!);
  });
  /** Erases the memory, and what the gate holds of it. */
  const wipe = (everything?: boolean): void => {
    desk?.forget(everything === true);
    touched(engine.forget(now()));
    decisions?.seed();
  };

  // ---- consent
  const gpc = onPage && page.globalPrivacyControl() && (options.gpc === "share-only" ? "share-only" : "measure");
  let consent: Consent = nothingKnown();
  const setConsent = async (said: Partial<Consent>, here = true): Promise<void> => {
    if (dead) return said?.store === "denied" ? forget() : undefined;
    try {
      const before = consent;
      consent = decide(before, said ?? {}, gpc, () => bad("bad-consent"));
      const changed = PURPOSES.filter((purpose) => consent[purpose] !== before[purpose]);
      if (!changed.length) return;
      for (const purpose of changed) {
        const code = PURPOSES.indexOf(purpose);
        // What the gate does is told to it when it is next asked, under the lock.
        if (code < 2) touched(engine.consent(code, answerCode(consent[purpose]), now()));
      }
      const kept = before.store === "granted" && storage();
      if (here && kept) for (const purpose of changed) if (before[purpose] === "granted") unsaid += PURPOSES.indexOf(purpose);
      observe();
      const unstored = changed.includes("store") && (consent.store === "denied" || consent.store === "unknown" && kept);
      const unseen = changed.includes("personalise") && consent.personalise === "denied";
      if (unstored || unseen) wipe();
      const erases = unstored || unseen && stores() && storage();
      if (erases) erase(unstored ? Gone.Ledger : Gone.Nothing);
      const anew = changed.includes("store") && stores();
      if (erases || unsaid || anew) void tend();
      // What the environment says is no memory: it is there anew.
      if (erases || before.personalise === "denied") readContexts();
      emit("consent", { ...consent });
      await tended;
      await fold();
      emit("ledger", undefined);
      keeper?.plan();
    } catch (error) {
      caught(error);
    }
  };

  // ---- reports
  let collector = "";
  if (options.collector !== undefined) try {
    const address = new URL(options.collector, page.baseAddress());
    // What a report must not carry.
    address.username = address.password = address.hash = "";
    collector = address.href;
  } catch {
    void fail({ code: "bad-option", detail: ": `collector` is not an address" });
  }
  /** Asks the gate, which writes down what it says. */
  const ask = <T>(otherwise: T, work: (desk: Desk) => Promise<T>): Promise<T> =>
    atDesk(otherwise, work).finally(() => emit("ledger", undefined));
  const report = (how?: { handOver?: boolean }): Promise<ReportResult> =>
    ask<ReportResult>({ status: "withheld", reason: "not-running" }, (desk) => desk.report(how?.handOver === true));
  const forget = async (how?: { everything?: boolean }): Promise<void> => {
    try {
      if (!dead) wipe(how?.everything);
      // This works even when nothing else does any more.
      erase(how?.everything ? Gone.Everything : Gone.Ledger);
      await tend();
      emit("ledger", undefined);
    } catch (error) {
      caught(error);
    }
  };
  // ---- the rest
  function guarded<T>(otherwise: T, work: () => T): T {
    if (dead) return otherwise;
    try {
      return work();
    } catch (error) {
      caught(error);
      return otherwise;
    }
  }
  async function guardedLater<T>(otherwise: T, work: () => Promise<T>): Promise<T> {
    if (dead) return otherwise;
    try {
      return await work();
    } catch (error) {
      caught(error);
      return otherwise;
    }
  }

  function stop(): void {
    if (dead) return;
    unobserve?.();
    unwatchPage?.();
    keeper?.stop();
    clearTimeout(changeTimer);
    clear();
    dead = true;
  }

  const answered = setConsent(options.consent ?? {});
  const begin = (): void => {
    readContexts();
    observe();
    if (onPage && !dead) unwatchPage = page.watchPage({
      hidden: () => void fold(),
      shown: () => {
        keeper?.shown();
        settle();
      },
      // A page from the back/forward cache has slept: it heard nothing of other tabs.
      restored: () => {
        readContexts();
        void fold();
        settle();
      },
      online: () => {
        if (stores() && !keeper?.vault()) void tend();
        keeper?.plan();
      },
    });
  };

  const fb: Fewbits = {
    get ok() { return !failed; },
    get error() { return failed; },
    track,
    declare,
    setContext,
    engage: (what) => engage(DWELL, what?.dwell) + engage(SCROLL, what?.scroll),
    get segments() {
      settle();
      return held();
    },
    get flags() {
      settle();
      return flags();
    },
    ids,
    is: (id) => {
      settle();
      const under = lookup.get(id);
      if (under === undefined) {
        bad("unknown-segment");
        return false;
      }
      const bytes = flags();
      return under === null ? bytes.length > 0 : under.some((index) => bytes[index] === 1);
    },
    on: (event, listener) => {
      const off = on(event, listener);
      if (!watching && count("change", "decision")) guarded(undefined, () => {
        settle();
        // Changes from before are nobody's news.
        told = flags().slice();
        watching = true;
        touched(0);
      });
      return () => {
        off();
        watching = count("change", "decision") > 0;
      };
    },
    explain: (id) => atDesk(null, (desk) => {
      settle();
      return dead ? null : desk.explain(id);
    }),
    slots: slots.map(({ name }) => name),
    decide: (slot) => {
      const index = slots.findIndex(({ name }) => name === slot);
      if (index < 0) bad("unknown-slot");
      return (index < 0 ? undefined : guarded(undefined, () => decisions!.show(index))) ?? notRunning(String(slot), slots[index]?.otherwise);
    },
    decisions: allDecisions,
    rank: ((name, of, more) => import("./rank.js").then(({ rank }) => rank(io, name, of, more)).catch((error: unknown) => (caught(error), []))) as AnyRank as Rank,
    setConsent: (answers) => setConsent(answers),
    get consent() { return { ...consent }; },
    report,
    hint: () => ask<HintResult>({ withheld: "not-running" }, (desk) => desk.hint()),
    ledger: () => atDesk([], (desk) => desk.ledger()),
    forget,
    exportMine: () => atDesk(null, (desk) => desk.everything(held, allDecisions)),
    inspect: () => guardedLater(null, async () => {
      await engine.need("store");
      return (await import("./inspect.js")).inspect({
        ...io, clock, gpc, options, host, fail, parts, run, vault: () => keeper?.vault(), may: () => consent.personalise !== "denied",
        reopen: () => openBook(loadCore({ first: async () => options.wasm as BufferSource }), book, coreNeededBy(tables)),
      });
    }),
    destroy: () => { stop(); last = new Uint8Array(0); },
  };
  return { fb, answered, begin };
}
