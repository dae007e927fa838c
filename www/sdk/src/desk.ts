// All that needs the full module: reports, the ledger, explanations, the visitor's own copy. Loaded when a report is
// due, or when somebody asks. The module takes the memory over each time, and keeps nothing of it.
import init, { Engine as Full } from "../wasm/fewbits_full.js";
import { everything, explain } from "./explain.js";
import type { Io, UnderLock } from "./io.js";
import type { Host } from "./load.js";
import { deliver, type Report } from "./report.js";
import type { Vault } from "./store.js";
import { send } from "./transport.js";
import type { Consent, Decision, Explanation, HintResult, LedgerLine, Mine, Options, ReportResult } from "./types.js";

/** What the running SDK lends. */
export interface Lent extends Io {
  clock(): number;
  vault(): Vault | undefined;
  consent(): Consent;
  /** The codes of the answers, in the order of the core's purposes. */
  answers(): number[];
  readonly collector: string;
  readonly host: Pick<Host, "asset" | "bound">;
  /** Where the core module is, if the page said so: the full one lies beside it. */
  readonly wasm: Options["wasm"];
  /** What a relative address is relative to. */
  readonly base: string | undefined;
  /** Runs work under the lock and after a fold, if there is a store. */
  readonly underLock: UnderLock;
}

export interface Desk {
  report(handOver: boolean): Promise<ReportResult>;
  hint(): Promise<HintResult>;
  ledger(): Promise<LedgerLine[]>;
  explain(id: string): Explanation | null;
  everything(segments: () => string[], decisions: () => Decision[]): Promise<Mine | null>;
  /** A stored profile could not be used: the ledger says so. */
  noteDiscarded(): Promise<void>;
  /** Erases what the full module holds; what was spent only if everything is to go. */
  forget(everything: boolean): void;
}

const NAME = "fewbits_full_bg.wasm";
let ready: Promise<unknown> | undefined;

export async function openDesk(lent: Lent): Promise<Desk> {
  const { engine, book, tables, now, clock, alive, bad, vault, consent, answers, collector, host, wasm, underLock } = lent;
  const source = async () => {
    const given = typeof wasm === "string" || wasm instanceof URL;
    if (host.bound && !given) return host.bound.full();
    // The address stands here in full, because that is what bundlers look for.
    const own = new URL("./fewbits_full_bg.wasm", import.meta.url);
    return host.asset(given ? new URL(NAME, new URL(wasm, lent.base ?? own)) : own);
  };
  const linked = engine.need("store");
  await (ready ??= source().then((module_or_path) => init({ module_or_path })).catch((error: unknown) => {
    ready = undefined;
    throw error;
  }));
  await linked;
  const full = new Full(book);

  let told: number[] = [];
  let silent: ReadonlySet<number> = new Set();
  /** The full module as this page is now: its answers and its memory. */
  const upToDate = (): void => {
    const said = answers();
    said.forEach((answer, purpose) => {
      if (answer !== (told[purpose] ?? 0)) full.consent(purpose, answer, now());
    });
    told = said;
    for (const segment of new Set([...silent, ...engine.muted])) full.mute(segment, engine.muted.has(segment), now());
    silent = new Set(engine.muted);
    const memory = engine.lend();
    full.borrow({ read: () => memory }, now());
  };
  const atGate: UnderLock = (otherwise, work) => underLock(otherwise, async (held, settled) => {
    upToDate();
    const from = vault();
    if (from) full.attach(from.store);
    else full.detach();
    full.read_gate();
    const result = await work(held, settled);
    if (held && tables.reports) from?.setDue(full.due());
    return result;
  });
  const ledger = () => atGate<LedgerLine[]>([], () => JSON.parse(full.ledger()) as LedgerLine[]);

  return {
    ledger,
    report: (handOver) => deliver({
      engine: full, atGate, clock, collector, send, refused: () => bad("collector-refused"),
      cleared: () => full.report() as Report | undefined,
    }, handOver),
    // Without a lock two tabs could spend the same budget.
    hint: () => atGate<HintResult>({ withheld: "not-running" }, async (held, settled) => {
      if (!held) return { withheld: "no-lock" };
      const [before] = full.budget();
      const text = full.hint(now());
      // Charged just now: until then another tab might not know.
      if (full.budget()[0] !== before && !await settled()) return { withheld: "not-running" };
      return JSON.parse(text) as HintResult;
    }),
    explain: (id) => {
      upToDate();
      const found = explain(full, tables, id, now(), engine.muted);
      if (!found) bad("unknown-segment");
      return found;
    },
    everything: async (segments, decisions) => {
      const lines = await ledger();
      return alive() ? everything(full, tables, segments(), decisions(), lines, { ...consent() }, engine.muted) : null;
    },
    noteDiscarded: () => atGate(undefined, (held) => { if (held) full.note_discarded(now()); }),
    forget: (everything) => { full.forget(everything, now()); },
  };
}
