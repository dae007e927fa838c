// The element itself: when to look, what to show to whom, and what the visitor does.
import type { Fewbits } from "../types.js";
import { choices, yours } from "./choices.js";
import { decisions } from "./decisions.js";
import { h, patch, type Child, type Part } from "./dom.js";
import { groups } from "./groups.js";
import { known, noticed } from "./known.js";
import { left } from "./left.js";
import { rules } from "./rules.js";
import { look, VIEWS, type Acts, type Seen } from "./seen.js";
import type { SiteWords, View } from "./site.js";
import { STYLE } from "./style.js";
import { openText, type Text } from "./text.js";
import { Travel } from "./travel.js";

/** Counts fade with time alone: so often all is looked at anew. */
const TICK = 10_000;
const SOON = 120;

/** Makes the class. Not at the top of a file, because a server has no `HTMLElement`. */
export function makeElement(): CustomElementConstructor {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);

  return class FewbitsInspector extends HTMLElement {
    static readonly observedAttributes = ["view", "lang", "fixed"];
    readonly #root: ShadowRoot;
    #fb: Fewbits | null = null;
    #words: SiteWords = {};
    #text: Text | undefined;
    #spoken = "";
    #seen: Awaited<ReturnType<typeof look>> = null;
    #travel: Travel | undefined;
    #off: (() => void)[] = [];
    #timer: ReturnType<typeof setTimeout> | undefined;
    #looking = false;
    #again = false;
    #said = "";

    constructor() {
      super();
      this.#root = this.attachShadow({ mode: "open" });
      this.#root.adoptedStyleSheets = [sheet];
      // What was set before the element was defined lies in front of the accessors.
      for (const name of ["fewbits", "words"] as const) {
        if (!Object.hasOwn(this, name)) continue;
        const value = this[name];
        Reflect.deleteProperty(this, name);
        (this as Record<string, unknown>)[name] = value;
      }
    }

    get fewbits(): Fewbits | null { return this.#fb; }
    set fewbits(fb: Fewbits | null) {
      this.#leave();
      this.#fb = fb;
      this.#seen = null;
      this.#travel = undefined;
      if (this.isConnected) this.#enter();
    }

    get words(): SiteWords { return this.#words; }
    set words(words: SiteWords) {
      this.#words = words;
      this.#draw();
    }

    get view(): View { return VIEWS.find((one) => one === this.getAttribute("view")) ?? "visitor"; }
    set view(view: View) { this.setAttribute("view", view); }

    connectedCallback(): void { this.#enter(); }
    disconnectedCallback(): void { this.#leave(); }
    attributeChangedCallback(): void { if (this.isConnected) this.#soon(); }

    #enter(): void {
      this.#leave();
      const fb = this.#fb;
      if (fb) {
        const soon = () => this.#soon();
        this.#off.push(fb.on("change", soon), fb.on("ledger", soon), fb.on("consent", soon), fb.on("decision", soon));
        void fb.inspect().then((inspection) => {
          if (!inspection || fb !== this.#fb || !this.isConnected) return;
          this.#travel ??= new Travel(inspection, inspection.record(), soon);
          this.#off.push(inspection.watch(soon));
        });
        const tick = setInterval(() => { if (document.visibilityState === "visible") soon(); }, TICK);
        const shown = () => { if (document.visibilityState === "visible") soon(); };
        document.addEventListener("visibilitychange", shown);
        this.#off.push(() => clearInterval(tick), () => document.removeEventListener("visibilitychange", shown));
      }
      void this.#look();
    }

    #leave(): void {
      for (const off of this.#off.splice(0)) off();
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }

    /** Several changes in a row are one. */
    #soon(): void {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        void this.#look();
      }, SOON);
    }

    async #look(): Promise<void> {
      if (this.#looking) {
        this.#again = true;
        return;
      }
      this.#looking = true;
      const fb = this.#fb;
      try {
        const language = this.lang || this.closest<HTMLElement>("[lang]")?.lang || "";
        // Of a language, the visitor's own variant.
        const own = navigator.languages.find((one) => language && one.startsWith(`${language}-`));
        const wanted = [own ?? "", language, ...navigator.languages].filter(Boolean);
        if (wanted.join() !== this.#spoken) {
          this.#text = await openText(wanted);
          this.#spoken = wanted.join();
        }
        const seen = fb?.ok ? await look(fb) : null;
        if (fb === this.#fb) {
          this.#seen = seen;
          if (seen && this.view === "developer") await this.#travel?.run();
        }
      } finally {
        this.#looking = false;
      }
      if (this.isConnected) this.#draw();
      if (this.#again) {
        this.#again = false;
        this.#soon();
      }
    }

    // ---- what the visitor does. The page may do it its own way: it knows what else belongs to it.
    readonly #acts: Acts = {
      consent: (answers) => this.#do("consent", answers, (fb) => fb.setConsent(answers)),
      forget: (everything) => this.#do(everything ? "everything" : "forget", { everything }, (fb) => fb.forget({ everything })),
      mute: (id, muted) => this.#do(muted ? "mute" : "unmute", { segment: id, muted }, async (fb) => {
        if (!(await fb.inspect())?.mute(id, muted)) throw new Error("it cannot be muted");
      }),
      export: () => this.#do("export", undefined, async (fb) => save(await fb.exportMine())),
      draw: () => this.#soon(),
    };

    #do(what: "consent" | "forget" | "everything" | "export" | "mute" | "unmute", detail: unknown, work: (fb: Fewbits) => Promise<void>): void {
      const fb = this.#fb;
      if (!fb) return;
      const waits: Promise<unknown>[] = [];
      const type = `fewbits-${what === "everything" ? "forget" : what === "unmute" ? "mute" : what}`;
      const event = new CustomEvent(type, { bubbles: true, composed: true, cancelable: true, detail: Object.assign({ until: (wait: Promise<unknown>) => { waits.push(wait); } }, detail) });
      const own = this.dispatchEvent(event);
      Promise.all(own ? [work(fb)] : waits).then(() => { this.#said = `said.${what}`; }, () => { this.#said = "said.failed"; })
        .finally(() => this.#soon());
    }

    // ---- what is shown
    #draw(): void {
      const text = this.#text;
      if (!text) return;
      text.site = this.#words;
      const root = this.#root;
      const fb = this.#fb, seen = this.#seen;
      const head = (...rest: Child[]) => h("header", {}, h("h2", {}, text.t("title")), ...rest);
      const alone = (words: string) => patch(root, [h("div", { class: "all", lang: text.tag }, head(h("p", { class: "stopped" }, words)))]);
      if (!fb) return alone(text.t("unmade"));
      if (!fb.ok) return alone(text.t("stopped", { why: fb.error?.message ?? "" }));
      if (!seen || !this.#travel) return alone(text.t("loading"));
      text.book = seen.inspection.book;
      const all: Seen = { ...seen, fb, text, view: this.view, travel: this.#travel, acts: this.#acts };
      patch(root, [h("div", { class: `all ${this.view}`, lang: text.tag, "data-ready": "" },
        head(h("p", { class: "lead" }, text.t("lead")), !this.hasAttribute("fixed") && this.#switch(text)),
        flow(all),
        known(all), groups(all), decisions(all), left(all), choices(all),
        this.view === "developer" && this.#travel.show(all),
        rules(all), yours(all),
        h("p", { class: "said", role: "status", "data-is": "said" }, text.maybe(this.#said) ?? ""))]);
    }

    #switch(text: Text): Part {
      return h("fieldset", { class: "views" }, h("legend", { class: "hidden" }, text.t("view")),
        ...VIEWS.map((view) => h("label", { key: view }, h("input", {
          type: "radio", name: "view", value: view, is: { checked: view === this.view },
          on: { change: () => { this.view = view; } },
        }), h("span", {}, text.t(`view.${view}`)))));
    }
  };
}

/** From what is noticed to what leaves, in four figures. */
function flow({ text, mine: { signals, segments, bits: { spent, cap } }, fb }: Seen): Part {
  const chosen = fb.decisions().length;
  const step = (key: string, figure: string, name: string, where: string) =>
    h("li", { key, class: key }, h("strong", {}, figure), h("span", {}, name), h("span", { class: "where" }, where));
  return h("ol", { class: "flow", "aria-label": text.t("flow") },
    step("f-known", text.number(signals.filter(noticed).length), text.t("flow.known"), text.t("flow.here")),
    step("f-groups", text.number(segments.length), text.t("flow.groups"), text.t("flow.here")),
    chosen > 0 && step("f-decisions", text.number(chosen), text.t("flow.decisions"), text.t("flow.here")),
    step("f-left", text.number(spent), text.t("flow.left"), spent ? text.t("flow.cap", { cap }) : text.t("flow.nothing")));
}

function save(mine: unknown): void {
  if (!mine) throw new Error("there is nothing to save");
  const address = URL.createObjectURL(new Blob([JSON.stringify(mine, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = "fewbits.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

