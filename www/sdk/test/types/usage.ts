// Compiles against the built package as a site would: no call here is ever run.
import {
  createFewbits, type Answer, type Change, type Consent, type Evidence, type Explanation, type Fewbits, type FewbitsError,
  type LedgerLine, type Mine, type Options, type Purpose, type ReportResult,
} from "fewbits";
import { BookError, check, compile, createFewbits as createInNode, loadBook, type Diagnostic } from "fewbits/node";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <A, B>(_: Same<A, B>): void => undefined;

export async function page(): Promise<void> {
  const options: Options = {
    book: new URL("https://shop.example/shop.book"), consent: { store: "granted" }, collector: "/v1/report", storage: "none",
    auto: false, gpc: "share-only", clock: () => Date.now(), onError: (error: FewbitsError) => error.code satisfies string,
  };
  const fb: Fewbits = await createFewbits(options);
  for (const book of [new Uint8Array(), new ArrayBuffer(0), "/shop.book", { fewbits: 1 }]) await createFewbits({ book });
  if (!fb.ok) same<typeof fb.error, FewbitsError | null>(true);
  same<ReturnType<Fewbits["track"]>, number>(true);
  fb.track("view", { aisle: ["boots", "coats"], sale: "yes" }, 3);
  fb.track("view", null);
  fb.declare({ weather: "cold", member: true, age: 3, gone: null }, { replace: true });
  fb.setContext({ referrer: "", season: "winter", utcOffset: 60 });
  fb.engage({ dwell: 3 });
  const off: () => void = fb.on("change", ({ entered, left, segments }: Change) => [entered, left, segments]);
  fb.on("consent", (consent: Consent) => consent.measure satisfies Answer);
  off();
  const explained: Explanation | null = await fb.explain("interest/boots");
  explained?.because.map(({ operands }: Evidence) => operands);
  const purpose: Purpose = "measure";
  await fb.setConsent({ [purpose]: "granted" });
  const result: ReportResult = await fb.report({ handOver: true });
  result.due?.getTime();
  const lines: LedgerLine[] = await fb.ledger();
  const mine: Mine | null = await fb.exportMine();
  same<Fewbits["flags"], Uint8Array>(true);

  // @ts-expect-error a book is needed
  await createFewbits({});
  // @ts-expect-error no such answer
  await fb.setConsent({ store: "yes" });
  // @ts-expect-error numbers are no tags
  fb.track("view", { aisle: 3 });
  // @ts-expect-error no such event
  fb.on("changed", () => undefined);
  // @ts-expect-error segments are read
  fb.ids.push("x");
  void [lines, mine];
}

export async function tool(): Promise<void> {
  const bytes: Uint8Array = await loadBook("shop.book.json");
  await createInNode({ book: bytes });
  const found: Diagnostic[] = await check({ fewbits: 1 });
  await compile("{}").catch((error: unknown) => error instanceof BookError && error.diagnostics);
  void found;
}
