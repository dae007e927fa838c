// The same program in Node, Deno and Bun: what the package does without a page.
import { readFileSync } from "node:fs";
import { createFewbits } from "fewbits";
import { createEvaluator } from "fewbits/evaluate";
import { createFewbits as inlined } from "fewbits/inline";
import { initSync } from "fewbits/sync";

const book = new Uint8Array(readFileSync(new URL("shop.book.fbk", import.meta.url)));
const wasm = new Uint8Array(readFileSync(new URL("core.wasm", import.meta.url)));
const told = [];
for (const fb of [await createFewbits({ book }), await inlined({ book }), initSync({ book, wasm })]) {
  fb.track("view", { topic: "guides" });
  told.push({ segments: fb.segments, why: (await fb.explain("interest/guides")).holds });
  fb.destroy();
}
const { evaluate } = await createEvaluator({ book });
console.log(JSON.stringify([...told, evaluate({ events: [{ event: "view", tags: { topic: "guides" } }] })]));
