// An outlet hands a hint on, keeps to the visitor's `share`, and takes back what it gave when that ends.
import { complain } from "./complain.js";
import type { Consent, Fewbits, HintReason, HintResult } from "./types.js";

/** What an outlet needs of Fewbits. */
export type Shared = Pick<Fewbits, "hint" | "ledger" | "consent" | "on">;

/** What an outlet did. */
export interface Given {
  /** The segments of the hint that are out there now; `null` if there are none. */
  readonly segments: readonly string[] | null;
  /** `hint`: handed on. The gate's reason, if it withheld. `forgotten`: the visitor had everything erased. `stopped`: by
   * the site. */
  readonly because: "hint" | HintReason | "forgotten" | "stopped";
}

/** Options that all outlets have. */
export interface OutletOptions {
  /** Called when something was handed on, was withheld, or was taken back. */
  onGiven?: (given: Given) => void;
}

export interface Outlet {
  /** Resolves when the gate has answered for the first time. */
  readonly ready: Promise<void>;
  /** Ends it, and takes back what was handed on: what nobody watches does not stay. */
  stop(): void;
}

const mayShare = ({ share, store, personalise }: Consent): boolean => share === "granted" && store === "granted" && personalise !== "denied";

/** Asks for the hint now, and again when consent comes. `give` may be called with the same segments again; `takeBack` is
 * told whether something was given, since an earlier visit may have left something. */
export function openOutlet(
  fb: Shared, give: (segments: readonly string[]) => void, takeBack: (gave: boolean) => void, onGiven?: OutletOptions["onGiven"],
): Outlet {
  let given: readonly string[] | undefined;
  let turn = 0, ended = false;
  let told: Given["because"] | undefined;

  const set = (segments: readonly string[] | undefined, because: Given["because"]): void => {
    const gave = given !== undefined;
    given = segments;
    try {
      if (segments) give(segments);
      else takeBack(gave);
    } catch (error) {
      complain("an outlet could not hand on or take back", error);
    }
    if (told === because && gave === (segments !== undefined)) return;
    told = because;
    try {
      onGiven?.({ segments: segments ?? null, because });
    } catch (error) {
      complain("onGiven threw", error);
    }
  };
  const ask = async (): Promise<void> => {
    const mine = ++turn;
    const answer: HintResult = await fb.hint().catch(() => ({ withheld: "not-running" as const }));
    if (mine !== turn || ended) return;
    if (answer.segments && mayShare(fb.consent)) set(answer.segments, "hint");
    else set(undefined, answer.withheld ?? "no-consent");
  };
  const offs = [
    fb.on("consent", (consent) => {
      if (mayShare(consent)) {
        if (!given) void ask();
        return;
      }
      turn++;
      set(undefined, "no-consent");
    }),
    // Erasing leaves no line about a hint.
    fb.on("ledger", async () => {
      if (!given) return;
      const mine = turn;
      const lines = await fb.ledger().catch(() => []);
      if (given && mine === turn && !lines.some(({ what }) => what === "hinted")) set(undefined, "forgotten");
    }),
  ];
  return {
    ready: ask(),
    stop: () => {
      if (ended) return;
      ended = true;
      turn++;
      for (const off of offs) off();
      set(undefined, "stopped");
    },
  };
}
