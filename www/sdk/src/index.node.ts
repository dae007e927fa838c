// `fewbits` in Node, Deno and Bun.
export { createFewbits } from "./process.js";
