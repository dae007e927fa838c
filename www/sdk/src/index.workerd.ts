// `fewbits` in workerd (Cloudflare Workers).
import core from "../wasm/fewbits_core_bg.wasm";
import { startAtEdge } from "./edge.js";
import type { Options } from "./types.js";

const full = async () => (await import("../wasm/fewbits_full_bg.wasm")).default;
export const createFewbits = (options: Options) => startAtEdge(options, { core: () => core, full });
