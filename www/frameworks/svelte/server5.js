import { render } from "svelte/server";
import App from "./App5.svelte";

export const whole = () => render(App).body;
