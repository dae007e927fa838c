// The order of the aisles: what the visitor lingers at, its neighbours, then what the weather asks for.
import type { Fewbits } from "fewbits";

const AISLES = ["boots", "sandals", "coats", "tents", "packs"];
const NEIGHBOURS: Record<string, string[]> = { boots: ["sandals", "coats"], sandals: ["boots", "coats"], coats: ["boots", "sandals"], tents: ["packs"], packs: ["tents"] };
const WEATHER: [string, string[]][] = [["weather/cold", ["coats", "boots"]], ["weather/hot", ["sandals", "tents"]]];

export function aisleOrder(fb: Fewbits | undefined): string[] {
  const first = AISLES.filter((aisle) => fb?.is(`interest/${aisle}`));
  const near = first.flatMap((aisle) => NEIGHBOURS[aisle] ?? []);
  const dressed = WEATHER.find(([group]) => fb?.is(group))?.[1] ?? [];
  return [...new Set([...first, ...near, ...dressed, ...AISLES])];
}
