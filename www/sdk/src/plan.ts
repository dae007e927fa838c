// When a report is asked for.
import type { Later, Timer } from "./io.js";
import type { ReportResult } from "./types.js";

/** Asks for the report when it is due: never in the tick of the consent, and not while offline. `due` answers with
 * seconds since 1970, or Infinity while there is none to wait for. */
export function planner({ clock, later, due, online, ask }: {
  clock(): number; later: Later; due(): number; online(): boolean; ask(): Promise<ReportResult>;
}) {
  let timer: Timer;
  const stop = () => clearTimeout(timer);
  const plan = (least: number): void => {
    stop();
    const wait = due() * 1000 - clock();
    if (!(wait < Infinity)) return;
    timer = later(Math.max(wait, least, 1000), async () => {
      if (!online() || due() === Infinity) return;
      if (due() * 1000 > clock()) return plan(0);
      const { status, reason } = await ask();
      // Not due yet: the answer itself says when. Anything else is tried again at leisure.
      plan(reason === "not-due" ? 0 : status === "waiting" ? 60_000 : 3_600_000);
    });
  };
  return { plan, stop };
}
