// Starting, and failing to: what a page gets for every kind of book and module, good or bad.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import * as web from "../dist/index.js";
import { BookError, check, compile, createFewbits, loadBook } from "../dist/node.js";
import { BOOK, bytes, listen } from "./lib.mjs";

let server, origin, quiet;
const answers = {
  "/book.bin": [200, bytes, "application/octet-stream"],
  "/book.json": [200, JSON.stringify(BOOK), "application/json"],
  "/html": [200, "\n<!doctype html><title>Shop</title>", "text/html"],
  "/text": [200, "hello", "text/plain"],
  "/empty": [200, "", "application/json"],
  "/broken": [500, "no", "text/plain"],
  "/core.wasm": [200, await readFile(new URL("../dist/fewbits_core_bg.wasm", import.meta.url)), "application/wasm"],
};
before(async () => {
  server = createServer((request, response) => {
    const [status, body, type] = answers[request.url] ?? [404, "no", "text/plain"];
    response.writeHead(status, { "content-type": type }).end(body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${server.address().port}`;
  quiet = listen();
});
after(() => {
  quiet.stop();
  server.closeAllConnections();
  server.close();
});

const start = (book, more) => createFewbits({ book, ...more });

test("every kind of book starts", async () => {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  for (const book of [bytes, buffer, BOOK, JSON.stringify(BOOK), `${origin}/book.bin`, new URL(`${origin}/book.json`)]) {
    const fb = await start(book);
    assert.equal(fb.ok, true, fb.error?.message);
    assert.deepEqual(fb.segments, ["lifecycle/new", "interest/any", "told/other", "where/plain"]);
    fb.destroy();
  }
});

const refusals = {
  "an address that is not there": ["/nothing", "book-not-found"],
  "a server that fails": ["/broken", "book-unreachable"],
  "a page instead of a book": ["/html", "book-is-html"],
  "a text": ["/text", "book-not-json"],
  "an empty file": ["/empty", "book-not-json"],
};
for (const [what, [path, code]] of Object.entries(refusals)) {
  test(`${what}: ${code}, and an object that can be used`, async () => {
    const told = [];
    const said = quiet.said.length;
    const fb = await start(origin + path, { onError: (error) => told.push(error) });
    assert.equal(fb.ok, false);
    assert.equal(fb.error.code, code);
    assert.ok(fb.error.message && fb.error.help);
    assert.deepEqual(told, [fb.error]);
    assert.equal(quiet.said.length, said + 1, "one line on the console");
    assert.deepEqual(fb.segments, []);
    assert.equal(fb.is("lifecycle/new"), false);
    assert.equal(fb.track("view"), 0);
    assert.equal(fb.declare({ weather: "cold" }, { replace: true }), 0);
    assert.equal(fb.setContext({ season: "winter" }), 0);
    assert.equal(fb.engage({ dwell: 3 }), 0);
    assert.equal(fb.flags.length, 0);
    fb.on("change", () => assert.fail())();
    assert.equal(await fb.explain("lifecycle/new"), null);
    assert.deepEqual(await fb.report(), { status: "withheld", reason: "not-running" });
    assert.deepEqual(await fb.ledger(), []);
    assert.equal(await fb.exportMine(), null);
    await fb.setConsent({ store: "granted" });
    await fb.forget();
    fb.destroy();
  });
}

test("an address without a server: book-unreachable", async () => {
  assert.equal((await start("http://127.0.0.1:1/book")).error.code, "book-unreachable");
});
test("the address that was not found is named", async () => {
  assert.match((await start(`${origin}/nothing`)).error.message, /\/nothing/);
});
test("options that are none: bad-option", async () => {
  for (const options of [undefined, null, {}, { book: null }, { book: 7 }]) {
    const fb = await createFewbits(options);
    assert.equal(fb.error.code, "bad-option");
  }
});

test("a book with errors: book-invalid, with line and column of each", async () => {
  const text = JSON.stringify({ ...BOOK, surprise: 1, version: -1 }, null, 2);
  const fb = await start(text);
  assert.equal(fb.error.code, "book-invalid");
  assert.match(fb.error.message, /line \d+, column \d+/);
  assert.ok(fb.error.diagnostics.length >= 2);
  assert.deepEqual(fb.segments, ["lifecycle/new", "interest/any", "told/other", "where/plain"], "each `otherwise`");
  assert.equal(fb.is("lifecycle/new"), true);
  assert.equal(fb.is("lifecycle/rich"), false);
});
test("a book that is not JSON: book-not-json, with the place", async () => {
  const fb = await start('{ "fewbits": 1, }');
  assert.equal(fb.error.code, "book-not-json");
  assert.match(fb.error.message, /line 1/);
});
test("a damaged book: book-corrupt; a newer one: book-newer; a short one: refused", async () => {
  const damaged = bytes.slice();
  damaged[damaged.length - 1] ^= 1;
  assert.equal((await start(damaged)).error.code, "book-corrupt");
  const newer = bytes.slice();
  newer[3]++;
  assert.equal((await start(newer)).error.code, "book-newer");
  for (let length = 1; length < bytes.length; length += 41) {
    assert.equal((await start(bytes.slice(0, length))).error.code, "book-corrupt");
  }
});

test("a module that is not there, or is none: wasm-failed, and a JSON book's `otherwise`", async () => {
  // A fresh copy of the package, because a loaded module stays loaded.
  const fresh = await import("../dist/index.js?fresh");
  const core = await readFile(new URL("../dist/fewbits_core_bg.wasm", import.meta.url));
  for (const wasm of [`${origin}/none.wasm`, `${origin}/html`, new Uint8Array([1, 2, 3])]) {
    const fb = await fresh.createFewbits({ book: bytes, wasm });
    assert.equal(fb.error.code, "wasm-failed");
  }
  const blocked = WebAssembly.Module;
  WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError("blocked by CSP"); } };
  const fb = await fresh.createFewbits({ book: bytes, wasm: new Uint8Array([1, 2, 3]) });
  WebAssembly.Module = blocked;
  assert.equal(fb.error.code, "wasm-blocked");
  assert.match(fb.error.help, /wasm-unsafe-eval/);
  // A failed attempt is not the last one.
  for (const wasm of [core, new WebAssembly.Module(core)]) {
    assert.equal((await fresh.createFewbits({ book: bytes, wasm })).ok, true);
  }
});
test("the module as an address and as a response", async () => {
  for (const name of ["address", "response"]) {
    const { createFewbits } = await import(`../dist/index.js?${name}`);
    const wasm = name === "address" ? `${origin}/core.wasm` : await fetch(`${origin}/core.wasm`);
    assert.equal((await createFewbits({ book: bytes, wasm })).ok, true);
  }
});
test("two at once share one module", async () => {
  const { createFewbits } = await import("../dist/index.js?both");
  const both = await Promise.all([1, 2].map(() => createFewbits({ book: bytes, wasm: `${origin}/core.wasm` })));
  for (let i = 0; i < 3; i++) both[0].track("view");
  assert.deepEqual(both.map((fb) => fb.is("lifecycle/active")), [true, false]);
});
test("without storage at all it runs in memory, and without a word", async () => {
  const said = quiet.said.length;
  const core = await readFile(new URL("../dist/fewbits_core_bg.wasm", import.meta.url));
  const fb = await web.createFewbits({ book: bytes, wasm: core, consent: { store: "granted" } });
  assert.equal(fb.ok, true);
  fb.track("view");
  assert.equal(quiet.said.length, said);
});

test("in Node: a book from a file, and what is wrong with one", async () => {
  const { mkdtemp, rm, writeFile } = await import("node:fs/promises");
  const { tmpdir } = await import("node:os");
  const { join } = await import("node:path");
  const folder = await mkdtemp(join(tmpdir(), "fewbits-"));
  try {
    await writeFile(join(folder, "a.json"), "\uFEFF" + JSON.stringify(BOOK, null, 2));
    await writeFile(join(folder, "a.book"), bytes);
    for (const name of ["a.json", "a.book"]) {
      assert.deepEqual(await loadBook(join(folder, name)), new Uint8Array(bytes));
      assert.equal((await start(join(folder, name))).ok, true);
    }
    assert.equal((await start(join(folder, "b.json"))).error.code, "book-not-found");
  } finally {
    await rm(folder, { recursive: true });
  }
  assert.deepEqual(await check(BOOK), []);
  const findings = await check({ ...BOOK, surprise: 1 });
  assert.equal(findings[0].severity, "error");
  assert.ok(findings[0].line > 1 && findings[0].column > 0);
  await assert.rejects(compile({ ...BOOK, surprise: 1 }), (error) =>
    error instanceof BookError && error.diagnostics.length === 1 && /surprise/.test(error.message));
});
