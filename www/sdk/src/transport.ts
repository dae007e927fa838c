// The only file with a network. Two things pass: assets in, cleared reports out.
import { bare } from "./bare.js";
import type { Report } from "./report.js";

/** Fetches the book or a module. The answer may be any status. */
export const get = (address: URL | string): Promise<Response> => fetch(address);

/** Sends one cleared report, and nothing that a browser can leave out. Answers with the HTTP status, 0 without one. */
export function send(address: string, report: Report): Promise<number> {
  return fetch(address, bare<RequestInit>({
    method: "POST",
    body: report,
    headers: { "content-type": "application/json" },
    credentials: "omit",
    referrerPolicy: "no-referrer",
    cache: "no-store",
    // A redirect would carry the report to an address that the ledger does not name.
    redirect: "error",
    keepalive: true,
  })).then((answer) => answer.status, () => 0);
}
