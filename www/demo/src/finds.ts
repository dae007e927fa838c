// Twenty thousand used pieces. Each follows from its number alone, so that the catalogue holds only what ranking needs,
// and the page can say the rest.
import { PRODUCTS, type AisleId, type Product } from "./catalogue.ts";

export const FINDS = 20_000;

export type Weather = "cold" | "mild" | "hot";

export interface Find {
  id: string;
  product: Product;
  condition: string;
  story: string;
  size: string;
  /** In whole pounds. */
  price: number;
}

const CONDITIONS: [id: string, name: string, worth: number, stories: string[]][] = [
  ["as-new", "As new", 0.8, ["A present that was a size off", "Tried on in the hall, twice", "Bought for a holiday that was called off"]],
  ["good", "Good", 0.62, ["One careful summer", "Kept for best, and there was no best", "Two weekends in the Lakes"]],
  ["worn-in", "Worn in", 0.45, ["Broken in by somebody with your patience", "Waxed again last month", "New laces, old soul"]],
  ["much-loved", "Much loved", 0.28, ["Has been up everything within a day of Fernhill", "Mended at our bench, and proud of it", "Smells faintly of woodsmoke"]],
];

/** What weather a piece is for; what is for all of it comes with every answer. */
const FOR: Record<AisleId, Weather[]> = { boots: ["cold", "mild"], sandals: ["hot"], coats: ["cold"], tents: ["mild", "hot"], packs: ["mild"] };
const WARM = new Set(["fellfoot-trail", "headland-smock", "swift-tarp", "hayfield-ridge"]);

/** Numbers below 2^32 that follow from a number, well mixed: the finaliser of MurmurHash3. */
function dice(n: number): () => number {
  let state = n;
  return () => {
    state = (state + 0x9e37_79b9) >>> 0;
    let h = state;
    h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
}

const one = <T>(of: readonly T[], roll: number): T => of[roll % of.length]!;

function drawn(n: number) {
  const roll = dice(Math.imul(n + 1, 0x0100_0193) >>> 0);
  const product = one(PRODUCTS, roll());
  const condition = one(CONDITIONS, roll());
  const story = one(condition[3], roll());
  const size = product.sizes.length ? one(product.sizes, roll()) : "";
  const price = Math.max(5, Math.round(product.price * condition[2] * (0.85 + (roll() % 31) / 100)));
  return { product, condition, story, size, price, liked: roll() % 1000 };
}

/** The piece with this number. */
export function find(id: string): Find {
  const { product, condition, story, size, price } = drawn(Number(id));
  return { id, product, condition: condition[1], story, size, price };
}

/** All of them, as a catalogue is built from: one JSON text a line. */
export function* lines(): Generator<string> {
  for (let n = 0; n < FINDS; n += 1) {
    const { product, condition, size, price, liked } = drawn(n);
    const weather = WARM.has(product.slug) ? [...FOR[product.aisle], "hot"] : FOR[product.aisle];
    const tags = [
      `aisle:${product.aisle}`, `product:${product.slug}`, `condition:${condition[0]}`,
      ...(size ? [`size:${size}`] : []), ...[...new Set(weather)].map((it) => `weather:${it}`),
    ];
    yield JSON.stringify({ id: String(n), tags, price, popularity: liked });
  }
}
