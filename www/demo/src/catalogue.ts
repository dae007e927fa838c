import { boot, type Boot } from "./draw/boots.ts";
import { coat, type Coat } from "./draw/coats.ts";
import { studio, type Shadow } from "./draw/kit.ts";
import { pack, type Pack } from "./draw/packs.ts";
import { sandals, type Sandal } from "./draw/sandals.ts";
import { tent, type Tent } from "./draw/tents.ts";

export type AisleId = "boots" | "sandals" | "coats" | "tents" | "packs";

export interface Aisle {
  id: AisleId;
  name: string;
  line: string;
  intro: string;
  /** The product whose picture stands for the aisle. */
  face: string;
}

export interface Product {
  slug: string;
  name: string;
  aisle: AisleId;
  /** In whole pounds. */
  price: number;
  line: string;
  text: string;
  facts: [string, string][];
  sizes: string[];
  picture: string;
}

export const AISLES: Aisle[] = [
  { id: "boots", name: "Boots", line: "For the long way home", intro: "Welted, resoled, waxed and worn in. Every pair can come back to our bench for new soles.", face: "ridgeline-mid" },
  { id: "sandals", name: "Sandals", line: "For rivers and late evenings", intro: "Cork, leather and webbing for warm ground, wet stones and the walk back from the water.", face: "quayside-two" },
  { id: "coats", name: "Coats", line: "For whatever blows in", intro: "Wax, wool and down, cut to move in. Pockets where hands expect them.", face: "sleet-shell" },
  { id: "tents", name: "Tents", line: "For a roof you can carry", intro: "Shelters that stand up to a hillside in October and go up in the last of the light.", face: "heron-dome" },
  { id: "packs", name: "Packs", line: "For all of it, on your back", intro: "Honest canvas, good buckles and straps that lie flat, from a day out to a month away.", face: "drover-ruck" },
];

const SHOES = ["37", "38", "39", "40", "41", "42", "43", "44", "45", "46"];
const CLOTHES = ["XS", "S", "M", "L", "XL", "XXL"];
const WALLS = { sand: "#e6dac4", mist: "#d3dedd", moss: "#d9dfca", clay: "#ecd3c4", sky: "#d2dfe8", stone: "#dedad2" };
type Wall = keyof typeof WALLS;

const lift = (body: string, dy: number, scale = 1) => `<g transform="translate(${240 - 240 * scale} ${390 - 390 * scale + dy}) scale(${scale})">${body}</g>`;
const SHADOW: Record<AisleId, Shadow | undefined> = {
  boots: { x: 256, y: 378, rx: 165, ry: 15 },
  sandals: undefined,
  coats: { x: 240, y: 446, rx: 96, ry: 7 },
  tents: { x: 240, y: 394, rx: 215, ry: 17 },
  packs: { x: 240, y: 402, rx: 135, ry: 14 },
};

type Row = [slug: string, name: string, price: number, wall: Wall, line: string, text: string, facts: [string, string][]];

function product(aisle: AisleId, sizes: string[], body: string, [slug, name, price, wall, line, text, facts]: Row): Product {
  return { slug, name, aisle, price, line, text, facts, sizes, picture: studio(body, WALLS[wall], SHADOW[aisle]) };
}

const shoe = (kind: Boot["kind"], upper: string, accent: string, sole: string, laces: string, ...row: Row) =>
  product("boots", SHOES, lift(boot({ kind, upper, accent, sole, laces }), -12, kind === "trail" ? 1.14 : 1), row);
const open = (kind: Sandal["kind"], strap: string, bed: string, sole: string, ...row: Row) => product("sandals", SHOES, lift(sandals({ kind, strap, bed, sole }), -10), row);
const wear = (kind: Coat["kind"], cloth: string, accent: string, lining: string, ...row: Row) => product("coats", CLOTHES, lift(coat({ kind, cloth, accent, lining }), 10), row);
const pitch = (kind: Tent["kind"], fly: string, inner: string, pole: string, ...row: Row) => product("tents", [], lift(tent({ kind, fly, inner, pole }), 0), row);
const carry = (kind: Pack["kind"], cloth: string, accent: string, trim: string, ...row: Row) => product("packs", [], lift(pack({ kind, cloth, accent, trim }), 0), row);

