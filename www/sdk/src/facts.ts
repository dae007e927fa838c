// Declared facts, loaded for books with declared signals. The fast path: names and maps lie ready, and values go straight into the core's memory.
import { Declared, Kind } from "./codes.js";
import type { Io } from "./io.js";
import type { Facts } from "./types.js";

export function openFacts({ engine, tables: { signals }, now, alive, bad, caught, touched }: Io) {
  const declared = signals.filter(({ kind }) => kind === Kind.Declared);
  const count = declared.length;
  const names = declared.map(({ name }) => name);
  const places = Int32Array.from(declared, ({ index }) => index);
  const types = Uint8Array.from(declared, ({ sub }) => sub);
  const finds = declared.map(({ find }) => find);
  const position = new Map(names.map((name, i) => [name, i]));
  const encode = (i: number, value: Facts[string]): number => {
    if (value === undefined || value === null) return NaN;
    switch (types[i]) {
      case Declared.Items:
        if (typeof value === "string") {
          const item = finds[i]!.get(value);
          if (item !== undefined) return item;
        }
        break;
      case Declared.Boolean:
        if (value === true) return 1;
        if (value === false) return 0;
        break;
      default:
        if (typeof value === "number" && value - value === 0) return value;
    }
    bad("bad-fact");
    return NaN;
  };
  return (facts: Facts, how?: { replace?: boolean }): number => {
    if (!alive()) return 0;
    try {
      if (typeof facts !== "object" || facts === null) return bad("bad-fact");
      const second = now();
      if (how !== undefined && how.replace === true) {
        const view = engine.inputs();
        for (let i = 0; i < count; i++) view[places[i]!] = encode(i, facts[names[i]!]);
        return touched(engine.declareAll(second));
      }
      let changed = 0;
      for (const name in facts) {
        // What a library has added to all objects is no fact.
        if (!Object.hasOwn(facts, name)) continue;
        const i = position.get(name);
        if (i === undefined) bad("bad-fact");
        else changed += engine.declare(places[i]!, encode(i, facts[name]), second);
      }
      return touched(changed);
    } catch (error) {
      return caught(error);
    }
  };
}
