// The same program in Node, Deno and Bun: what the package does without a page.
import { readFileSync } from "node:fs";
import { createFewbits } from "fewbits";
import { createEvaluator } from "fewbits/evaluate";
import { createFewbits as inlined } from "fewbits/inline";
import { initSync } from "fewbits/sync";
import { use } from "./use.js";

const book = new Uint8Array(readFileSync(new URL("shop.book.fbk", import.meta.url)));
const wasm = new Uint8Array(readFileSync(new URL("core.wasm", import.meta.url)));
const consent = { store: "granted", personalise: "granted" };
const told = [];
for (const fb of [await createFewbits({ book, consent }), await inlined({ book, consent }), initSync({ book, wasm, consent })]) {
  told.push(await use(fb));
  fb.destroy();
}
const { evaluate } = await createEvaluator({ book });
const { segments, decide } = evaluate({ context: { language: "de-CH" }, events: [{ event: "view", tags: { topic: "guides" } }] });
console.log(JSON.stringify([...told, { segments, hero: decide("hero").variant, note: decide("note").variant }]));