export const PRODUCTS: Product[] = [
  shoe("hiker", "#9a6a3f", "#4a3524", "#2e2a27", "#d8c39a", "ridgeline-mid", "Ridgeline Mid", 165, "sand", "The everyday hill boot", "A mid-height boot in waxed nubuck that needs no breaking in and forgives a wrong turn. The heel is held, the toes are free, and the tongue is sewn in so that puddles stay outside.", [["Upper", "2.4 mm waxed nubuck"], ["Sole", "Lugged, can be replaced"], ["Weight", "1,080 g a pair"]]),
  shoe("mountain", "#7d4a2d", "#2f2b2a", "#26221f", "#c23b2c", "corrie-high", "Corrie High", 245, "mist", "For scree, snow and stubbornness", "Full-grain leather over the ankle, a rubber rand all round and a sole stiff enough for kicking steps. It takes a season to become yours and then it is nobody else's.", [["Upper", "3 mm full-grain leather"], ["Sole", "Stiff, for light crampons"], ["Weight", "1,620 g a pair"]]),
  shoe("chelsea", "#5a3b2a", "#3a3029", "#c9a877", "#000000", "tanyard-chelsea", "Tanyard Chelsea", 180, "moss", "Town on Friday, farm on Saturday", "Pull on, wipe off, go. One piece of oiled leather, elastic that keeps its temper, and a crepe sole that is quiet on floorboards.", [["Upper", "Oiled leather, one piece"], ["Sole", "Natural crepe"], ["Weight", "920 g a pair"]]),
  shoe("wader", "#4d6a4a", "#33492f", "#2c3327", "#000000", "fenland-wellington", "Fenland Wellington", 95, "clay", "For gates, ditches and dogs", "Natural rubber, laid up by hand over a cotton lining. The calf adjusts with a side strap, the tread lets mud go.", [["Upper", "Natural rubber"], ["Lining", "Quick-drying cotton"], ["Height", "38 cm"]]),
  shoe("pac", "#8a6f4f", "#3b3a38", "#2d2b29", "#d9d2c2", "snowline-pac", "Snowline Pac", 210, "sky", "Warm at minus twenty", "A rubber foot for slush, a leather shaft for the cold and a felt liner that comes out to dry beside the stove. The cuff is wool, from sheep that had a winter of their own.", [["Liner", "9 mm wool felt, removable"], ["Comfort", "To −20 °C"], ["Weight", "1,740 g a pair"]]),
  shoe("trail", "#2f7f83", "#d2683a", "#2b3033", "#f3e3cf", "fellfoot-trail", "Fellfoot Trail", 120, "stone", "Light, low and quick to dry", "A trail shoe for people who count hours and not peaks. Mesh that drains, a plate under the ball of the foot, lugs for wet grass.", [["Upper", "Mesh and film"], ["Drop", "5 mm"], ["Weight", "560 g a pair"]]),

  open("buckle", "#4c3a2f", "#d6b384", "#4a3d33", "quayside-two", "Quayside Two-strap", 89, "moss", "The one that lives by the door", "A cork bed that learns your foot within a week, two straps with brass buckles, a sole that can be glued on again and again.", [["Bed", "Cork and latex"], ["Straps", "Oiled leather"], ["Sole", "Can be replaced"]]),
  open("slide", "#6b4a33", "#d9b98a", "#3a322b", "millpond-slide", "Millpond Slide", 72, "mist", "One band, no fuss", "A single wide band of saddle leather over a cork bed. On in a second; still on after the second drink.", [["Bed", "Cork"], ["Band", "3 mm saddle leather"], ["Weight", "480 g a pair"]]),
  open("thong", "#2f6f77", "#e2c9a0", "#2b3a3c", "low-tide-thong", "Low Tide Thong", 38, "clay", "Sand in, sand out", "Natural rubber with a woven bed. They rinse under the tap and dry on the window sill.", [["Bed", "Woven jute"], ["Sole", "Natural rubber"], ["Weight", "320 g a pair"]]),
  open("river", "#c4562e", "#53606a", "#2b2f33", "ford-river-sandal", "Ford River Sandal", 110, "sky", "Made to get wet", "Webbing that does not stretch, buckles that do not rust and a sole that holds on wet slate. For crossing what has no bridge.", [["Straps", "Recycled webbing"], ["Sole", "Sticky rubber, 4 mm lugs"], ["Weight", "690 g a pair"]]),
  open("woven", "#a87443", "#e0c496", "#5a4330", "orchard-woven", "Orchard Woven", 98, "stone", "Woven by hand, one strip at a time", "Vegetable-tanned strips woven over the last, so that nothing rubs and everything breathes. They darken with every summer.", [["Upper", "Vegetable-tanned leather"], ["Bed", "Leather over cork"], ["Weight", "540 g a pair"]]),
  open("hut", "#6d7f5e", "#e7ddc8", "#4a4038", "bothy-slipper", "Bothy Slipper", 64, "sand", "For after the boots come off", "Boiled wool with a fleece edge and a thin leather sole. They weigh nothing in the pack and mean everything at the stove.", [["Upper", "Boiled wool"], ["Lining", "Fleece edge"], ["Weight", "310 g a pair"]]),

  wear("shell", "#2e6a86", "#e0b23f", "#dfe8ea", "sleet-shell", "Sleet Shell", 260, "sky", "Three layers between you and sideways rain", "A hard shell that is quiet to walk in. The hood turns with your head, the zip has a rain guard that works, and every seam is taped.", [["Cloth", "Three-layer, recycled"], ["Water column", "20,000 mm"], ["Weight", "420 g"]]),
  wear("parka", "#55644a", "#c9a15c", "#d8c7a4", "northgate-parka", "Northgate Parka", 340, "moss", "One coat for four months", "Down to the thigh, wool at the hood, hand-warmers behind the flaps. For platforms, touchlines and long goodbyes outside the pub.", [["Cloth", "Waxed cotton blend"], ["Filling", "Recycled wadding"], ["Comfort", "To −15 °C"]]),
  wear("down", "#c8662f", "#2f3b44", "#2a2f33", "ember-down", "Ember Down Jacket", 230, "clay", "Warmth the size of a loaf", "Traceable down in narrow baffles. It packs into its own pocket and comes out again with its loft and its good mood.", [["Filling", "800 fill, traceable"], ["Packs to", "12 × 18 cm"], ["Weight", "340 g"]]),
  wear("field", "#6e5f3e", "#4a3524", "#a58f62", "drystone-field-coat", "Drystone Field Coat", 285, "stone", "Four pockets and a past", "Twelve-ounce waxed cotton, corduroy at the collar, poacher's pocket at the back. Wax it again each autumn and leave it to someone.", [["Cloth", "12 oz waxed cotton"], ["Collar", "Corduroy"], ["Repairs", "For life"]]),
  wear("fleece", "#e2d6bd", "#3f5f57", "#c4562e", "shepherd-fleece", "Shepherd Fleece", 125, "sand", "Soft as a lamb, tough as its mother", "High-pile fleece with a windproof yoke. The one layer that everybody in the house will borrow.", [["Cloth", "Recycled high-pile fleece"], ["Yoke", "Windproof"], ["Weight", "510 g"]]),
  wear("smock", "#8c3b3b", "#27333b", "#e4d9c3", "headland-smock", "Headland Smock", 155, "mist", "Over the head and out of the wind", "A sailing smock for hills. Tight-woven cotton that swells shut in drizzle, one big pocket for map, gloves and cake.", [["Cloth", "Ventile-weave cotton"], ["Pocket", "One, enormous"], ["Weight", "610 g"]]),

  pitch("dome", "#d0712f", "#f0c987", "#4b4a45", "heron-dome", "Heron Dome 2", 380, "mist", "Two people, one storm", "A freestanding dome that goes up in six minutes, fly first, so that the inner stays dry. Two doors, two porches, no arguments.", [["Sleeps", "2"], ["Pitch", "Fly first, 6 minutes"], ["Weight", "2.1 kg"]]),
  pitch("tunnel", "#4f7353", "#f2d59b", "#d9d2bf", "otter-tunnel", "Otter Tunnel 4", 620, "sky", "Room for boots, dogs and breakfast", "Stand up in it, cook in its porch, sit out a wet Sunday. Three hoops, colour-coded, nose into the wind.", [["Sleeps", "4"], ["Porch", "3.2 m²"], ["Weight", "6.8 kg"]]),
  pitch("ridge", "#d9b864", "#efe0ba", "#7b5b3b", "hayfield-ridge", "Hayfield Ridge", 450, "stone", "The tent that children draw", "Cotton canvas, ash poles, brass eyelets. It breathes on hot nights, and it will be handed down.", [["Sleeps", "2"], ["Cloth", "Cotton canvas, 285 g"], ["Weight", "9.5 kg"]]),
  pitch("tipi", "#e4d4b4", "#b5533a", "#6f5236", "lavvu-tipi", "Lavvu Tipi", 890, "sand", "A fire inside, the sky above", "One pole, eight pegs and a vent for the smoke of a small stove. Six friends, feet to the middle.", [["Sleeps", "6"], ["Stove", "Jack included"], ["Weight", "11 kg"]]),
  pitch("tarp", "#3f6f7a", "#e6d7b8", "#8a6b48", "swift-tarp", "Swift Tarp", 135, "moss", "As little as will do", "Three metres square, nineteen loops, forty ways to pitch it. Sleep in the weather instead of hiding from it.", [["Size", "3 × 3 m"], ["Loops", "19, reinforced"], ["Weight", "640 g"]]),
  pitch("geo", "#c53f3a", "#f3c260", "#3b3f44", "summit-geo", "Summit Geodesic", 740, "clay", "For ridges in January", "Four poles, seven crossings and snow valances. It stands in a gale without a peg in the ground, but do peg it.", [["Sleeps", "2"], ["Season", "Four"], ["Weight", "3.4 kg"]]),

  carry("ruck", "#6d7049", "#b98a53", "#5a3d27", "drover-ruck", "Drover Rucksack", 195, "moss", "Canvas, leather, brass", "A rucksack like your grandfather's, with a back panel that he would have envied. Two pockets, one lid, a blanket on top.", [["Volume", "32 litres"], ["Cloth", "18 oz waxed canvas"], ["Weight", "1.6 kg"]]),
  carry("day", "#3d6b74", "#d98a3d", "#f0e3c8", "lark-daypack", "Lark Daypack", 85, "sky", "A day's worth of everything", "Lunch, layer, flask, book. A laptop, if it must be. The zip opens like a suitcase, so that nothing hides at the bottom.", [["Volume", "20 litres"], ["Cloth", "Recycled, 500 denier"], ["Weight", "620 g"]]),
  carry("trek", "#b4472f", "#2c3a42", "#d8c9a6", "longway-65", "Longway 65", 240, "stone", "A month on your back", "An adjustable back, a belt that carries on the hips, a lid that becomes a bag of its own. The mat rides below.", [["Volume", "65 + 10 litres"], ["Back", "Adjustable, S to XL"], ["Weight", "2.2 kg"]]),
  carry("roll", "#c9a24a", "#5a5145", "#3a342c", "ferry-roll-top", "Ferry Roll-top", 140, "sand", "Rolled shut, rained on, dry", "Welded seams and a top that rolls down to what is in it. For bicycles, boats and cities by the sea.", [["Volume", "24 to 30 litres"], ["Seams", "Welded"], ["Weight", "980 g"]]),
  carry("waist", "#31506b", "#d7664a", "#e9dcc0", "magpie-hip-pack", "Magpie Hip Pack", 48, "mist", "For small shiny things", "Keys, knife, sun cream, somebody's shells. Sits at the hip on the way up and across the chest on the bus home.", [["Volume", "3 litres"], ["Belt", "70 to 125 cm"], ["Weight", "240 g"]]),
  carry("tote", "#e3d5b8", "#3f5f4d", "#8a5a36", "allotment-tote", "Allotment Tote", 58, "clay", "Leeks, logs, library books", "Heavy canvas with a waxed foot, so that it stands up by itself on wet ground. The handles are long enough for a shoulder.", [["Volume", "26 litres"], ["Foot", "Waxed canvas"], ["Weight", "540 g"]]),
];

export const inAisle = (aisle: AisleId): Product[] => PRODUCTS.filter((it) => it.aisle === aisle);
export const bySlug = (slug: string): Product => {
  const found = PRODUCTS.find((it) => it.slug === slug);
  if (!found) throw new Error(`no product \`${slug}\` in the catalogue`);
  return found;
};
export const aisleOf = (id: AisleId): Aisle => AISLES.find((it) => it.id === id)!;
