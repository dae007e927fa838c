import App from "./App.svelte";

export const whole = () => App.render().html;
