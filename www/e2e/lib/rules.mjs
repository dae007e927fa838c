// What may be asked for, kept and sent: the rules that several scenarios share.
import assert from "node:assert/strict";

/** Everything that a page can keep, read without changing any of it. Runs in the page. */
async function kept() {
  return {
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    cookies: document.cookie,
    databases: ((await indexedDB.databases?.()) ?? []).map(({ name }) => name),
    caches: (await globalThis.caches?.keys()) ?? [],
    workers: ((await navigator.serviceWorker?.getRegistrations()) ?? []).length,
  };
}

export const NOTHING = { local: [], session: [], cookies: "", databases: [], caches: [], workers: 0 };

/** Nothing is kept, and nothing was even tried. */
export async function keepsNothing(page) {
  assert.deepEqual(await page.call(kept), NOTHING);
  assert.deepEqual(await page.spied("writes"), [], "something was written and taken back");
}

const plain = ({ method, path, headers, body }) =>
  method === "GET" && body === "" && headers.cookie === undefined && headers.referer === undefined && !path.includes("?");

/**
 * Every request is one for a file of the site, and tells nothing but that. Exceptions are named by `also`.
 * The server, the page itself and, in Chromium, the network stack are asked.
 */
export async function asksForAssetsOnly(page, also = []) {
  const { site } = page;
  const isAsset = (path) => site.files.assets.has(path);
  const isFile = (request) => plain(request) && isAsset(request.path);
  const isAllowed = (request) => also.some((allowed) => allowed(request));
  const others = site.requests.filter((request) => !isFile(request) && !isAllowed(request));
  assert.deepEqual(others.map(({ method, path, body }) => [method, path, body]), [], "requests that are none for an asset");

  const known = new Set(site.requests.map(({ path }) => site.url + path));
  const seen = [...await page.resources(), ...await page.network()].filter((address) => !/^(data|blob|about):/.test(address));
  assert.deepEqual(seen.filter((address) => !known.has(address)), [], "requests that never came to the site's server");
  assert.deepEqual(await page.spied("violations"), [], "the policy had to stop something");
}

export const isReport = ({ method, path }) => method === "POST" && path === "/v1/report";
export const isReceived = (request) => plain(request) && request.path === "/v1/received";

/** All that a browser cannot be kept from saying with a request, and what the report needs. */
const HEADERS = new Set([
  "host", "connection", "content-length", "content-type", "user-agent", "accept", "accept-encoding", "accept-language",
  "origin", "pragma", "cache-control", "priority", "te", "sec-gpc", "dnt",
  "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform",
]);

const WIRE = /^\{"fewbits":1,"book":"([a-z][a-z0-9-]*)","version":([1-9]\d*),"epoch":"(\d{4}-W\d\d)","question":"([a-z][a-z0-9-]*)","answer":"([a-z][a-z0-9-]*)"\}$/;

/** The ISO week of a time, as `2026-W48`. */
export function week(time) {
  const day = new Date(time);
  // The week belongs to the year of its Thursday.
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7));
  const year = day.getUTCFullYear();
  const number = Math.ceil(((day - Date.UTC(year, 0, 1)) / 86_400_000 + 1) / 7);
  return `${year}-W${String(number).padStart(2, "0")}`;
}

/** All answers that a question of a book may have: its segments, its groups, and the top of the ladder. */
function answers(book, question) {
  const { segments, groups = [], otherwise } = book.dimensions[question];
  const ids = [...segments, ...groups].map((it) => it.id ?? it);
  return [...ids, otherwise, "any"];
}

/** This request is exactly the report of this book, and nothing rides along. `times`: when it may have been made. */
export function isWireForm(request, book, times) {
  const form = WIRE.exec(request.body);
  assert.ok(form, `not the wire form: ${request.body}`);
  const [, name, version, epoch, question, answer] = form;
  assert.equal(name, book.book);
  assert.equal(Number(version), book.version);
  assert.ok(times.map(week).includes(epoch), `${epoch} is none of ${times.map(week)}`);
  assert.ok(Object.keys(book.report.questions).includes(question), `the book does not ask for ${question}`);
  assert.ok(answers(book, question).includes(answer), `${answer} is no answer to ${question}`);

  assert.equal(request.method, "POST");
  assert.equal(request.path, "/v1/report");
  const { headers } = request;
  assert.equal(headers["content-type"], "application/json");
  assert.equal(headers["content-length"], String(request.body.length));
  assert.equal(headers.cookie, undefined, "a cookie went along");
  assert.equal(headers.referer, undefined, "the address of the page went along");
  assert.deepEqual(Object.keys(headers).filter((header) => !HEADERS.has(header)), [], "headers that a report does not need");
}
