import { createEvaluator } from "fewbits/evaluate";

export const runtime = "edge";

export async function GET(request) {
  const book = new Uint8Array(await (await fetch(new URL("/shop.book.fbk", request.url))).arrayBuffer());
  const { evaluate } = await createEvaluator({ book });
  return Response.json(evaluate({ events: [{ event: "view", tags: { topic: "guides" } }] }));
}
