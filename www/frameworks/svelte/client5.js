import { hydrate, mount, unmount } from "svelte";
import App from "./App5.svelte";

const target = document.querySelector("#app");
const app = (target.firstChild ? hydrate : mount)(App, { target });
window.end = () => unmount(app);
