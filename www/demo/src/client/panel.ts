// Fills the panel: what is known, which groups follow and why, what has left. Everything here is read from
// fewbits' public methods; the panel knows nothing of its own.
import type { Consent, Decision, Explanation, Fewbits, Mine, Purpose } from "fewbits";
import { DIMENSIONS, inWords, kept, noticed, SEGMENTS, showValue, SIGNALS, SLOTS, delivered } from "../words.ts";
import { clock, isAhead, jump } from "./clock.ts";
import { all, el, find } from "./dom.ts";
import { drawLeft } from "./left.ts";

interface Shop {
  fb: Fewbits;
  choose(consent: Consent): Promise<void>;
  refresh(): void;
  /** `everything`: also the mark that a question was answered. */
  forget(everything: boolean): Promise<void>;
}

const refusedByBrowser = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true;
const live = (name: string) => find(`[data-live=${name}]`)!;

function drawKnown({ signals }: Mine): void {
  const row = ({ name, value }: Mine["signals"][number]) =>
    el("li", { "data-signal": name }, el("span", { class: "known-name" }, SIGNALS[name]?.name ?? name), el("strong", {}, showValue(name, value)), el("span", { class: "known-kept" }, kept(name)));
  const [yes, no] = [signals.filter(({ value }) => noticed(value)), signals.filter(({ value }) => !noticed(value))];
  live("known").replaceChildren(...yes.map(row));
  live("unknown").replaceChildren(...no.map(row));
  live("known-count").textContent = String(yes.length);
  live("unknown-count").textContent = yes.length ? `${no.length} more things it could notice, and has not` : `${no.length} things it could notice, and has not`;
}

/** Why a group holds, in one line. */
function reason({ because, segment }: Explanation): string {
  const facts = because.filter(({ holds, signal }) => holds && signal);
  if (!facts.length) return segment === "interest/any" ? "no aisle stands out" : "none of the others fits";
  return facts.map(({ signal, current }) => SIGNALS[signal]?.because?.(current) ?? `${SIGNALS[signal]?.name ?? signal}: ${showValue(signal, current)}`).join(" and ");
}

function drawGroups(found: Explanation[]): void {
  const list = find("[data-testid=panel-segments]")!;
  const open = new Set(all<HTMLDetailsElement>("details[open]", list).map((it) => it.dataset.dimension));
  list.replaceChildren(...found.map((it) => {
    const others = Object.keys(SEGMENTS).filter((id) => id.startsWith(`${it.dimension}/`) && id !== it.segment);
    const details = el("details", { "data-dimension": it.dimension },
      el("summary", {}, el("span", { class: "group-row" }, DIMENSIONS[it.dimension] ?? it.dimension), el("strong", {}, SEGMENTS[it.segment]?.name ?? it.segment), el("span", { class: "group-why" }, `because ${reason(it)}`)),
      el("div", { class: "group-more" },
        el("p", {}, `The shop asks this to ${it.why}.`),
        ...it.wouldChange.map((text) => el("p", {}, `${inWords(text)}.`.replace(/^./, (letter) => letter.toUpperCase()))),
        el("p", { class: "group-how" }, "To be something else:"),
        el("ul", {}, ...others.map((id) => el("li", {}, el("strong", {}, SEGMENTS[id]!.name), `: ${SEGMENTS[id]!.how}`))),
        el("code", {}, it.segment)));
    details.open = open.has(it.dimension);
    return el("li", { "data-segment": it.segment }, details);
  }));
  live("group-count").textContent = String(found.length);
}

const HOW: Record<Decision["by"], string> = {
  when: "a rule", experiment: "a test of two texts", bandit: "a try, weighed by what others liked", rank: "what counts most", otherwise: "the rule for everybody",
  forced: "a preview", "not-running": "nothing runs",
};

/** What is shown where, and by which rule. Without a yes to personalising, everybody sees the same. */
function drawShown(decisions: readonly Decision[], allowed: boolean): void {
  const list = find("[data-testid=panel-decisions]")!;
  const open = new Set(all<HTMLDetailsElement>("details[open]", list).map((it) => it.dataset.slotted));
  list.replaceChildren(...decisions.map(({ slot, variant, because, by, frozen }) => {
    const { name, variants } = SLOTS[slot] ?? { name: slot, variants: {} as Record<string, string> };
    const why = allowed ? `because ${because || "no rule has a reason for something else"}` : "because you have not asked for anything of your own";
    const details = el("details", { "data-slotted": slot },
        el("summary", {}, el("span", { class: "group-row" }, name), el("strong", {}, variants[variant] ?? variant), el("span", { class: "group-why" }, why)),
        el("div", { class: "group-more" },
          el("p", {}, allowed ? `Chosen by ${HOW[by]}${frozen ? ", and kept for this visit" : ""}.` : "As the page was delivered."),
          el("p", {}, `It could also be: ${Object.entries(variants).filter(([id]) => id !== variant).map(([, words]) => words.toLowerCase()).join(", ")}.`),
          el("code", {}, `${slot}: ${variant}`)));
    details.open = open.has(slot);
    return el("li", { "data-decided": slot, "data-variant": variant }, details);
  }));
}

