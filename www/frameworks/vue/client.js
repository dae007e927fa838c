import { createApp, createSSRApp } from "vue";
import { App, use } from "./app.js";

const place = document.querySelector("#app");
const app = use((place.firstChild ? createSSRApp : createApp)(App));
app.mount(place);
window.end = () => app.unmount();
