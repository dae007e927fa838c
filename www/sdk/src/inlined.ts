// Modules inside the script, as text: the core at once, the full one when it is asked for.
import core from "../wasm/fewbits_core_bg.wasm?base64";
import type { Bound } from "./load.js";

const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

export const inlined = {
  core: () => bytes(core),
  full: async () => bytes((await import("../wasm/fewbits_full_bg.wasm?base64")).default),
} satisfies Bound;