function drawChoices(consent: Consent): void {
  for (const input of all<HTMLInputElement>("[data-purpose]")) {
    input.checked = consent[input.dataset.purpose as Purpose] === "granted";
    // Nothing to switch: the book shares nothing, or the browser has answered for all sites.
    input.disabled = input.dataset.purpose === "share" || (input.dataset.purpose === "measure" && refusedByBrowser);
  }
  live("gpc").hidden = !refusedByBrowser;
}

const date = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });

function drawClock(): void {
  live("clock").textContent = `In this shop it is ${date.format(clock())}${isAhead() ? ", because you moved the clock" : ""}.`;
  find("[data-jump=now]")!.hidden = !isAhead();
}

/** Says that the shop runs without fewbits, and why, and puts the panel's controls to rest. */
function drawStopped({ error }: Fewbits): void {
  live("stopped").textContent = `Fewbits could not start here${error ? `: ${error.message}` : ""}. So nothing is noticed, nothing leaves, and the shop is the same for everybody.`;
  live("stopped").hidden = false;
  for (const control of all<HTMLButtonElement | HTMLInputElement>("#panel .panel-body :is(button, input), #panel .panel-foot button")) control.disabled = true;
  Object.assign(find("#panel")!.dataset, { stopped: "", ready: "" });
}

function save(mine: Mine | null): void {
  const address = URL.createObjectURL(new Blob([JSON.stringify(mine, null, 2)], { type: "application/json" }));
  const link = el("a", { href: address, download: "what-fernhill-knows.json" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Fills the panel and keeps it up to date while it is open; returns what to call when it is opened again. */
export function openPanel({ fb, choose, refresh, forget }: Shop): () => void {
  const isOpen = () => document.documentElement.dataset.panel === "open";
  /** What the page shows: decided, or as it was delivered. */
  const shown = () => fb.consent.personalise === "granted" ? fb.decisions()
    : fb.decisions().map((it): Decision => ({ ...it, by: "otherwise", because: "", frozen: false, variant: delivered(it.slot) ?? it.variant }));
  let drawing = false;
  let again = false;

  async function draw(): Promise<void> {
    if (drawing) {
      again = true;
      return;
    }
    drawing = true;
    drawChoices(fb.consent);
    drawClock();
    const [mine, ...found] = await Promise.all([fb.exportMine(), ...fb.segments.map((id) => fb.explain(id))]);
    if (mine) {
      drawKnown(mine);
      await drawLeft(mine);
    }
    drawGroups(found.filter((it) => it !== null));
    drawShown(shown(), fb.consent.personalise === "granted");
    find("#panel")!.dataset.ready = "";
    drawing = false;
    if (again) {
      again = false;
      void draw();
    }
  }
  const soon = () => {
    if (isOpen()) void draw();
  };

  drawChoices(fb.consent);
  drawClock();
  if (!fb.ok) {
    drawStopped(fb);
    return () => undefined;
  }

  for (const input of all<HTMLInputElement>("[data-purpose]")) {
    input.addEventListener("change", () => {
      const answer = input.checked ? "granted" : "denied";
      void choose({ ...fb.consent, [input.dataset.purpose as Purpose]: answer }).then(soon);
    });
  }
  for (const button of all<HTMLButtonElement>("[data-jump]")) {
    button.addEventListener("click", async () => {
      const by = button.dataset.jump!;
      jump(by === "now" ? "now" : Number(by));
      refresh();
      if (fb.consent.measure === "granted") await fb.report();
      soon();
    });
  }
  find("[data-testid=panel-export]")!.addEventListener("click", async () => {
    save(await fb.exportMine());
    live("said").textContent = "A file with everything is in your downloads.";
  });
  find("[data-testid=panel-forget]")!.addEventListener("click", async () => {
    await forget(false);
    live("said").textContent = "Forgotten. You are a stranger again.";
    soon();
  });
  find("[data-testid=panel-forget-all]")!.addEventListener("click", async () => {
    await forget(true);
    live("said").textContent = "Nothing is left, not even the mark. You may be asked once more.";
    soon();
  });

  fb.on("change", soon);
  fb.on("ledger", soon);
  fb.on("consent", soon);
  // Counts change without a change of groups.
  setInterval(() => {
    if (isOpen() && document.visibilityState === "visible") soon();
  }, 1000);
  return soon;
}

