// A site as a web server hands it out, with a policy that allows nothing but the site itself, and every request written down.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".json": "application/json",
  ".wasm": "application/wasm", ".fbk": "application/octet-stream",
};
export const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'nonce-smoke'; connect-src 'self'; img-src data:";

/** Serves a folder. `requests`: method and path of each; `missing`: those that no file answered. */
export async function serve(folder, { policy = POLICY } = {}) {
  const requests = [], missing = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    requests.push(`${request.method} ${request.url}`);
    let file = path.join(folder, path.normalize(decodeURIComponent(pathname)));
    if (existsSync(file) && statSync(file).isDirectory()) file = path.join(file, "index.html");
    if (!existsSync(file)) {
      missing.push(pathname);
      return response.writeHead(404, { "content-type": "text/plain" }).end("no");
    }
    const headers = { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream", "cache-control": "no-store" };
    response.writeHead(200, { ...headers, ...(policy && { "content-security-policy": policy }) });
    return createReadStream(file).pipe(response);
  });
  await new Promise((done, failed) => server.once("error", failed).listen(0, "127.0.0.1", done));
  return {
    url: `http://localhost:${server.address().port}`, requests, missing,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}
