// Serves the built demo shop on this machine. Reports are handed on to a collector; without one
// it stands in for it: takes the exact wire form and counts in memory. Nothing about a sender is kept.
//
//   node demo/serve.mjs [--root DIR] [--port N] [--collector URL] [--no-wasm] [--open]
//
// or, in a test: const server = await serve({ port: 0 }); ... await server.close();

import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const REPORT_LIMIT = 1024;
const CELL_LIMIT = 10_000;
const REQUEST_LIMIT = 100_000;

const TYPES = new Map([
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".mjs", "text/javascript; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".json", "application/json; charset=utf-8"],
  [".map", "application/json; charset=utf-8"],
  [".webmanifest", "application/manifest+json"],
  [".txt", "text/plain; charset=utf-8"],
  [".wasm", "application/wasm"],
  [".svg", "image/svg+xml"],
  [".png", "image/png"],
  [".jpg", "image/jpeg"],
  [".webp", "image/webp"],
  [".avif", "image/avif"],
  [".ico", "image/x-icon"],
  [".woff2", "font/woff2"],
]);

/** The content security policy; without wasm, WebAssembly may not be compiled at all. */
export function policy(wasm = true) {
  return [
    "default-src 'none'",
    wasm ? "script-src 'self' 'wasm-unsafe-eval'" : "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

const NAME = /^[a-z][a-z0-9-]{0,63}$/;
const ANSWER = /^[a-z][a-z0-9-]{0,63}(\/[a-z][a-z0-9-]{0,63})*$/;
const EPOCH = /^\d{4}-W(0[1-9]|[1-4]\d|5[0-3])$/;

/** The report in these bytes if they are exactly the wire form, else undefined. */
export function parseReport(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (value === null || typeof value !== "object") return undefined;
  const { fewbits, book, version, epoch, question, answer } = value;
  const typed =
    fewbits === 1 &&
    typeof book === "string" && NAME.test(book) &&
    Number.isInteger(version) && version >= 1 && version <= 0xffff_ffff &&
    typeof epoch === "string" && EPOCH.test(epoch) &&
    typeof question === "string" && NAME.test(question) &&
    typeof answer === "string" && ANSWER.test(answer);
  if (!typed) return undefined;
  // Same keys, same order, no space: otherwise the form itself could carry something.
  const report = { fewbits, book, version, epoch, question, answer };
  return JSON.stringify(report) === text ? report : undefined;
}

/**
 * Starts the server. `wasm: false` leaves 'wasm-unsafe-eval' out of the policy.
 * `collector` is the address of a collector that reports are handed on to.
 * `received()` is what GET /v1/received answers, `requests()` the method and path of
 * everything that was asked for.
 */
export async function serve({ port = 8080, root = path.join(HERE, "dist"), wasm = true, host = "127.0.0.1", collector } = {}) {
  const base = path.resolve(root);
  const cells = new Map();
  const asked = [];
  let accepted = 0;
  let refused = 0;

  const received = () => ({ accepted, refused, counts: [...cells.values()].map((cell) => ({ ...cell })) });

  function take(text) {
    const report = parseReport(text);
    const cell = report && cells.get(text);
    if (!report || (!cell && cells.size >= CELL_LIMIT)) {
      refused += 1;
      return false;
    }
    accepted += 1;
    if (cell) cell.count += 1;
    else cells.set(text, { ...report, count: 1 });
    return true;
  }

  const headers = {
    "Content-Security-Policy": policy(wasm),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    // Not `no-store`: the back/forward cache has to work.
    "Cache-Control": "no-cache",
  };

  function answer(response, status, type, body = "") {
    response.writeHead(status, { ...headers, "Content-Type": type, "Content-Length": Buffer.byteLength(body) });
    response.end(body);
  }
  const say = (response, status, text) => answer(response, status, "text/plain; charset=utf-8", `${text}\n`);

  /** The collector gets the same bytes, and nothing of the request that they came in. */
  async function handOn(text, response) {
    let said;
    try {
      said = await fetch(new URL("/v1/report", collector), { method: "POST", headers: { "content-type": "application/json" }, body: text });
    } catch {
      return say(response, 503, "the collector does not answer");
    }
    if (said.status === 204) take(text);
    else refused += 1;
    response.writeHead(said.status, headers);
    response.end(await said.text());
  }

  async function report(request, response) {
    const chunks = [];
    let length = 0;
    for await (const chunk of request) {
      length += chunk.length;
      if (length <= REPORT_LIMIT) chunks.push(chunk);
    }
    if (length > REPORT_LIMIT) {
      refused += 1;
      return say(response, 413, `a report has at most ${REPORT_LIMIT} bytes`);
    }
    const text = Buffer.concat(chunks).toString("utf8");
    if (collector) return handOn(text, response);
    if (!take(text)) return say(response, 400, "not the wire form of a report");
    response.writeHead(204, headers);
    response.end();
  }

  async function file(request, response, pathname) {
    let name;
    try {
      name = decodeURIComponent(pathname);
    } catch {
      return say(response, 400, "not a path");
    }
    let full = path.resolve(base, `.${path.posix.normalize(`/${name}`)}`);
    if (name.includes("\0") || (full !== base && !full.startsWith(base + path.sep))) {
      return say(response, 404, "not found");
    }
    let found = await stat(full).catch(() => undefined);
    if (found?.isDirectory()) {
      if (!pathname.endsWith("/")) {
        response.writeHead(308, { ...headers, Location: `${pathname.replace(/^\/+/, "/")}/` });
        return response.end();
      }
      full = path.join(full, "index.html");
      found = await stat(full).catch(() => undefined);
    } else if (!found && path.extname(full) === "") {
      full += ".html";
      found = await stat(full).catch(() => undefined);
    }
    if (!found?.isFile()) return say(response, 404, "not found");
    const type = TYPES.get(path.extname(full).toLowerCase()) ?? "application/octet-stream";
    response.writeHead(200, { ...headers, "Content-Type": type, "Content-Length": found.size });
    if (request.method === "HEAD") return response.end();
    createReadStream(full).on("error", () => response.destroy()).pipe(response);
  }

  async function handle(request, response) {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (asked.length < REQUEST_LIMIT) asked.push({ method: request.method, path: request.url });
    const reading = request.method === "GET" || request.method === "HEAD";
    if (pathname === "/v1/report") {
      return request.method === "POST" ? report(request, response) : say(response, 405, "reports are posted");
    }
    if (!reading) return say(response, 405, "only GET and HEAD");
    if (pathname === "/v1/received") {
      return answer(response, 200, "application/json; charset=utf-8", JSON.stringify(received()));
    }
    return file(request, response, pathname);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => (response.headersSent ? response.destroy() : say(response, 500, "failed")));
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `http://localhost:${server.address().port}/`,
    received,
    requests: () => asked.slice(),
    close,
  };
}

function options(args) {
  const chosen = {};
  let open = false;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at];
    if (arg === "--no-wasm") chosen.wasm = false;
    else if (arg === "--open") open = true;
    else if (arg === "--root" && at + 1 < args.length) chosen.root = args[(at += 1)];
    else if (arg === "--collector" && URL.canParse(args[at + 1] ?? "")) chosen.collector = args[(at += 1)];
    else if (arg === "--port" && /^\d{1,5}$/.test(args[at + 1] ?? "")) chosen.port = Number(args[(at += 1)]);
    else throw new Error(`serve.mjs knows --root DIR, --port N, --collector URL, --no-wasm and --open, but got ${arg}`);
  }
  return { chosen, open };
}

function openBrowser(url) {
  if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return;
  const programs = { darwin: ["open", [url]], win32: ["cmd", ["/c", "start", "", url]] };
  const [program, args] = programs[process.platform] ?? ["xdg-open", [url]];
  // Nothing depends on it: the address is printed.
  spawn(program, args, { stdio: "ignore", detached: true }).on("error", () => {}).unref();
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const { chosen, open } = options(process.argv.slice(2));
    const { url } = await serve(chosen);
    const counted = chosen.collector ? `The collector's dashboard: ${new URL("/", chosen.collector)}` : `What was received: ${url}v1/received`;
    console.log(`The shop is open: ${url}\n${counted}\nStop with Ctrl-C.`);
    if (open) openBrowser(url);
  } catch (error) {
    const taken = error?.code === "EADDRINUSE" ? "; another program uses it, so choose one with --port" : "";
    console.error(`cannot serve: ${error.message}${taken}`);
    process.exitCode = 1;
  }
}
