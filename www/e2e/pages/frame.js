// A whole visit inside a page that makes it hard: what came of it goes to the page around this one.
const YES = { store: "granted", personalise: "granted", measure: "granted" };
const BOOK = {
  fewbits: 1,
  book: "told",
  version: 1,
  signals: { weather: { declared: ["cold", "hot"] }, season: { context: "season" } },
  dimensions: {
    told: { why: "what the site says", segments: [{ id: "snow", when: { weather: "cold", season: "winter" } }], otherwise: "none" },
  },
  decisions: {
    hero: { why: "what is shown", variants: ["skis", "plain"], choose: [{ when: { told: "snow" }, show: "skis", because: "snow" }], otherwise: "plain" },
  },
};

const seen = { errors: [], uncaught: [], heard: 0 };
const onError = ({ code }) => { seen.errors.push(code); };
addEventListener("error", ({ message }) => { seen.uncaught.push(message); });
addEventListener("unhandledrejection", ({ reason }) => { seen.uncaught.push(String(reason)); });

async function visit() {
  const { createFewbits } = await import("/lab/sdk/index.js");
  const fb = await createFewbits({ book: "/lab/lab.book", consent: YES, onError });
  fb.on("change", () => { seen.heard += 1; });
  const { setItem } = Storage.prototype;
  seen.writes = 0;
  Storage.prototype.setItem = function counted(...args) {
    seen.writes += 1;
    return setItem.apply(this, args);
  };
  const before = performance.now();
  for (let i = 0; i < 1000; i += 1) fb.track("bump", { none: "such" });
  seen.took = performance.now() - before;
  seen.ok = fb.ok;
  seen.segments = [...fb.segments];
  seen.is = fb.is("crowd/many");
  // A change is told in a turn of its own: let it be.
  await new Promise((done) => { setTimeout(done, 0); });
  seen.stored = await stored();
  const mine = await fb.exportMine();
  seen.count = mine?.signals[0].value;
  seen.holds = (await fb.explain("crowd/many"))?.holds;
  seen.report = (await fb.report({ handOver: true })).reason;
  await fb.ledger();
  await fb.forget();
  seen.after = [...fb.segments];
  fb.destroy();

  const told = await createFewbits({ book: BOOK, consent: YES, storage: "none", onError });
  told.declare({ weather: "cold" });
  told.setContext({ season: "winter" });
  seen.told = [...told.segments];
  seen.slot = told.decide("hero").variant;
  told.destroy();
}

/** How many keys are ours, and how many letters the longest has; nothing where storage is out of reach. */
async function stored() {
  try {
    const ours = Object.entries(localStorage).filter(([key]) => key.startsWith("fewbits:lab:"));
    return { keys: ours.length, longest: ours.reduce((most, [, text]) => Math.max(most, text.length), 0) };
  } catch {
    return null;
  }
}

try {
  await visit();
} catch (error) {
  seen.uncaught.push(String(error?.stack ?? error));
}
parent.postMessage(seen, "*");
