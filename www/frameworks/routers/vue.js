import { createApp, defineComponent, h, onUnmounted, watch } from "vue";
import { createRouter, createWebHistory, RouterLink, RouterView } from "vue-router";
import { bindDom } from "/lab/sdk/dom.js";
import { fewbits, FewbitsSlot, useFewbits, useSegments } from "fewbits/vue";
import { startRoutes } from "../start.js";

const link = (id, to, text) => h(RouterLink, { id, to }, () => text);
const Frame = defineComponent({
  setup() {
    const fb = useFewbits();
    const segments = useSegments();
    let off;
    // The attributes of what the router brings in, beside the composables.
    watch(fb, (running) => { off ??= running && bindDom(running); }, { immediate: true });
    onUnmounted(() => off?.());
    return () => [
      h("nav", [link("home", "/", "Home"), " ", link("shelf", "/shelf", "Shelf"), " ", link("old", "/old", "Old")]),
      h("p", { id: "segments" }, segments.value.join(" ")),
      h(RouterView),
    ];
  },
});
const Home = defineComponent(() => () => [h("h1", "Home"), h(FewbitsSlot, { name: "hero", as: "section", id: "hero" }, { winter: () => h("h2", "Winter boots"), default: () => h("h2", "Welcome") })]);
const Shelf = defineComponent(() => () => [h("h1", "Shelf"), h("p", { id: "show", "data-fewbits-show": "visit/walk", hidden: "" }, "You walk.")]);

const router = createRouter({
  history: createWebHistory("/frameworks/router-vue"),
  routes: [{ path: "/", component: Home }, { path: "/shelf", component: Shelf }, { path: "/old", redirect: "/shelf" }],
});
const app = createApp(Frame).use(router).use(fewbits, { fewbits: startRoutes });
app.mount("#app");
window.end = () => app.unmount();
