import { defineComponent, h } from "vue";
import { fewbits, FewbitsSlot, useDecision, useFewbits, useIs, useSegments } from "fewbits/vue";
import { initial, start } from "../start.js";

const Facts = defineComponent({
  setup() {
    const fb = useFewbits();
    const segments = useSegments();
    const is = useIs("interest/footwear");
    const decision = useDecision("hero");
    return () => [
      h("p", { id: "segments" }, segments.value.join(" ")),
      h("p", { id: "is" }, is.value ? "yes" : "no"),
      h("p", { id: "decision" }, decision.value.variant),
      h("button", { id: "boots", type: "button", disabled: !fb.value, onClick: () => fb.value.track("boots") }, "Boots"),
    ];
  },
});

export const App = defineComponent({
  setup: () => () => h("div", [
    h("h1", "Vue"),
    h(Facts),
    h(FewbitsSlot, { name: "hero", as: "section", id: "hero" }, { winter: () => h("h2", "Winter boots"), default: () => h("h2", "Welcome") }),
    h(FewbitsSlot, { name: "note", id: "note" }, {
      warm: () => h("p", "Warm feet"),
      default: () => h("p", ["Cool ", h("input", { id: "field", "aria-label": "A field" })]),
    }),
  ]),
});

export const use = (app) => app.use(fewbits, { fewbits: start, initial });
