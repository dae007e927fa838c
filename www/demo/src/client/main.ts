// The shop in the browser: starts fewbits, tells it what happens, and shows what it decides. If fewbits cannot
// start, every slot keeps the content that it was delivered with.
import { createFewbits, type Consent, type Fewbits } from "fewbits";
import { aisleOrder } from "./aisles.ts";
import * as basket from "./basket.ts";
import { clock, jump } from "./clock.ts";
import { banner, earlierChoice, noteChoice } from "./consent.ts";
import { all, find } from "./dom.ts";
import { erase, onOtherTab, wake } from "./keep.ts";
import { navigate } from "./nav.ts";
import { panelToggle } from "./toggle.ts";
import { apply, show } from "./slots.ts";

const STRANGER: Consent = { store: "unknown", personalise: "unknown", measure: "unknown", share: "unknown" };

const earlier = earlierChoice();
const asked = banner(() => choice.store !== undefined && choice.store !== "unknown", (consent) => void choose(consent));
let fb: Fewbits | undefined;
let choice: Partial<Consent> = earlier;

/** Fewbits, if the visitor agreed to be shown what fits. */
const deciding = (): Fewbits | undefined => (fb?.ok && fb.consent.personalise === "granted" ? fb : undefined);
const follow = (within: ParentNode): void => {
  const it = deciding();
  apply(within, (slot) => it?.decide(slot).variant, aisleOrder(it));
  if (find("[data-testid=finds]", within)) void import("./finds.ts").then(({ drawFinds }) => drawFinds(within, it));
};
const refresh = (): void => follow(document);

async function choose(consent: Consent): Promise<void> {
  choice = consent;
  // First of all fewbits, which tells the other tabs.
  const done = fb?.setConsent(consent);
  noteChoice(consent);
  basket.draw(document);
  await done;
  refresh();
}

/** Tells fewbits what a page is about, once when it is shown. */
function arrived(main: HTMLElement): void {
  const { page, aisle } = main.dataset;
  if (page === "aisle") fb?.track("shelf", { aisle: aisle! });
  if (page === "product") fb?.track("look", { aisle: aisle! });
}

const go = navigate(
  (main) => {
    basket.draw(main);
    follow(main);
    mark(main);
  },
  () => {
    arrived(find("main")!);
    inspected();
  },
);

/** Shows in the weather question what is in force. */
function mark(main: ParentNode): void {
  const shown = find("[data-slot=weather]", main)?.dataset.variant;
  for (const input of all<HTMLInputElement>("[name=weather]", main)) input.checked = input.value === shown;
}

addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (form.matches("[data-finds-ask]")) event.preventDefault();
  else if (form.dataset.buy) {
    event.preventDefault();
    const item = JSON.parse(form.dataset.buy) as basket.Item;
    const size = new FormData(form).get("size");
    basket.add(item, typeof size === "string" ? size : "");
    fb?.track("cart", { aisle: item.aisle }, item.price);
    find(".said", form)!.textContent = `${item.name} is in your basket.`;
  } else if (form.matches(".checkout")) {
    event.preventDefault();
    if (basket.total()) fb?.track("purchase", { aisle: basket.aisles() }, basket.total());
    basket.empty();
    go("/thanks/");
  }
});

addEventListener("change", (event) => {
  const input = event.target as HTMLInputElement;
  if (input.closest("[data-finds-ask]")) refresh();
  if (input.name !== "weather") return;
  // The visitor asked for it, so it is shown, whether it may be remembered or not.
  const slot = find("[data-slot=weather]");
  if (slot) show(document, slot, input.value);
  if (fb?.consent.personalise !== "denied") fb?.declare({ weather: input.value });
});

addEventListener("click", (event) => {
  if ((event.target as Element | null)?.closest?.("[data-open=privacy]")) {
    asked.open();
    find("#consent")!.focus();
  }
});

basket.whenEmptied(() => void fb?.track("empty"));
basket.draw(document);

const started = createFewbits({
  book: "/assets/shop.book",
  collector: "/v1/report",
  consent: earlier,
  clock,
});

async function forget(everything: boolean): Promise<void> {
  await (await started).forget({ everything });
  jump("now");
  erase();
  basket.reread();
  await choose(STRANGER);
  mark(document);
  asked.open();
}

panelToggle(async () => {
  const [{ openPanel }, running] = await Promise.all([import("./panel.ts"), started]);
  return openPanel({ fb: running, choose, refresh, forget });
});

/** Fills the inspector, where there is one. */
function inspected(): void {
  const main = find("main[data-page=inspector]");
  if (main) void Promise.all([import("./inspector.ts"), started]).then(([{ fillInspector }, running]) => fillInspector(main, { fb: running, choose, forget }));
}

if (!earlier.store) asked.open();

/** Hands the running fewbits to the page, and goes on with what the visitor did meanwhile. */
async function run(): Promise<void> {
  const ready = await started;
  fb = ready;
  if (choice !== earlier) await ready.setConsent(choice);
  arrived(find("main")!);
  inspected();
  refresh();
  mark(document);
  ready.on("change", refresh);
  // Also when another tab withdraws it.
  ready.on("consent", (consent) => {
    if (consent.store === "denied") noteChoice(consent);
    refresh();
  });
}

// A page from the back/forward cache has not heard what was withdrawn while it slept.
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  wake();
  if (choice.store === "granted" && !earlierChoice().store) {
    void choose(STRANGER);
    asked.open();
  }
  basket.reread();
  basket.draw(document);
});
onOtherTab((key) => {
  if (key === "basket") basket.reread();
  basket.draw(document);
});
void run();
