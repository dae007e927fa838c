// A book that the compiler knows: ids that are not in it do not compile. No call here is ever run.
import { createFewbits, type CompiledBook, type Fewbits, type NamesOf } from "fewbits";
import { createEvaluator } from "fewbits/evaluate";
import { createFewbits as inlined } from "fewbits/inline";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <A, B>(_: Same<A, B>): void => undefined;

export const book = {
  fewbits: 1, book: "shop", version: 1,
  signals: {
    views: { count: "view", within: "7d" },
    spend: { sum: "purchase", within: "365d", max: 2000 },
    left: { sequence: ["cart", "!purchase", { event: "view", where: { aisle: "boots" } }, { not: "help" }], within: "2d" },
    aisle: { top: "aisle", half_life: "14d", weights: { view: 1, wish: 2 } },
    weather: { declared: ["cold", "hot"] },
    member: { declared: "boolean" },
    age: { declared: "number", min: 0, max: 120 },
  },
  dimensions: {
    lifecycle: { why: "greet", segments: [{ id: "active", when: { views: { $gte: 3 } } }], otherwise: "new" },
    interest: {
      why: "lead", groups: ["footwear", { id: "shoes", under: "footwear" }],
      segments: [{ id: "boots", under: "footwear", when: { aisle: "boots" } }], otherwise: "any",
    },
  },
  decisions: {
    hero: { why: "lead", variants: ["winter", "plain"], choose: [{ when: { interest: "boots" }, show: "winter" }], otherwise: "plain" },
    banner: { why: "sell", variants: ["sale", "none"], choose: [], otherwise: "none" },
  },
} as const;

same<NamesOf<typeof book>["segment"], "lifecycle/active" | "lifecycle/new" | "interest/boots" | "interest/any">(true);
same<NamesOf<typeof book>["group"], "lifecycle/any" | "interest/any" | "interest/footwear" | "interest/shoes">(true);
same<NamesOf<typeof book>["slots"], { hero: "winter" | "plain"; banner: "sale" | "none" }>(true);
same<NamesOf<typeof book>["event"], "view" | "purchase" | "cart" | "help" | "wish">(true);
same<NamesOf<typeof book>["facts"], { weather: "cold" | "hot"; member: boolean; age: number }>(true);

export async function known(): Promise<void> {
  const fb = await createFewbits({ book });
  fb.is("interest/boots");
  fb.is("interest/footwear");
  fb.is("lifecycle/any");
  fb.track("view");
  fb.track("an event that no signal counts");
  fb.declare({ weather: "cold", member: true, age: null });
  fb.on("change", ({ entered }) => entered.includes("lifecycle/new"));
  const held: "lifecycle/active" | "lifecycle/new" | "interest/boots" | "interest/any" | undefined = fb.segments[0];

  const { variant } = fb.decide("hero");
  if (variant === "winter") fb.decide("banner");
  // @ts-expect-error a hero is never on sale
  if (variant === "sale") fb.decide("banner");
  // @ts-expect-error no such slot
  fb.decide("footer");
  const places: readonly ("hero" | "banner")[] = fb.slots;

  // @ts-expect-error there are no boats
  fb.is("interest/boats");
  // @ts-expect-error nor is there such a dimension
  await fb.explain("interests/boots");
  // @ts-expect-error of another kind
  fb.declare({ member: "yes" });
  // @ts-expect-error not on the list
  fb.declare({ weather: "mild" });
  // @ts-expect-error not declared
  fb.declare({ wether: "cold" });
  // @ts-expect-error no such segment
  fb.on("change", ({ entered }) => entered.includes("lifecycle/gone"));

  // The same where the book comes from elsewhere and only its type is at hand; and where it is written in place.
  for (const other of [
    await createFewbits<typeof book>({ book: "/shop.book.fbk" }), await inlined({ book }),
    await createFewbits({ book: new Uint8Array() as CompiledBook<NamesOf<typeof book>> }),
  ]) {
    other.is("interest/boots");
    // @ts-expect-error there are no boats
    other.is("interest/boats");
  }
  const inPlace = await createFewbits({ book: { fewbits: 1, signals: {}, dimensions: { told: { why: "", segments: [], otherwise: "other" } } } });
  inPlace.is("told/other");
  // @ts-expect-error there is no such segment
  inPlace.is("told/me");

  // Who takes any book takes this one.
  const any: Fewbits = fb;
  any.is("whatever");
  void [held, places];
}

export async function unknown(fetched: object): Promise<void> {
  for (const book of ["/shop.book.json", new URL("https://shop.example/shop.book.fbk"), new Uint8Array(), fetched]) {
    const fb = await createFewbits({ book });
    fb.is("whatever/it-says");
    fb.declare({ anything: 3 });
    same<typeof fb, Fewbits>(true);
  }
}

export async function widened(json: { signals: Record<string, object>; dimensions: { told: { segments: { id: string }[]; otherwise: string } } }): Promise<void> {
  const fb = await createFewbits({ book: json });
  fb.is("told/anything");
  // @ts-expect-error of a book that TypeScript read as JSON, only the dimensions are known
  fb.is("untold/anything");
}

export async function evaluated(): Promise<void> {
  const { evaluate, slots } = await createEvaluator({ book });
  same<typeof slots, readonly ("hero" | "banner")[]>(true);
  const { decide, segments } = evaluate({ facts: { weather: "cold" }, events: [{ event: "view" }, { event: "another" }], seed: "0".repeat(32) });
  segments.includes("interest/boots");
  const variant: "winter" | "plain" | "" = decide("hero").variant;
  // @ts-expect-error no such slot
  decide("footer");
  // @ts-expect-error not on the list
  evaluate({ facts: { weather: "mild" } });
  // @ts-expect-error there are no boats
  segments.includes("interest/boats");
  // Of a book whose type is not known, any text is a name.
  (await createEvaluator({ book: new Uint8Array() })).evaluate().decide("anything");
  void variant;
}
