import { createFewbits } from "fewbits";
import { createEvaluator } from "fewbits/evaluate";
import book from "./shop.book.fbk";

const evaluator = createEvaluator({ book });

export default {
  async fetch() {
    const { evaluate } = await evaluator;
    const fb = await createFewbits({ book });
    fb.track("view", { topic: "guides" });
    const live = { segments: fb.segments, why: (await fb.explain("interest/guides")).holds };
    return Response.json([live, evaluate({ events: [{ event: "view", tags: { topic: "guides" } }] })]);
  },
};
