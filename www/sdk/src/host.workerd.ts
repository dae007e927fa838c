// workerd, the runtime of Cloudflare Workers: a module is had by importing it.
import core from "../wasm/fewbits_core_bg.wasm";
import { atEdge } from "./host.edge.js";

const full = async () => (await import("../wasm/fewbits_full_bg.wasm")).default;
/** The host of a new instance. */
export const here = () => atEdge({ core: () => core, full });
