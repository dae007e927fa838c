// What a compiled book says, for people: read from its bytes, because no visitor needs it to see a page. The form is
// that of docs/compiled-book.md.
import type { BookDescription, DimensionDescription, ReportDescription, SignalDescription } from "./types.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const WINDOWS = ["count", "days", "sum", "mean", "max"];
const WIDTHS = [0, 60, 3600, 86_400, 604_800];
/** In the order of the core's codes. */
export const CONTEXTS = ["referrer", "medium", "device", "language", "continent", "daypart", "weekend", "season"];
const DWELL = 1, SCROLL = 2, ANY = 65_535;

/** A reader of the elements that a compiled book is made of. */
function openBytes(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  let at = 40;
  const byte = (): number => bytes[at++] ?? 0;
  const uint = (): number => {
    let value = 0, scale = 1, one;
    do {
      one = byte();
      value += (one & 127) * scale;
      scale *= 128;
    } while (one > 127);
    return value;
  };
  const number = (): number => {
    const coded = uint();
    if (coded === 1) {
      at += 8;
      return view.getFloat64(at - 8, true);
    }
    const zigzag = coded / 2;
    return (zigzag % 2 ? -(zigzag + 1) / 2 : zigzag / 2) / 100;
  };
  const list = <T>(read: (index: number) => T): T[] => Array.from({ length: uint() }, (_, index) => read(index));
  const text = (): string => {
    const length = uint();
    return decoder.decode(bytes.subarray(at, at += length));
  };
  return { byte, uint, number, list, text, skip: (length: number) => { at += length; } };
}

export function describe(bytes: Uint8Array): BookDescription {
  const read = openBytes(bytes);
  const { byte, uint, number, list, text, skip } = read;
  const source = Array.from(bytes.subarray(8, 40), (one) => one.toString(16).padStart(2, "0")).join("");
  const texts = list(text);
  const name = (): string => texts[uint()] ?? "";
  skip(uint());
  const book = name(), version = uint(), retention = uint();
  const events = list(name);
  const tags = list(() => ({ name: name(), values: list(name) }));
  const event = (): string => {
    const index = uint();
    return index === ANY ? "*" : events[index] ?? "";
  };
  const matcher = (): string => {
    const of = event();
    list(() => [uint(), list(uint)]);
    return of;
  };
  const weights = () => list(() => {
    const of = event();
    number();
    return of;
  });

  const signals = list((): SignalDescription => {
    const it: Mutable<SignalDescription> = { name: name(), kind: "", events: [], items: [] };
    skip(4);
    const kind = byte();
    switch (kind) {
      case 0: {
        it.kind = WINDOWS[byte()] ?? "";
        it.events = [matcher()];
        const width = byte();
        it.within = width ? WIDTHS[width]! * uint() : "session";
        it.step = uint() / 100;
        uint();
        if (it.events[0] === events[DWELL] || it.events[0] === events[SCROLL]) it.kind = "engagement";
        break;
      }
      case 1:
        it.kind = "since";
        it.events = [matcher()];
        it.unit = uint();
        it.first = byte() === 1;
        break;
      case 2: case 3: {
        it.kind = kind === 2 ? "top" : "affinity";
        const key = tags[uint()];
        it.of = key?.name ?? "";
        const value = () => key?.values[uint()] ?? "";
        if (kind === 2) it.items = list(value);
        else it.value = value();
        it.halfLife = uint();
        it.events = weights();
        number();
        number();
        break;
      }
      case 4: {
        it.kind = "sequence";
        const steps = list(() => ({ negated: byte() === 1, event: matcher() }));
        it.events = steps.map((step) => step.event);
        it.negated = steps.map((step) => step.negated);
        it.within = uint() || "session";
        uint();
        break;
      }
      case 5:
        it.kind = "context";
        it.of = CONTEXTS[byte()] ?? "";
        break;
      case 6: {
        it.kind = "declared";
        const domain = byte();
        if (domain === 0) it.items = list(name);
        if (domain === 2) {
          number();
          number();
          it.step = number();
        }
        break;
      }
      case 7:
        it.kind = "score";
        list(() => [uint(), number()]);
        break;
      default:
        it.kind = "model";
        uint();
    }
    return it;
  });

  // Comparisons and conditions: `explain` says them in words.
  list(() => {
    uint();
    const operator = byte();
    if (operator < 5) number();
    else if (operator === 5) list(uint);
  });
  const rules = () => list(() => {
    for (let clauses = uint() >> 1; clauses > 0; clauses--) {
      for (let literal = uint(); literal && (literal - 1) % 2; literal = uint()) { /* the next one */ }
    }
  });
  rules();

  const dimensions = list((): DimensionDescription => {
    const dimension = name(), why = name(), pick = uint();
    const groups: { id: string; under: string | null }[] = [];
    const under = () => groups[uint() - 1]?.id ?? null;
    list(() => groups.push({ id: `${dimension}/${name()}`, under: under() }));
    const segments = list(() => {
      const id = `${dimension}/${name()}`, above = under();
      uint();
      const more = byte();
      if (more & 1) uint();
      const hold = more & 2 ? uint() : 0;
      const ends = more & 4 ? uint() : 0;
      if (more & 8) number();
      return { id, under: above, hold, ends };
    });
    return { name: dimension, why, pick: pick >> 1, sensitive: (pick & 1) === 1, groups, segments };
  });

  const reporting = (): ReportDescription => {
    const epsilon = number(), crowd = uint(), cap = uint() / 1e6;
    // One for each segment, without a count of its own.
    const shown = (of: DimensionDescription | undefined) => (of?.segments ?? []).map(({ id }) => {
      const as = uint();
      if (as < 2) return as ? `${of!.name}/any` : null;
      return as === 2 ? id : of!.groups[as - 3]?.id ?? null;
    });
    const questions = list(() => {
      const of = dimensions[uint()];
      const weight = uint(), after = uint(), jitter = uint(), odds = uint(), bits = uint() / 1e6;
      const truth = odds / (odds + ((of?.segments.length ?? 1) - 1) * 65_536);
      return { dimension: of?.name ?? "", weight, after, jitter, truth, bits, shown: shown(of) };
    });
    const window = uint();
    const hints = window ? {
      window,
      dimensions: list(() => {
        const of = dimensions[uint()];
        const bits = uint() / 1e6;
        shown(of);
        return { dimension: of?.name ?? "", bits };
      }),
    } : null;
    return { epsilon, crowd, cap, questions, hints };
  };
  const report = uint() ? reporting() : null;
  rules();
  const slots = list(() => {
    const slot = name(), of = name(), variants = list(name);
    const because = list(() => {
      uint();
      const words = name();
      const how = byte();
      if (how === 2) {
        list(() => [uint(), uint()]);
        number();
      } else {
        uint();
        if (how === 1) list(uint);
      }
      return words;
    });
    return { name: slot, why: of, variants, because, otherwise: variants[uint()] ?? "", changes: byte() === 1 };
  });
  return { book, version, source, retention, signals, dimensions, report, slots };
}
