// What a book names, as types: so that a segment which does not exist is an error of the compiler.

/** The names of a book. `fewbits types` writes such an interface; of a book `as const` it is inferred. */
export interface Names {
  /** Segments, such as `"lifecycle/new"`. */
  segment: string;
  /** Groups of segments, and `any` of each dimension. */
  group: string;
  /** Slots, and the variants of each. */
  slots: Record<string, string>;
  /** Events that a signal listens to. */
  event: string;
  /** Declared signals, and what each may be. */
  facts: Record<string, string | number | boolean>;
}

declare const names: unique symbol;

/** A compiled book that knows its names. At run time it is bytes and nothing else. */
export type CompiledBook<N extends Names = Names> = Uint8Array & { readonly [names]: N };

/** The names of: an interface of `Names`, a `CompiledBook`, or the type of a JSON book. Of all else any text is a name. */
export type NamesOf<B> =
  B extends Names ? B
  : B extends { readonly [names]: infer N extends Names } ? N
  : B extends { readonly signals: infer S; readonly dimensions: infer D }
    ? { segment: SegmentOf<D>; group: GroupOf<D>; slots: SlotsOf<B>; event: EventOf<S[keyof S]>; facts: FactsOf<S> }
  : Names;

type Id<T> = T extends { readonly id: infer I extends string } ? I : T extends string ? T : never;
type Item<T> = T extends readonly (infer I)[] ? I : never;

type SegmentOf<D> = { [K in keyof D & string]: D[K] extends { readonly segments: infer S; readonly otherwise: infer O extends string }
  ? `${K}/${Id<Item<S>> | O}` : never }[keyof D & string];
type GroupOf<D> = { [K in keyof D & string]: D[K] extends { readonly groups: infer G } ? `${K}/${Id<Item<G>> | "any"}` : `${K}/any` }[keyof D & string];

type SlotsOf<B> = B extends { readonly decisions: infer D }
  ? { -readonly [K in keyof D]: D[K] extends { readonly variants: infer V } ? Id<Item<V>> : string } : Record<never, string>;

type Listens = "count" | "days" | "sum" | "mean" | "max" | "since";
type Step<T> = T extends `!${infer E}` ? E : T extends string ? T
  : T extends { readonly event: infer E extends string } ? E : T extends { readonly not: infer E extends string } ? E : never;
/** Of one signal; distributes over all. */
type EventOf<S> = S extends unknown
  ? (S extends { readonly sequence: infer T } ? Step<Item<T>> : never)
    | (S extends { readonly weights: infer W } ? keyof W & string : never)
    | Extract<{ [K in keyof S]: K extends Listens ? S[K] : never }[keyof S], string>
  : never;

type Fact<T> = T extends readonly (infer I extends string)[] ? I : T extends "boolean" ? boolean : T extends "number" ? number
  : string | number | boolean;
type FactsOf<S> = { -readonly [K in keyof S as S[K] extends { readonly declared: unknown } ? K : never]: S[K] extends { readonly declared: infer T } ? Fact<T> : never };
