// What is kept between visits, for all tabs: loaded when the visitor has agreed to it, or takes it back.
import { Gone } from "./codes.js";
import type { Fail } from "./errors.js";
import type { Io, Later, Timer, UnderLock } from "./io.js";
import { hearMuted } from "./muted.js";
import { planner } from "./plan.js";
import type { empty } from "./storage.js";
import { openVault, type Vault } from "./store.js";
import type { ReportResult } from "./types.js";

const DISCARDED = ["", "damaged", "written by a newer version", "of another book"];
const NEWER = 2;

/** What the running SDK lends. */
export interface Lent extends Io {
  clock(): number;
  readonly fail: Fail;
  readonly storage: Storage;
  /** The storage belongs to this instance alone. */
  readonly own: boolean;
  /** May a report be sent by itself? */
  reports(): boolean;
  report(): Promise<ReportResult>;
  online(): boolean;
  visible(): boolean;
  /** Another tab says which purposes were withdrawn. */
  withdrawn(purposes: string): void;
  /** Somebody has erased what is stored. `unheard`: while this page slept, so it does not know why. */
  erased(unheard: boolean): void;
  /** The stored profile could not be used; the ledger should say so. */
  discarded(): void;
  readonly later: Later;
  readonly empty: typeof empty;
}

export interface Keeper {
  /** Where it is kept now, if it is. */
  vault(): Vault | undefined;
  attach(): void;
  /** Memory only, from now on. */
  leave(): void;
  /** Erases what is stored, also by an earlier visit; once more, and the ledger, after a tab that was just writing. */
  erase(gate: Gone): Promise<void>;
  /** Tells the other tabs what was withdrawn. */
  announce(purposes: string): void;
  readonly underLock: UnderLock;
  /** The page is seen again. */
  shown(): void;
  /** Asks for the report when it is due. */
  plan(): void;
  /** Ends timers and listeners. */
  stop(): void;
}

export function openKeeper(lent: Lent): Keeper {
  const { engine, tables, now, clock, fail, bad, caught, touched, alive, storage, own, later, empty } = lent;
  let vault: Vault | undefined;
  let unwatch: (() => void) | undefined;
  let discarded = 0;
  let foldTimer: Timer, sweepTimer: Timer;
  let stale = false;

  const newVault = (): Vault => openVault({ storage, book: tables.book, now, fail: bad, wantsFold: () => void sweep(), own, empty });

  /** Only under the lock: takes in what all tabs have written, writes the whole, and lets the gate look at it. */
  const foldNow = (from: Vault): boolean => {
    if (!alive() || from !== vault) return false;
    // Erased, and this page did not hear of it: it may have slept while the visitor withdrew. It stores no more.
    if (from.erased()) {
      from.reset();
      leave();
      lent.erased(true);
      return false;
    }
    const written = engine.fold(now());
    const why = engine.discarded();
    if (why && why !== discarded) {
      void fail({ code: "profile-discarded", detail: `: it is ${DISCARDED[why]}` });
      if (why !== NEWER) lent.discarded();
    }
    discarded = why;
    stale = false;
    touched(0);
    return written;
  };
  const underLock: UnderLock = async (otherwise, work) => {
    try {
      if (!alive()) return otherwise;
      const from = vault;
      if (!from) return await work(true, async () => alive());
      return await from.locked((held, fold, settled) => {
        if (fold) foldNow(from);
        return alive() ? work(held, async () => await settled() && alive()) : otherwise;
      });
    } catch (error) {
      caught(error);
      return otherwise;
    }
  };
  const fold = (): Promise<void> => underLock(undefined, () => undefined);

  let sweeping: Promise<void> | undefined;
  /** Folds the journals, and removes them when no tab can write an older whole over this one any more. One round at a
   * time is enough. */
  const sweep = (): Promise<void> => sweeping ??= (async () => {
    const from = vault;
    if (alive() && from?.store.journals().length) await from.locked(async (_, fold, settled) => {
      const remove = fold && foldNow(from) ? from.folded() : undefined;
      if (remove && await settled()) remove();
    });
  })().catch((error: unknown) => void caught(error)).finally(() => { sweeping = undefined; });
  const leave = (): void => {
    if (!vault) return;
    engine.detach();
    unwatch?.();
    vault = undefined;
  };
  const { plan, stop } = planner({
    clock, later, online: lent.online, ask: lent.report, due: () => vault && lent.reports() ? vault.due() : Infinity,
  });

  return {
    vault: () => vault,
    attach: () => {
      if (typeof storage.getItem !== "function") return void bad("bad-option");
      const to = vault = newVault();
      engine.attach(to.store);
      hearMuted(lent, to, true);
      clearTimeout(sweepTimer);
      sweepTimer = later(5000, sweep);
      unwatch = to.watch({
        erased: () => {
          vault?.reset();
          lent.erased(false);
        },
        withdrawn: lent.withdrawn,
        muted: () => hearMuted(lent, vault),
        changed: () => {
          stale = true;
          if (!vault || !lent.visible()) return;
          clearTimeout(foldTimer);
          foldTimer = later(250, fold);
        },
      });
    },
    leave,
    erase: async (gate) => {
      const from = vault ?? newVault();
      from.erase(gate === Gone.Everything ? gate : Gone.Nothing);
      await new Promise<void>((done, failed) => {
        from.locked((_held, _fold, settled) => {
          from.erase(gate);
          done();
          return settled();
        }).catch(failed);
      });
    },
    announce: (purposes) => (vault ?? newVault()).announce(purposes),
    underLock,
    shown: () => {
      if (stale) void fold();
    },
    plan: () => plan(0),
    stop: () => {
      unwatch?.();
      clearTimeout(foldTimer);
      clearTimeout(sweepTimer);
      stop();
    },
  };
}
