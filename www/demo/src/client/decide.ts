// What the page shows for which groups: one table per slot, read from the top. A later version of fewbits
// decides this itself, from the book.

type Groups = ReadonlySet<string>;
interface Slot {
  choose: [group: string, variant: string][];
  otherwise: string;
}

export const SLOTS: Record<string, Slot> = {
  hero: {
    choose: [
      ["lifecycle/lapsed", "back"],
      ["interest/boots", "winter"],
      ["interest/coats", "winter"],
      ["interest/sandals", "summer"],
      ["interest/tents", "camp"],
      ["interest/packs", "camp"],
      ["lifecycle/loyal", "back"],
    ],
    otherwise: "welcome",
  },
  picks: {
    choose: ["boots", "sandals", "coats", "tents", "packs"].map((aisle) => [`interest/${aisle}`, aisle]),
    otherwise: "any",
  },
  note: {
    choose: [["intent/buying", "buying"], ["intent/comparing", "comparing"]],
    otherwise: "browsing",
  },
  weather: {
    choose: [["weather/cold", "cold"], ["weather/hot", "hot"]],
    otherwise: "mild",
  },
};

export function variant(slot: string, groups: Groups): string {
  const it = SLOTS[slot];
  return it?.choose.find(([group]) => groups.has(group))?.[1] ?? it?.otherwise ?? "";
}

const AISLES = ["boots", "sandals", "coats", "tents", "packs"];
/** After the aisle of interest come its neighbours of the same group, then what the weather asks for. */
const NEIGHBOURS: Record<string, string[]> = { boots: ["sandals", "coats"], sandals: ["boots", "coats"], coats: ["boots", "sandals"], tents: ["packs"], packs: ["tents"] };
const WEATHER: [string, string[]][] = [["weather/cold", ["coats", "boots"]], ["weather/hot", ["sandals", "tents"]]];

export function aisleOrder(groups: Groups): string[] {
  const first = AISLES.filter((aisle) => groups.has(`interest/${aisle}`));
  const near = first.flatMap((aisle) => NEIGHBOURS[aisle] ?? []);
  const dressed = WEATHER.find(([group]) => groups.has(group))?.[1] ?? [];
  return [...new Set([...first, ...near, ...dressed, ...AISLES])];
}
