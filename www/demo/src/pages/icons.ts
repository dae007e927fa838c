import { raw, type Html } from "./html.ts";

const icon = (body: string): Html =>
  raw(`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round">${body}</svg>`);

export const ICONS = {
  eye: icon(`<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z"/><circle cx="12" cy="12" r="2.8"/>`),
  basket: icon(`<path d="M4 9.5h16l-1.6 9a1.8 1.8 0 0 1-1.8 1.5H7.4a1.8 1.8 0 0 1-1.8-1.5L4 9.5ZM8 9.5 11 4m5 5.5L13 4"/>`),
  close: icon(`<path d="m6 6 12 12M18 6 6 18"/>`),
  needle: icon(`<path d="M20 4 9 15m0 0-4.5 4.5M9 15c3 4 8 4 9 0s-4-5-6-3"/><circle cx="18.7" cy="5.3" r=".6"/>`),
  parcel: icon(`<path d="m12 3 8 4v10l-8 4-8-4V7l8-4ZM4 7l8 4 8-4M12 11v10"/>`),
  leaf: icon(`<path d="M5 19C4 9 10 4 20 4c0 10-5 16-15 15Zm0 0c2-5 5-8 9-10"/>`),
  arrow: icon(`<path d="M5 12h14m-5-5 5 5-5 5"/>`),
  lock: icon(`<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>`),
  group: icon(`<circle cx="8" cy="9" r="3"/><circle cx="16.5" cy="10" r="2.4"/><path d="M2.8 19c.4-3.4 2.5-5 5.2-5s4.8 1.6 5.2 5m1-4.3c3.600-1 6.200.6 6.800 3.800"/>`),
  out: icon(`<path d="M12 15V4m-4 4 4-4 4 4M5 14v4.500A1.500 1.500 0 0 0 6.500 20h11a1.500 1.500 0 0 0 1.500-1.500V14"/>`),
  clock: icon(`<circle cx="12" cy="12" r="8.500"/><path d="M12 7.500V12l3 2"/>`),
};

/** The shop's mark: a fern on a hill. */
export const MARK = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="31" fill="#2f5a45"/><path d="M4 45c10-9 19-10 28-7s18 4 28-1A31 31 0 0 1 4 45Z" fill="#8fae98"/><path d="M7 49c12-5 25-6 50-1A31 31 0 0 1 7 49Z" fill="#d9dfca"/><g fill="none" stroke="#f7f4ed" stroke-linecap="round" stroke-width="2.600"><path d="M31 47C30 34 31 22 38 11"/><path d="M31 40c-6-1-9-4-11-8m11 2c-5-1-8-4-9-7m9.500 1c-4-1-6-3-7-6m8.500 1c-3-1-4-3-4-5M31 40c6-1 10-3 13-7M31.300 34c5-1 9-3 11-6m-10 0c4-1 7-2 9-5m-7-1c3 0 5-1 6.500-3"/></g></svg>`;
