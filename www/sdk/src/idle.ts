// What a page gets when Fewbits could not start.
import { nothingKnown } from "./consent.js";
import { notRunning } from "./client.js";
import { Gone } from "./codes.js";
import type { Host, Otherwise } from "./load.js";
import type { AnyRank, Rank } from "./rank.js";
import { empty, OURS } from "./storage.js";
import type { Fewbits, FewbitsError, Options } from "./types.js";

/** The SDK that could not start: the harmless answer to everything. Only erasing works, because it must. */
export function idle(error: FewbitsError, { ids, slots }: Otherwise, options: Options, host: Host): Fewbits {
  const forget = async (how?: { everything?: boolean }) => {
    try {
      const from = options.storage === "none" ? undefined : options.storage ?? host.storage();
      if (from) empty(from, OURS, how?.everything ? Gone.Everything : Gone.Ledger);
    } catch { /* there is nothing to erase where nothing can be read */ }
  };
  return {
    ok: false, error, ids, segments: ids, flags: new Uint8Array(ids.length).fill(1), consent: nothingKnown(),
    track: () => 0, engage: () => 0, declare: () => 0, setContext: () => 0,
    is: (id) => ids.includes(id),
    on: () => () => undefined,
    slots: Object.keys(slots),
    decide: (slot) => notRunning(slot, slots[slot]),
    decisions: () => Object.entries(slots).map(([slot, variant]) => notRunning(slot, variant)),
    rank: ((_, of, more) => import("./rank.js").then(({ asIs }) => asIs(of, more))) as AnyRank as Rank,
    explain: async () => null,
    setConsent: async (said) => said?.store === "denied" ? forget() : undefined,
    report: async () => ({ status: "withheld", reason: "not-running" }),
    hint: async () => ({ withheld: "not-running" }),
    ledger: async () => [],
    forget,
    exportMine: async () => null,
    inspect: async () => null,
    destroy: () => undefined,
  };
}
