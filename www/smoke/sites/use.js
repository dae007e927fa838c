// What every page and program of the matrix does with Fewbits, once it runs: each of its parts is asked for something.

/** What came of it, to be compared. */
export async function use(fb) {
  const before = fb.segments;
  fb.setContext({ language: "de-CH" });
  for (let i = 0; i < 3; i++) fb.track("view", { topic: "guides" });
  const hero = fb.decide("hero"), note = fb.decide("note");
  const items = [{ id: "front page", tags: ["topic:news"] }, { id: "handbook", tags: ["topic:guides"] }];
  const ranked = await fb.rank("reading", items);
  const explained = await fb.explain("interest/guides");
  const { status, reason } = await fb.report({ handOver: true });
  const mine = await fb.exportMine();
  return {
    before, segments: fb.segments, error: fb.error?.code ?? null,
    hero: [hero.variant, hero.by, hero.because], note: [note.source, note.by], words: note.variant,
    ranked: ranked.map(({ id }) => id), why: explained?.text, signals: mine?.signals.length,
    report: [status, reason], ledger: (await fb.ledger()).map(({ what, question }) => [what, question]),
  };
}
