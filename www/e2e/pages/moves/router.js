// A router as pages write it themselves: by the Navigation API where there is one and the address asks for it, else by history.
import { bindDom } from "/lab/sdk/dom.js";
import { createFewbits } from "/lab/sdk/index.js";

const [, how, book = "moves"] = /^\?(\w+)(?:&(\w+))?/.exec(location.search) ?? [];
const main = document.querySelector("main");

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
function draw() {
  const template = make("template", { "data-fewbits-variant": "guides" });
  template.content.append(make("p", {}, "Read on."));
  main.replaceChildren(
    make("h1", {}, location.pathname + location.search + location.hash),
    make("section", { id: "slot", "data-fewbits-slot": "hero" }, make("p", {}, "Begin here."), template),
    make("p", { id: "show", "data-fewbits-show": "visit/walk", hidden: "" }, "You walk."),
  );
}
const byApi = how === "api" && "navigation" in window;
const intercept = (event) => {
  if (event.canIntercept && !event.hashChange && event.navigationType !== "replace") event.intercept({ focusReset: "manual", handler: draw });
};
if (byApi) navigation.addEventListener("navigate", intercept);
else addEventListener("popstate", draw);
draw();

window.go = {
  push: (address) => {
    if (byApi) return navigation.navigate(address).finished.then(() => undefined);
    history.pushState(null, "", address);
    draw();
  },
  /** In a transition, with what the visitor does there: the answer is what stands there when the new view is first seen. */
  turn: async (address) => {
    const turn = () => {
      window.fb.track("view", { topic: "guides" });
      return window.go.push(address);
    };
    const { ready, finished } = document.startViewTransition?.(turn) ?? { ready: turn() };
    await ready;
    await new Promise((seen) => { requestAnimationFrame(seen); });
    const first = main.innerText;
    await finished;
    return { first, last: main.innerText };
  },
};
window.fb = await createFewbits({ book: `/lab/${book}.book`, consent: { store: "granted", personalise: "granted" } });
const endDom = bindDom(window.fb);
window.end = () => {
  endDom();
  window.fb.destroy();
};
