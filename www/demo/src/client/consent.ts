// The banner and the choice behind it.
import type { Consent } from "fewbits";
import { all, find } from "./dom.ts";
import { allow, keep, recall } from "./keep.ts";

/** The three answers of the banner. The shop never shares, so it never asks for that. */
const ANSWERS: Record<string, Consent> = {
  all: { store: "granted", personalise: "granted", measure: "granted", share: "denied" },
  local: { store: "granted", personalise: "granted", measure: "denied", share: "denied" },
  none: { store: "denied", personalise: "denied", measure: "denied", share: "denied" },
};

/** The choice of an earlier visit, if it was allowed to be kept. */
export function earlierChoice(): Partial<Consent> {
  try {
    const found = JSON.parse(recall("choice") ?? "{}") as Partial<Consent>;
    const chosen: Partial<Consent> = found?.store === "granted" ? found : {};
    if (chosen.store) allow(true);
    return chosen;
  } catch {
    return {};
  }
}

/** Notes a choice down, or erases the note if the visitor does not want to be remembered. */
export function noteChoice(consent: Consent): void {
  keep("choice", JSON.stringify(consent));
  allow(consent.store === "granted");
}

/** Wires the banner. It can be closed without an answer only if there is one already. */
export function banner(answered: () => boolean, choose: (consent: Consent) => void): { open(): void } {
  const box = find("#consent")!;
  const close = () => {
    box.hidden = true;
  };
  const open = () => {
    box.hidden = false;
  };
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && answered()) close();
  });
  for (const button of all<HTMLButtonElement>("[data-answer]", box)) {
    button.addEventListener("click", () => {
      close();
      // The button that had the focus is gone.
      find("#main")!.focus({ preventScroll: true });
      choose(ANSWERS[button.dataset.answer!]!);
    });
  }
  return { open };
}
