import { renderToString } from "@vue/server-renderer";
import { createSSRApp } from "vue";
import { App, use } from "./app.js";

export const whole = () => renderToString(use(createSSRApp(App)));
