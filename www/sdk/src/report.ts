// A report's way out: asked for, written down, sent, and what became of it. Loaded when there is one.
import type { Engine } from "../wasm/fewbits_full.js";
import type { UnderLock } from "./io.js";
import type { ReportReason, ReportResult } from "./types.js";

/** Text that the gate has cleared. Only the desk makes one, and only `transport` sends one. */
export type Report = string & { readonly __cleared: unique symbol };

/** Reasons of the gate, by code from 1. */
const REASONS: readonly ReportReason[] = [
  "no-consent", "no-store", "nothing-to-report", "not-due", "budget", "crowd", "sensitive", "already-answered",
  "storage-failed", "being-sent",
];
/** What a later time may change. */
const WAITING: readonly ReportReason[] = ["not-due", "being-sent"];

export interface Desk {
  readonly engine: Engine;
  /** The frozen wire form, if the gate has one ready. */
  cleared(): Report | undefined;
  send(address: string, report: Report): Promise<number>;
  readonly atGate: UnderLock;
  clock(): number;
  /** Empty: reports are not sent. */
  readonly collector: string;
  /** The collector said no. */
  refused(): void;
}

export async function deliver(desk: Desk, handOver: boolean): Promise<ReportResult> {
  const { engine, atGate, clock, collector } = desk;
  const now = () => Math.floor(clock() / 1000);
  const no = (reason: ReportReason): ReportResult => ({ status: "withheld", reason });
  const wait = (reason: ReportReason): ReportResult => {
    const at = engine.due() * 1000;
    return { status: "waiting", reason, ...(at > clock() && at < Infinity && { due: new Date(at) }) };
  };

  const first = await atGate<ReportResult | Report>(no("not-running"), async (held, settled) => {
    // Without a lock two tabs could spend the same budget.
    if (!held) return no("no-lock");
    const code = engine.ask(now());
    if (code) {
      const reason = REASONS[code - 1] ?? "not-running";
      return WAITING.includes(reason) ? wait(reason) : no(reason);
    }
    if (!collector && !handOver) return no("no-collector");
    const text = desk.cleared();
    if (text === undefined) return no("already-answered");
    const to = handOver ? "page" : collector;
    // Written down before it leaves: if that fails, it does not leave.
    if (!engine.sent(0, to, now())) return no("storage-failed");
    // Until then another tab might not know, and answer anew.
    if (!await settled()) {
      engine.sent(2, to, now());
      return wait("unreachable");
    }
    if (handOver) engine.sent(1, to, now());
    return handOver ? { status: "ready", report: text } : text;
  });
  if (typeof first !== "string") return first;

  // The lock is free while the network works: the gate knows that this report is on its way.
  const status = await desk.send(collector, first);
  const taken = status >= 200 && status < 300;
  // The collector has read it and said no: sending it again would only say it twice.
  const rejected = status >= 400 && status < 500 && status !== 408 && status !== 429;
  if (rejected) desk.refused();
  return atGate<ReportResult>(no("not-running"), () => {
    engine.sent(taken || rejected ? 1 : 2, collector, now());
    if (!taken && !rejected) return wait("unreachable");
    return { status: "sent", ...(rejected && { reason: "refused" as const }), report: first };
  });
}
