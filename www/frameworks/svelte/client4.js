import App from "./App4.svelte";

const target = document.querySelector("#app");
const app = new App({ target, hydrate: target.firstChild !== null });
window.end = () => app.$destroy();
