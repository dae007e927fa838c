// The shop's clock. It can be moved, so that a visitor can watch the shop forget.
import { keep, recall } from "./keep.ts";

let ahead = Number(recall("clock")) || 0;

/** Milliseconds since 1970, as the shop believes. */
export const clock = (): number => Date.now() + ahead;
export const isAhead = (): boolean => ahead !== 0;

export function jump(seconds: number | "now"): void {
  ahead = seconds === "now" ? 0 : ahead + seconds * 1000;
  keep("clock", String(ahead));
}
