import { readFile } from "node:fs/promises";
import { createEvaluator } from "fewbits/evaluate";
import { Shop } from "./shop.js";

export const dynamic = "force-dynamic";
const evaluator = readFile("public/shop.book.fbk").then((book) => createEvaluator({ book }));

// On the server: what the request says, before the visitor's own browser knows better.
export default async function Page() {
  const { segments, decide } = (await evaluator).evaluate({ events: [{ event: "view", tags: { topic: "news" } }] });
  return <main><p id="server">{[...segments, decide("hero").variant].join(" ")}</p><Shop /></main>;
}
