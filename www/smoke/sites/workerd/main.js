import { createFewbits } from "fewbits";
import { createEvaluator } from "fewbits/evaluate";
import book from "./shop.book.fbk";
import { use } from "./use.js";

const evaluator = createEvaluator({ book });

export default {
  async fetch() {
    const { evaluate } = await evaluator;
    const fb = await createFewbits({ book, consent: { store: "granted", personalise: "granted" } });
    const { segments, decide } = evaluate({ context: { language: "de-CH" }, events: [{ event: "view", tags: { topic: "guides" } }] });
    return Response.json([await use(fb), { segments, hero: decide("hero").variant, note: decide("note").variant }]);
  },
};
