import { StrictMode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { App } from "./app.jsx";

const place = document.querySelector("#app");
const app = <StrictMode><App /></StrictMode>;
const root = place.firstChild ? hydrateRoot(place, app, { onRecoverableError: (error) => console.error(error) }) : createRoot(place);
if (!place.firstChild) root.render(app);
window.end = () => root.unmount();
