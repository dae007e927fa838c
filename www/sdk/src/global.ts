// `fewbits.global.js`: for pages without a bundler, as a classic script. `window.fewbits` is a function that takes commands,
// before the script is there (the stub of the page keeps them) and after.
import { here } from "./host.js";
import { onDemand } from "./ondemand.js";
import { scriptData } from "./script.js";
import { start } from "./start.js";
import type { Fewbits, Options } from "./types.js";

/** `fewbits("start", options)` once; `fewbits("track", "view")` and so on for every method; `fewbits((fb) => ...)` for all
 * else. What comes before the start waits for it, and all of it happens in order. */
export interface Commands {
  (command: "start", options: Options): void;
  (command: Method, ...given: unknown[]): void;
  (work: (fb: Fewbits) => void): void;
  /** What the stub has kept. */
  q?: ArrayLike<unknown>[];
}
type Method = { [K in keyof Fewbits]: Fewbits[K] extends (...given: never[]) => unknown ? K : never }[keyof Fewbits];

declare global {
  interface Window {
    fewbits?: Commands;
  }
}

const waiting: unknown[][] = [];
let fb: Fewbits | undefined;
let started = false;

/** A mistake of the page, told where its own mistakes are; nothing is thrown into it. */
const mistake = (error: unknown): void => {
  setTimeout(() => { throw error; });
};

function carryOut([command, ...given]: unknown[]): void {
  try {
    if (typeof command === "function") command(fb);
    else {
      const method = fb![command as Method] as unknown;
      if (typeof method !== "function") throw new TypeError(`[fewbits] there is no command "${String(command)}"`);
      Promise.resolve(method(...given)).catch(mistake);
    }
  } catch (error) {
    mistake(error);
  }
}

function take(call: unknown[]): void {
  if (call[0] !== "start") {
    if (fb) carryOut(call);
    else waiting.push(call);
  } else if (!started) {
    started = true;
    void start(call[1] as Options, here(), onDemand).then((running) => {
      fb = running;
      waiting.splice(0).forEach(carryOut);
    });
  }
}

const { q = [] } = window.fewbits ?? {};
window.fewbits = ((...call: unknown[]) => take(call)) as Commands;
// Without a script of its own a page can say it where this one is named.
const { book, collector } = scriptData;
for (const call of q) take(Array.from(call));
if (book) take(["start", { book, ...(collector && { collector }) }]);
