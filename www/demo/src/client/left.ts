// The part of the panel on what has left: the budget, the wait, the ledger beside what the collector received.
import type { Consent, LedgerLine, Mine } from "fewbits";
import book from "../shop.book.json";
import { DIMENSIONS } from "../words.ts";
import { el, find } from "./dom.ts";

const LIFETIME = book.report.lifetime_bits;
const live = (name: string) => find(`[data-live=${name}]`)!;
const WEEK = 7 * 86_400_000;
const bits = (value: number): string => String(Math.round(value * 100) / 100);

interface Received {
  counts?: (Record<string, unknown> & { count: number })[];
}

/** How often the collector has received each text. Asked only after something has arrived there. */
async function received(): Promise<Map<string, number>> {
  try {
    const answer = (await (await fetch("/v1/received")).json()) as Received;
    return new Map((answer.counts ?? []).map(({ count, ...report }) => [JSON.stringify(report), count]));
  } catch {
    return new Map();
  }
}

/** What does not leave is noted down by the hour only. */
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const time = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

const REASONS: Record<string, string> = {
  budget: "it would have passed the budget", crowd: "the group is too small to hide in", sensitive: "it touches something private",
  "no-consent": "you have not allowed measuring", "storage-failed": "it could not be written down first",
};

/** One line of the ledger in words; what left has its exact bytes beneath. */
function entry(line: LedgerLine, counts: Map<string, number>): HTMLElement | undefined {
  const asked = `“${DIMENSIONS[line.question] ?? line.question}”`;
  const when = el("time", { datetime: new Date(line.at * 1000).toISOString() }, (line.what === "sent" || line.what === "answered" ? time : day).format(line.at * 1000));
  switch (line.what) {
    case "drawn": return el("li", { "data-what": "drawn" }, el("p", {}, when, ` Dice chose the question ${asked}.`));
    case "answered": return el("li", { "data-what": "answered" }, el("p", {}, when, ` Your browser rolled dice and fixed its answer.${line.bits ? ` Cost: ${bits(line.bits)} bits.` : ""}`));
    case "withheld": return el("li", { "data-what": "withheld" }, el("p", {}, when, ` Withheld: ${REASONS[line.reason] ?? line.reason}.`));
    case "discarded": return el("li", { "data-what": "discarded" }, el("p", {}, when, " A damaged memory was thrown away."));
    case "failed": return el("li", { "data-what": "failed" }, el("p", {}, when, " The collector could not be reached; it will be tried again."));
    case "delivered": return undefined;
    case "sent": {
      const count = counts.get(line.bytes);
      return el("li", { "data-what": "sent" },
        el("p", {}, when, ` Left this browser: ${new TextEncoder().encode(line.bytes).length} bytes${line.bits ? `, ${bits(line.bits)} bits` : ""}.`),
        el("pre", { class: "bytes" }, el("code", {}, line.bytes)),
        el("p", { class: count ? "match" : "match open" }, count ? `The collector received the same, byte for byte. Visitors who said so to it: ${count}.`
          : line.at * 1000 > Date.now() + WEEK ? "Not counted: this shop's clock was moved, and for the collector that week lies in the future."
            : "Not seen at the collector."));
    }
    case "hinted": return el("li", { "data-what": "hinted" }, el("p", {}, when, ` Told to this page, to pass on. Cost: ${bits(line.bits)} bits.`), el("pre", { class: "bytes" }, el("code", {}, line.bytes)));
    case "not-hinted": return undefined;
  }
}

function drawGauge(used: number): void {
  find("[data-testid=panel-bits]")!.textContent = `${bits(used)} of ${LIFETIME} bits`;
  const bar = find<SVGRectElement>(".gauge-used");
  bar?.setAttribute("width", String(Math.min(332, (used / LIFETIME) * 332)));
  live("gauge").setAttribute("aria-label", `${bits(used)} of ${LIFETIME} bits used`);
  live("gauge-words").textContent = used === 0
    ? "Nothing has left. Whoever guesses who you are has to guess blindly."
    : `You are at most ${bits(2 ** used)} times easier to guess than blindly. More than ${Math.round(2 ** LIFETIME)} times is never allowed.`;
  live("out-count").textContent = bits(used);
  live("out-where").textContent = used ? "sent once" : "none so far";
}

function waiting({ store, measure }: Consent, ledger: readonly LedgerLine[], spent: number): string {
  if (spent && !ledger.some(({ bits }) => bits)) return "You were asked before you were forgotten. Nobody is asked twice.";
  if (ledger.some(({ what }) => what === "sent")) return "That was all: each visitor answers one question, once.";
  if (measure !== "granted") return "Measuring is off, so nothing will leave.";
  if (store !== "granted") return "Without a memory there is no ledger, and without a ledger nothing leaves.";
  const drawn = ledger.find(({ what }) => what === "drawn");
  if (!drawn) return "A question will be drawn.";
  return `Your browser will answer “${DIMENSIONS[drawn.question] ?? drawn.question}” within a minute, with noise.`;
}

let asked = new Map<string, number>();
let askedFor = "";

export async function drawLeft({ consent, ledger, bits: { spent } }: Mine): Promise<void> {
  drawGauge(spent);
  live("waiting").textContent = waiting(consent, ledger, spent);
  const arrived = ledger.filter(({ what }) => what === "delivered").map(({ at }) => at).join();
  if (arrived && arrived !== askedFor) {
    askedFor = arrived;
    asked = await received();
  }
  const state = JSON.stringify([ledger, [...asked]]);
  const list = find("[data-testid=panel-ledger]")!;
  if (list.dataset.state === state) return;
  list.dataset.state = state;
  list.replaceChildren(...ledger.map((line) => entry(line, asked)).filter((it) => it !== undefined));
}
