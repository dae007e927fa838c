import { createEvaluator } from "fewbits/evaluate";

export const runtime = "edge";

export async function GET(request) {
  const book = new Uint8Array(await (await fetch(new URL("/shop.book.fbk", request.url))).arrayBuffer());
  const { evaluate } = await createEvaluator({ book });
  const { segments, decide } = evaluate({ context: { language: "de-CH" }, events: [{ event: "view", tags: { topic: "guides" } }] });
  return Response.json({ segments, hero: decide("hero").variant, note: decide("note").variant });
}
