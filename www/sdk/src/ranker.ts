// One catalogue in an instance of the catalogue's module. Its boundary is numbers, and bytes in its memory: this file knows
// where they lie, as `catalogue/src/wasm.rs` does on the other side.
import { byBytes, type Because, type Plan, type Ranked } from "./query.js";

/** What the module may be asked for, by its code. `Ask` in `catalogue/src/wasm.rs` is the same list. */
const enum Ask { Begin, Wanted, Room, Take, Finish, Query, Rank, Hits, Number, Digits, Id, Text, Has, Value }

interface Wasm {
  readonly memory: WebAssembly.Memory;
  open(): number;
  call(engine: number, ask: Ask, a: number, b: number): number;
}

/** Why a file is not used, by the number of a `Refusal`. */
export type Refused = "catalogue-short" | "catalogue-foreign" | "catalogue-newer" | "catalogue-damaged" | "catalogue-malformed";
const REFUSED: readonly Refused[] = ["catalogue-short", "catalogue-foreign", "catalogue-newer", "catalogue-damaged", "catalogue-malformed"];

const HEADER = 12;

/** Names of columns and tags: the first block of the file. */
function namesIn(file: Uint8Array): [columns: string[], tags: string[]] {
  let at = HEADER + 4;
  const uint = () => {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = file[at++]!;
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  };
  const decoder = new TextDecoder();
  const texts = () => Array.from({ length: uint() }, () => {
    const length = uint();
    return decoder.decode(file.subarray(at, at += length));
  });
  return [texts(), texts()];
}

export class Ranker {
  readonly #me: number;
  readonly #wasm: Wasm;
  readonly size: number;
  readonly #columns = new Map<string, number>();
  readonly #tags = new Map<string, number>();
  readonly #groups = new Map<string, number[]>();
  #prefix = "";
  #digits = -1;
  #room = new Float64Array(0);

  private constructor(wasm: Wasm, me: number, file: Uint8Array) {
    this.#wasm = wasm;
    this.#me = me;
    this.size = new DataView(file.buffer, file.byteOffset).getUint32(8, true);
    const [columns, tags] = namesIn(file);
    columns.forEach((name, i) => this.#columns.set(name, i));
    tags.forEach((name, i) => this.#tags.set(name, i));
    this.#digits = this.#ask(Ask.Digits);
    if (this.#digits >= 0) this.#prefix = this.#text(0).slice(0, -Math.max(this.#digits, String(this.#ask(Ask.Number, 0)).length));
  }

  /** Loads a file; answers with the reason if it is refused. */
  static async open(module: WebAssembly.Module, file: Uint8Array): Promise<Ranker | Refused> {
    const { exports } = await WebAssembly.instantiate(module, { page: { throw: () => { throw new Error("the catalogue is busy"); } } });
    const wasm = exports as unknown as Wasm;
    const me = wasm.open();
    const ask = (what: Ask, a = 0) => wasm.call(me, what, a, 0);
    ask(Ask.Begin, file.length);
    for (let at = 0, wanted; (wanted = ask(Ask.Wanted)) > 0; at += wanted) {
      // What is there, if that is less: the module says what it thinks of it.
      const piece = file.subarray(at, at + wanted);
      // The room first: memory that grows is another buffer.
      const room = ask(Ask.Room, piece.length);
      new Uint8Array(wasm.memory.buffer, room, piece.length).set(piece);
      const refused = ask(Ask.Take);
      if (refused) return REFUSED[refused - 1]!;
    }
    const refused = ask(Ask.Finish);
    return refused ? REFUSED[refused - 1]! : new Ranker(wasm, me, file);
  }

  #ask(what: Ask, a = 0, b = 0): number {
    return this.#wasm.call(this.#me, what, a, b);
  }

  #text(place: number): string {
    const length = this.#ask(Ask.Id, place);
    return new TextDecoder().decode(new Uint8Array(this.#wasm.memory.buffer, this.#ask(Ask.Text), length));
  }

  #id(place: number): string {
    return this.#digits < 0 ? this.#text(place) : this.#prefix + String(this.#ask(Ask.Number, place)).padStart(this.#digits, "0");
  }

  /** The tags of a key, in the order of their bytes. */
  #group(by: string): number[] {
    let tags = this.#groups.get(by);
    if (!tags) {
      const names = [...this.#tags.keys()].filter((name) => name.startsWith(`${by}:`)).sort(byBytes);
      this.#groups.set(by, tags = names.map((name) => this.#tags.get(name)!));
    }
    return tags;
  }

  /** The best items, best first. */
  rank({ must, not, weights, ranges, boosts, limit, by, most }: Plan): Ranked[] {
    const columns = ranges.map(([name]) => this.#columns.get(name));
    if (columns.includes(undefined)) return [];
    const groups = by === undefined ? [] : this.#group(by);
    const length = 8 + must.length + not.length + 2 * weights.length + 3 * ranges.length + 2 * boosts.length + groups.length;
    const start = this.#ask(Ask.Query, length);
    // A view is made anew when the memory has grown: then the old one is empty.
    if (!this.#room.length) this.#room = new Float64Array(this.#wasm.memory.buffer);
    const room = this.#room;
    let at = start >> 3;
    const put = (value: number) => { room[at++] = value; };
    [must.length, not.length, weights.length, ranges.length, boosts.length, groups.length, limit, by === undefined ? 0 : most].forEach(put);
    // No item has what the catalogue does not name.
    const tag = (name: string) => put(this.#tags.get(name) ?? 4294967295);
    must.forEach(tag);
    not.forEach(tag);
    for (const [name, weight] of weights) {
      tag(name);
      put(weight);
    }
    ranges.forEach(([, min, max], i) => {
      put(columns[i]!);
      put(min);
      put(max);
    });
    for (const [name, factor] of boosts) {
      put(this.#columns.get(name) ?? 4294967295);
      put(factor);
    }
    groups.forEach(put);
    const count = this.#ask(Ask.Rank);
    const hits = this.#ask(Ask.Hits) >> 3;
    const best: Ranked[] = [];
    // Ranking may have let the memory grow.
    const found = room.length ? room : new Float64Array(this.#wasm.memory.buffer);
    for (let i = 0; i < count; i++) {
      const place = found[hits + 2 * i + 1]!;
      best.push(new Found(this.#id(place), found[hits + 2 * i]!, () => this.#because(place, weights, boosts)));
    }
    return best;
  }

  #because(place: number, weights: Plan["weights"], boosts: Plan["boosts"]): Because[] {
    const because: Because[] = [];
    for (const [what, factor] of boosts) {
      const column = this.#columns.get(what);
      const value = column === undefined ? NaN : this.#ask(Ask.Value, place, column);
      if (value === value) because.push({ what, adds: factor * value });
    }
    for (const [what, adds] of weights) {
      const tag = this.#tags.get(what);
      if (tag !== undefined && this.#ask(Ask.Has, place, tag)) because.push({ what, adds });
    }
    return because;
  }
}

/** An item whose reasons are looked up when somebody asks for them. */
class Found implements Ranked {
  #why: (() => Because[]) | Because[];
  readonly id: string;
  readonly score: number;

  constructor(id: string, score: number, why: () => Because[]) {
    this.id = id;
    this.score = score;
    this.#why = why;
  }

  get because(): Because[] {
    if (typeof this.#why === "function") this.#why = this.#why();
    return this.#why;
  }

  toJSON(): Ranked {
    return { id: this.id, score: this.score, because: this.because };
  }
}
