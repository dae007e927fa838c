// The edge runtime of Vercel and Next.js: a module is had by importing it, and asking for it as one.
import core from "../wasm/fewbits_core_bg.wasm?module";
import { atEdge } from "./host.edge.js";

const full = async () => (await import("../wasm/fewbits_full_bg.wasm?module")).default;
/** The host of a new instance. */
export const here = () => atEdge({ core: () => core, full });
