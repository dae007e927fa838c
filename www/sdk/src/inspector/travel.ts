// Time travel: what came in is repeated in a twin, step by step, and time may go on in it. Nothing of it is real.
import type { Decision, Input, Inspection, Mine, Recording } from "../types.js";
import { h, type Child, type Part } from "./dom.js";
import { button, note, section } from "./parts.js";
import type { Seen } from "./seen.js";
import type { Text } from "./text.js";

/** An input, or time that goes by. */
type Step = { readonly input: Input } | { readonly pass: number };

/** How things stand after a step. */
interface Moment {
  readonly segments: readonly string[];
  readonly decisions: readonly Decision[];
  readonly signals: Mine["signals"];
}

const PASSES = [3600, 86_400, 604_800, 2_592_000];

export class Travel {
  /** Steps that are left out. */
  readonly #skipped = new Set<Input>();
  #passes: number[] = [];
  /** The step that is shown; undefined: the last one. */
  #chosen: number | undefined;
  #shown: { before: Moment | undefined; now: Moment } | undefined;
  #drawn = "";
  #running = false;

  constructor(readonly inspection: Inspection, readonly recording: Recording, readonly draw: () => void) {}

  get #steps(): Step[] {
    return [...this.recording.inputs.map((input) => ({ input })), ...this.#passes.map((pass) => ({ pass }))];
  }
  get #at(): number { return Math.min(this.#chosen ?? Infinity, this.#steps.length); }

