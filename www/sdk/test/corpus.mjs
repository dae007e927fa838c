// The golden corpus over the package, in Node and in a page: see tests/common/mod.rs for what its steps mean.

function act(fb, step) {
  if ("track" in step) fb.track(step.track, step.tags, step.value);
  if (step.engage) fb.engage(step.engage);
  if (step.declare) fb.declare(step.declare);
  if (step.decide) fb.decide(step.decide);
  if (step.context) {
    const { agent, touch, zone, offset, ...rest } = step.context;
    const given = { userAgent: agent, touchPoints: touch, timeZone: zone, utcOffset: offset, ...rest };
    fb.setContext(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
  }
}

const near = (one, other) => typeof one === "number" && typeof other === "number"
  ? Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one)) : JSON.stringify(one) === JSON.stringify(other);

/** What is expected and is not so. */
async function unmet(fb, { segments, signals, decisions }) {
  const pairs = segments ? [["segments", segments, fb.segments]] : [];
  const shown = new Map(fb.decisions().map(({ slot, variant }) => [slot, variant]));
  for (const [slot, variant] of Object.entries(decisions ?? {})) pairs.push([slot, variant, shown.get(slot)]);
  const known = signals && new Map((await fb.exportMine())?.signals.map(({ name, value }) => [name, value]) ?? []);
  for (const [name, value] of Object.entries(signals ?? {})) pairs.push([name, value, known.get(name)]);
  return pairs.filter(([, wanted, got]) => !near(wanted, got))
    .map(([what, wanted, got]) => `${what}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`);
}

/** Does the steps of a case with a visitor: `fb`, the time `now`, `reload(book, kill)`. `books` has the compiled book of each
 * step that brings one, beside the first. Answers with all that went wrong. */
export async function walk(visitor, steps, first, books, [always, kill] = [false, false]) {
  const wrong = [];
  let book = first;
  for (const [index, step] of steps.entries()) {
    const expect = async (when) => {
      const found = step.expect ? await unmet(visitor.fb, step.expect) : [];
      wrong.push(...found.map((one) => `step ${index + 1}${when}: ${JSON.stringify(step).slice(0, 300)}\n${one}`));
    };
    visitor.now = Date.parse(step.at);
    book = books[index] ?? book;
    if (step.book || step.reload) await visitor.reload(book, false);
    act(visitor.fb, step);
    await expect("");
    if (!always) continue;
    await visitor.reload(book, kill);
    await expect(" after a reload");
  }
  return wrong;
}
