import { StrictMode } from "react";
import { renderToPipeableStream, renderToString } from "react-dom/server";
import { Writable } from "node:stream";
import { App } from "./app.jsx";

const app = <StrictMode><App /></StrictMode>;

export const whole = () => renderToString(app);

export const streamed = () => new Promise((done, failed) => {
  let html = "";
  const { pipe } = renderToPipeableStream(app, { onError: failed, onAllReady: () => pipe(into) });
  const into = new Writable({
    write: (chunk, _encoding, next) => { html += chunk; next(); },
    final: (next) => { done(html); next(); },
  });
});
