// `fewbits` in the edge runtime (Vercel, Next.js).
import core from "../wasm/fewbits_core_bg.wasm?module";
import { startAtEdge } from "./edge.js";
import type { Options } from "./types.js";

const full = async () => (await import("../wasm/fewbits_full_bg.wasm?module")).default;
export const createFewbits = (options: Options) => startAtEdge(options, { core: () => core, full });
