import App from "./App4.svelte";

export const whole = () => App.render().html;
