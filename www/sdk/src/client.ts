// The running SDK: what a page calls, turned into numbers for the core, and what the core says, turned into names.
import { answerCode, decide, nothingKnown, PURPOSES } from "./consent.js";
import { openContext } from "./context.js";
import type { Fail } from "./errors.js";
import { DWELL, openEvents, SCROLL } from "./events.js";
import { openDecisions } from "./decide.js";
import type { Desk } from "./desk.js";
import { loadCore, openBook } from "./engine.js";
import { openFacts } from "./facts.js";
import { later, single, type Io, type Timer } from "./io.js";
import { openListeners } from "./listeners.js";
import type { Core, Host } from "./load.js";
import { hearMuted } from "./muted.js";
import { collectorAddress, planner } from "./plan.js";
import type { AnyRank, Rank } from "./rank.js";
import type { UnderLock } from "./report.js";
import * as page from "./signals.js";
import { Gone, openVault, type Vault } from "./store.js";
import { send } from "./transport.js";
import type { Change, Consent, ErrorCode, Fewbits, FewbitsError, HintResult, Options, ReportResult } from "./types.js";

const DISCARDED = ["", "damaged", "written by a newer version", "of another book"];
const NEWER = 2;

/** Starts a book that is there. `answered`: consent is in force, also in storage; then, or at once, `begin` is called. */
export function run({ engine, book, tables }: Core, options: Options, host: Host, fail: Fail) {
  const { ids, lookup } = tables;
  const clock = options.clock ?? Date.now;
  const now = (): number => Math.floor(clock() / 1000);
  const bad = (code: ErrorCode): 0 => {
    void fail({ code });
    return 0;
  };
  const onPage = host.page();
  let dead = false;
  let failed: FewbitsError | null = null;

  /** Something threw. After a trap the core cannot be trusted: from then on the answer is every `otherwise`. */
  const caught = (error: unknown): 0 => {
    void fail({ code: "internal" }).then((told) => { if (dead) failed = told; });
    if (!dead && error instanceof WebAssembly.RuntimeError) {
      stop();
      last = new Uint8Array(ids.length);
      for (const { first, segments } of tables.dimensions) last[first + segments.length - 1] = 1;
    }
    return 0;
  };

  // What is left when the core is not asked any more.
  let last = new Uint8Array(0);
  const flags = (): Uint8Array => guarded(undefined, () => engine.flags(ids.length)) ?? last;

  // ---- changes. Nobody listening: nothing is compared and no timer runs; who reads, lets time pass.
  const { on, emit, count, clear } = openListeners(bad);
  let watching = false, queued = false;
  let told: Uint8Array;
  let settledAt = 0;
  let changeTimer: Timer;

  const touched = (changed: number): number => {
    if (watching && !queued) {
      queued = true;
      queueMicrotask(flush);
    }
    return changed;
  };
  const settle = (): void => {
    const second = now();
    if (second === settledAt || dead) return;
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
      const before = told;
      told = flags().slice();
      for (let i = 0; i < told.length; i++) if (told[i] !== before[i]) (told[i] ? entered : left).push(ids[i]!);
      clearTimeout(changeTimer);
      const wait = engine.nextChange(now()) * 1000 - clock();
      if (wait < Infinity) changeTimer = later(Math.max(wait, 250), () => { settle(); flush(); });
      if (entered.length || left.length) emit("change", { entered, left, segments: held() } satisfies Change);
      again();
    } catch (error) {
      caught(error);
    }
  };

  // ---- what comes in
  const io: Io = { engine, book, tables, now, bad, caught, touched, alive: () => !dead };
  const declare = openFacts(io);
  const { track, engage, view } = openEvents(io);
  const { seed, again, ...shown } = openDecisions(io, options, () => onPage && page.parameter("fewbits-force"),
    (decision) => emit("decision", decision));
  seed();
  const { setContext, readContexts } = openContext(io, onPage, () => consent.personalise !== "denied");

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
        view,
        dwell: (seconds) => engage(DWELL, seconds),
        scroll: (percent) => engage(SCROLL, percent),
      });
    });
  };

  let unwatchPage: (() => void) | undefined;

  // ---- storage
  let vault: Vault | undefined;
  let unwatch: (() => void) | undefined;
  let discarded = 0;
  let foldTimer: Timer, sweepTimer: Timer;
  let stale = false;
  const storage = (): Storage | undefined | null => options.storage === "none" ? undefined : options.storage ?? host.storage();
  const newVault = (from: Storage): Vault => openVault({
    storage: from, book: tables.book, now, fail: bad, wantsFold: () => void sweep(), own: host.own && !options.storage,
  });
  /** Only under the lock: takes in what all tabs have written, writes the whole, and lets the gate look at it. */
  const foldNow = (from: Vault): boolean => {
    if (dead || from !== vault) return false;
    // Erased, and this page did not hear of it: it may have slept while the visitor withdrew. It stores no more.
    if (from.erased()) {
      from.reset();
      leave();
      consent = { ...consent, store: "unknown" };
      touched(engine.consent(0, answerCode("unknown"), now()));
      wipe();
      readContexts();
      emit("consent", { ...consent });
      return false;
    }
    const written = engine.fold(now());
    const why = engine.discarded();
    if (why && why !== discarded) {
      void fail({ code: "profile-discarded", detail: `: it is ${DISCARDED[why]}` });
      if (why !== NEWER) void atDesk(undefined, ({ noteDiscarded }) => noteDiscarded());
    }
    discarded = why;
    stale = false;
    touched(0);
    return written;
  };
  /** Runs work under the lock and after a fold, if there is a store. `held`: something may leave, when it has settled
   * that it does. */
  const underLock: UnderLock = async (otherwise, work) => {
    try {
      if (dead) return otherwise;
      const from = vault;
      if (!from) return await work(true, async () => !dead);
      return await from.locked((held, fold, settled) => {
        if (fold) foldNow(from);
        return dead ? otherwise : work(held, async () => await settled() && !dead);
      });
    } catch (error) {
      caught(error);
      return otherwise;
    }
  };

  // ---- the gate, and all else that needs the full module
  let desk: Desk | undefined;
  let opening: Promise<Desk> | undefined;
  const openDesk = (): Promise<Desk> => opening ??= import("./desk.js")
    .then((part) => part.openDesk({
      ...io, clock, collector, send, underLock, host, wasm: options.wasm, base: page.baseAddress(),
      vault: () => vault, consent: () => consent, answers: () => PURPOSES.map((purpose) => answerCode(consent[purpose])),
    }))
    .then((opened) => desk = opened)
    .catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
  const atDesk = <T>(otherwise: T, work: (desk: Desk) => Promise<T> | T): Promise<T> => guardedLater(otherwise, async () => {
    const open = await openDesk().catch(() => bad("wasm-failed"));
    return open ? work(open) : otherwise;
  });
  /** Erases the memory, and what the gate holds of it. */
  const wipe = (everything?: boolean): void => {
    desk?.forget(everything === true);
    touched(engine.forget(now()));
    seed();
  };
  const fold = (): Promise<void> => underLock(undefined, () => undefined);
  /** Folds the journals, and removes them when no tab can write an older whole over this one any more. */
  const sweep = single((): Promise<void> => guardedLater(undefined, async () => {
    const from = vault;
    if (from?.store.journals().length) await from.locked(async (_, fold, settled) => {
      const remove = fold && foldNow(from) ? from.folded() : undefined;
      if (remove && await settled()) remove();
    });
  }));
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
    hearMuted(io, vault, true);
    clearTimeout(sweepTimer);
    sweepTimer = later(5000, sweep);
    unwatch = vault.watch({
      erased: () => guarded(undefined, () => { vault?.reset(); wipe(); emit("ledger", undefined); }),
      withdrawn: (purposes) => {
        void setConsent(Object.fromEntries([...purposes].map((code) => [PURPOSES[+code], "denied"])), false);
      },
      muted: () => hearMuted(io, vault),
      changed: () => {
        stale = true;
        if (page.visible()) foldSoon(250);
      },
    });
  };
  /** Memory only, from now on. */
  const leave = (): void => {
    engine.detach();
    unwatch?.();
    vault = undefined;
  };
  /** Erases what is stored, also by an earlier visit; once more, and the ledger, after a tab that was just writing. */
  const erase = async (gate: Gone): Promise<void> => {
    const bare = vault ? undefined : storage();
    const from = vault ?? (bare && newVault(bare));
    if (!from) return;
    from.erase(gate === Gone.Everything ? gate : Gone.Nothing);
    await new Promise<void>((done, failed) => {
      from.locked((_held, _fold, settled) => {
        from.erase(gate);
        done();
        return settled();
      }).catch(failed);
    });
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
      const withdrawn = changed.filter((purpose) => before[purpose] === "granted");
      if (here && withdrawn.length) vault?.announce(withdrawn.map((purpose) => PURPOSES.indexOf(purpose)).join(""));
      observe();
      let erased: Promise<void> | undefined;
      if (changed.includes("store")) {
        if (consent.store === "granted") attach();
        else if (vault || consent.store === "denied") {
          wipe();
          erased = erase(Gone.Ledger);
          leave();
        }
      }
      if (changed.includes("personalise") && consent.personalise === "denied") {
        wipe();
        if (vault) erased = erase(Gone.Nothing);
      }
      // What the environment says is no memory: it is there anew.
      if (erased || before.personalise === "denied") readContexts();
      emit("consent", { ...consent });
      await erased;
      await fold();
      emit("ledger", undefined);
      plan(0);
    } catch (error) {
      caught(error);
    }
  };

  // ---- reports
  const collector = collectorAddress(options.collector, page.baseAddress(),
    () => void fail({ code: "bad-option", detail: ": `collector` is not an address" }));
  /** Asks the gate, which writes down what it says. */
  const ask = <T>(otherwise: T, work: (desk: Desk) => Promise<T>): Promise<T> =>
    atDesk(otherwise, work).finally(() => emit("ledger", undefined));
  const report = (how?: { handOver?: boolean }): Promise<ReportResult> =>
    ask<ReportResult>({ status: "withheld", reason: "not-running" }, (desk) => desk.report(how?.handOver === true));
  const { plan, stop: unplan } = planner({
    clock, online: page.online, ask: report,
    due: () => !dead && collector && vault && tables.reports && consent.measure === "granted" ? vault.due() : Infinity,
  });

  const forget = async (how?: { everything?: boolean }): Promise<void> => {
    try {
      if (!dead) wipe(how?.everything);
      // This works even when nothing else does any more.
      await erase(how?.everything ? Gone.Everything : Gone.Ledger);
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
    unwatch?.();
    for (const timer of [changeTimer, foldTimer, sweepTimer]) clearTimeout(timer);
    unplan();
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
      guarded(undefined, settle);
      return held();
    },
    get flags() {
      guarded(undefined, settle);
      return flags();
    },
    ids,
    is: (id) => {
      guarded(undefined, settle);
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
      const found = dead ? null : desk.explain(id);
      if (!found) bad("unknown-segment");
      return found;
    }),
    ...shown,
    rank: ((name, of, more) => import("./rank.js").then(({ rank }) => rank(io, name, of, more)).catch((error: unknown) => (caught(error), []))) as AnyRank as Rank,
    setConsent: (answers) => setConsent(answers),
    get consent() { return { ...consent }; },
    report,
    hint: () => ask<HintResult>({ withheld: "not-running" }, (desk) => desk.hint()),
    ledger: () => atDesk([], (desk) => desk.ledger()),
    forget,
    exportMine: () => atDesk(null, (desk) => desk.everything(held, shown.decisions)),
    inspect: () => guardedLater(null, async () => (await import("./inspect.js")).inspect({
      ...io, clock, gpc, options, host, fail, run, loadCore, openBook, vault: () => vault, may: () => consent.personalise !== "denied",
    })),
    destroy: () => { stop(); last = new Uint8Array(0); },
  };
  return { fb, answered, begin };
}