  go(step: number): void {
    this.#chosen = step >= this.#steps.length ? undefined : Math.max(step, 0);
    this.draw();
  }
  pass(seconds: number): void {
    this.#passes.push(seconds);
    this.#chosen = undefined;
    this.draw();
  }
  reset(): void {
    this.#passes = [];
    this.#skipped.clear();
    this.#chosen = undefined;
    this.draw();
  }
  #skip(input: Input, out: boolean): void {
    if (out) this.#skipped.add(input);
    else this.#skipped.delete(input);
    this.draw();
  }

  /** Repeats everything up to the chosen step, if that is not what is shown already. */
  async run(): Promise<void> {
    const steps = this.#steps, at = this.#at;
    const state = JSON.stringify([this.recording.since, this.recording.inputs.length, this.#passes, at, steps.map((step) => "input" in step && this.#skipped.has(step.input))]);
    if (state === this.#drawn || this.#running) return;
    this.#running = true;
    let now = this.recording.since;
    const twin = await this.recording.twin(() => now);
    const into = await twin.inspect();
    const moment = async (): Promise<Moment> =>
      ({ segments: twin.segments, decisions: twin.decisions(), signals: (await twin.exportMine())?.signals ?? [] });
    let before: Moment | undefined;
    for (const [index, step] of steps.slice(0, at).entries()) {
      // The state before the last step is there to be compared with.
      if (index === at - 1) before = await moment();
      if ("pass" in step) now += step.pass * 1000;
      else {
        now = Math.max(now, step.input.at);
        if (!this.#skipped.has(step.input)) into?.repeat(step.input);
      }
    }
    this.#shown = { before, now: await moment() };
    this.#drawn = state;
    this.#running = false;
    twin.destroy();
  }

  /** Is what is shown what happened, whole? */
  get #whole(): boolean { return !this.#passes.length && !this.#skipped.size && this.#at === this.#steps.length; }

  show(seen: Seen): Part {
    const { text } = seen;
    const steps = this.#steps, at = this.#at;
    const names = [text.t("travel.start"), ...steps.map((step) => "pass" in step ? text.t("travel.passed", { time: text.time(step.pass) }) : inputInWords(text, step.input))];
    const current = names[at] ?? "";
    return section("travel", text.t("travel.title"), text.t("travel.lead"),
      h("div", { class: "simulation" },
        h("p", { class: "mark" }, text.t("travel.mark")),
        steps.length ? this.#scrubber(text, steps.length, at, current) : note(text.t("travel.nothing")),
        h("p", { class: "buttons" }, h("span", { id: "pass" }, text.t("travel.pass")),
          ...PASSES.map((time) => button(`pass-${time}`, text.time(time), () => this.pass(time), "small"))),
        steps.length > 0 && h("ol", { class: "steps", start: 0 }, ...names.map((name, index) => this.#line(text, name, index, at, steps[index - 1]))),
        this.recording.full && note(text.t("travel.full")),
        this.#shown && this.#result(seen, this.#shown),
        (this.#passes.length > 0 || this.#skipped.size > 0 || this.#chosen !== undefined)
          && h("p", { class: "buttons" }, button("travel-reset", text.t("travel.reset"), () => this.reset()))));
  }

  #scrubber(text: Text, all: number, at: number, current: string): Part {
    const value = text.t("travel.of", { step: at, all, what: current });
    return h("div", { class: "scrubber" },
      h("label", { for: "step" }, value),
      h("div", { class: "track" },
        h("button", { type: "button", class: "button small", "data-do": "step-back", "aria-label": text.t("travel.back"), disabled: at === 0, on: { click: () => this.go(at - 1) } }, "‹"),
        h("input", { type: "range", id: "step", min: 0, max: all, step: 1, is: { value: String(at) }, "aria-valuetext": value, on: { input: (event) => this.go(Number((event.target as HTMLInputElement).value)) } }),
        h("button", { type: "button", class: "button small", "data-do": "step-on", "aria-label": text.t("travel.on"), disabled: at === all, on: { click: () => this.go(at + 1) } }, "›")));
  }

  #line(text: Text, name: string, index: number, at: number, step: Step | undefined): Part {
    const input = step && "input" in step ? step.input : undefined;
    return h("li", { key: `step-${index}`, class: input && this.#skipped.has(input) && "skipped" },
      h("button", { type: "button", class: "step", "aria-current": index === at && "step", on: { click: () => this.go(index) } }, name),
      input && h("label", { class: "skip" }, h("input", {
        type: "checkbox", is: { checked: this.#skipped.has(input) },
        on: { change: (event) => this.#skip(input, (event.target as HTMLInputElement).checked) },
      }), h("span", {}, text.t("travel.skip"), h("span", { class: "hidden" }, ` ${name}`))));
  }

  #result({ text, mine }: Seen, { before, now }: { before: Moment | undefined; now: Moment }): Child {
    const entered = now.segments.filter((id) => before && !before.segments.includes(id));
    const gone = before?.segments.filter((id) => !now.segments.includes(id)) ?? [];
    const value = (all: Mine["signals"] | undefined, name: string) => all?.find((one) => one.name === name)?.value ?? null;
    const moved = now.signals.filter(({ name, value: it }) => before && value(before.signals, name) !== it);
    const turned = now.decisions.filter(({ slot, variant }) => before && before.decisions.find((one) => one.slot === slot)?.variant !== variant);
    const member = (id: string) => text.pair(text.dimension(id.split("/")[0]!), text.segment(id));
    const same = !entered.length && !gone.length && !moved.length && !turned.length;
    return h("div", { class: "moment", "data-is": "moment" },
      before && h("h4", {}, text.t("travel.changed")),
      before && (same ? note(text.t("travel.same")) : h("ul", { class: "changes" },
        ...moved.map(({ name, value: it }) => h("li", { key: name }, text.pair(text.signal(name), ""), h("s", {}, text.value(name, value(before.signals, name))), " → ", h("strong", {}, text.value(name, it)))),
        ...gone.map((id) => h("li", { key: `-${id}` }, h("span", { class: "tag out" }, text.t("travel.left")), " ", member(id))),
        ...entered.map((id) => h("li", { key: `+${id}`, "data-entered": id }, h("span", { class: "tag in" }, text.t("travel.entered")), " ", member(id))),
        ...turned.map(({ slot, variant }) => h("li", { key: `=${slot}` }, text.pair(text.slot(slot), ""), h("strong", {}, text.variant(variant)))))),
      h("h4", {}, text.t("travel.members")),
      h("ul", { class: "tags", "data-list": "simulated" }, ...now.segments.map((id) => h("li", { key: id, "data-segment": id, class: entered.includes(id) && "new" }, member(id)))),
      now.decisions.length > 0 && [h("h4", {}, text.t("travel.decisions")),
        h("ul", { class: "tags", "data-list": "versions" }, ...now.decisions.map(({ slot, variant }) => h("li", { key: slot, "data-slot": slot, "data-variant": variant }, text.pair(text.slot(slot), text.variant(variant)))))],
      this.#whole && note(h("span", { "data-is": "agreement" }, text.t(now.segments.join() === mine.segments.join() ? "travel.agrees" : "travel.differs"))));
  }
}

function inputInWords(text: Text, { call, what, tags, value }: Input): string {
  if (call === "mute") return text.pair(text.t(value ? "mute.button" : "mute.back"), text.segment(what));
  const held = Object.entries(tags).map(([key, all]) => `${key} ${all.map((one) => one === "~other" ? "…" : one).join(", ")}`);
  const said = call === "setContext" && !value ? [] : value === null ? [] : [call === "declare" || call === "setContext" ? text.value(what, value) : text.number(Number(value))];
  const name = call === "declare" ? what || text.t("travel.facts") : call === "setContext" ? text.maybe(`ctx.${what}`) ?? text.signal(what) : text.event(what);
  return [name, ...held, ...said].join(" · ");
}
