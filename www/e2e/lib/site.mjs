// The site under test: the shop and the lab pages behind the shop's own server, and in front of it a recorder that
// writes down every request whole, and can answer some of them otherwise.
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, request as ask } from "node:http";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compile } from "fewbits/node";
import { serve } from "../../demo/serve.mjs";
import { startCollector } from "./collector.mjs";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Puts the files of the site together: what is built, and the lab beside it. */
export async function assemble() {
  const root = await mkdtemp(path.join(os.tmpdir(), "fewbits-site-"));
  await cp(at("../../demo/dist"), root, { recursive: true });
  await cp(at("../pages"), path.join(root, "lab"), { recursive: true });
  await cp(at("../../sdk/dist"), path.join(root, "lab", "sdk"), { recursive: true });
  await cp(at("../../sdk/test/corpus.mjs"), path.join(root, "lab", "corpus.js"));
  for (const name of await readdir(path.join(root, "lab"))) {
    if (!name.endsWith(".book.json")) continue;
    const json = await readFile(path.join(root, "lab", name), "utf8");
    await writeFile(path.join(root, "lab", name.replace(/\.json$/, "")), await compile(json));
  }
  await build({ entryPoints: [at("../pages/tools.mjs")], bundle: true, format: "esm", outfile: path.join(root, "lab", "tools.js"), logLevel: "error" });
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const assets = new Set();
  for (const entry of entries.filter((it) => it.isFile())) {
    const file = `/${path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name))}`;
    assets.add(file).add(file.replace(/(^|\/)index\.html$/, "$1")).add(file.replace(/\.html$/, ""));
  }
  return {
    root,
    /** Every address that a file of the site answers to. */
    assets,
    book: JSON.parse(await readFile(at("../../demo/src/shop.book.json"), "utf8")),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

async function whole(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * Opens a site with an origin of its own. `early`: scripts of /lab/early that run before any other of every page.
 * `headers` are put on every answer. `collector`: the shop hands its reports on to a real one.
 */
export async function openSite(files, { early = [], headers = {}, collector = false } = {}) {
  const counts = collector ? await startCollector() : undefined;
  const servers = { allowed: await serve({ port: 0, root: files.root, collector: counts?.url }), blocked: await serve({ port: 0, root: files.root, wasm: false }) };
  let behind = servers.allowed;
  const requests = [];
  const answers = new Map();

  async function forward(request, body, response) {
    const { port } = new URL(behind.url);
    const forwarded = ask({ host: "127.0.0.1", port, method: request.method, path: request.url, headers: request.headers });
    forwarded.end(body);
    const answer = await new Promise((resolve, reject) => forwarded.once("response", resolve).once("error", reject));
    let content = await whole(answer);
    const sent = { ...answer.headers, ...headers };
    if (early.length && /^text\/html/.test(sent["content-type"] ?? "")) {
      const scripts = early.map((name) => `<script src="/lab/early/${name}.js"></script>`).join("");
      content = Buffer.from(content.toString("utf8").replace("<head>", `<head>${scripts}`));
      sent["content-length"] = content.length;
    }
    response.writeHead(answer.statusCode, sent).end(content);
  }

  const front = createServer((request, response) => {
    (async () => {
      const body = await whole(request);
      const { pathname } = new URL(request.url, "http://localhost");
      requests.push({ method: request.method, path: request.url, headers: request.headers, body: body.toString("utf8") });
      const other = answers.get(pathname);
      if (!other) return forward(request, body, response);
      response.writeHead(other.status ?? 200, { "content-type": other.type ?? "application/octet-stream", "cache-control": "no-cache" });
      response.end(other.body ?? "");
    })().catch(() => response.destroy());
  });
  await new Promise((resolve, reject) => front.once("error", reject).listen(0, "127.0.0.1", resolve));
  const url = `http://localhost:${front.address().port}`;

  return {
    url, files,
    /** Where the collector is, if the site has one. */
    collector: counts?.url,
    /** Every request so far: method, path, headers, body. */
    requests,
    reports: () => requests.filter(({ path: asked }) => asked.startsWith("/v1/report")),
    /** What the shop's server counted. */
    received: () => behind.received(),
    /** From now on a path answers with `{ status, type, body }`; without an answer, as it should. */
    answer: (asked, other) => other ? answers.set(asked, other) : answers.delete(asked),
    /** May WebAssembly be compiled? By the policy of the pages. */
    allowWasm: (allowed) => { behind = allowed ? servers.allowed : servers.blocked; },
    async close() {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
      await Promise.all([servers.allowed.close(), servers.blocked.close(), counts?.stop()]);
    },
  };
}
