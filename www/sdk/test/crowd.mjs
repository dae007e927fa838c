// Made-up visitors, the same on every run: what the recorded samples do not have. Sessions over some months, events
// that nobody listens to, absurd values, tags of no book, facts and contexts that change, a clock that goes back.
const START = Date.UTC(2026, 8, 1) / 1000;

/** Numbers from a seed (mulberry32). */
export function dice(seed) {
  const next = () => {
    seed = seed + 0x6d2b79f5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 4294967296;
  };
  return {
    below: (n) => Math.floor(next() * n),
    chance: (p) => next() < p,
    one: (list) => list[Math.floor(next() * list.length)],
  };
}

const AGENTS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
  "Googlebot/2.1 (+http://www.google.com/bot.html)", "",
];
const PAGES = ["https://shop.example/", "https://shop.example/?utm_medium=email", "https://shop.example/a?gclid=x", "https://shop.example/?utm_medium=cpc"];
const REFERRERS = ["", "https://www.google.com/", "https://shop.example/boots", "https://news.ycombinator.com/item?id=1", "https://t.co/x", "nonsense"];

const environment = ({ one, below }) => ({
  referrer: one(REFERRERS), url: one(PAGES), agent: one(AGENTS), touch: one([0, 5]),
  language: one(["de-CH", "en", "pt-BR", "tlh", ""]),
  zone: one(["Europe/Zurich", "America/New_York", "Australia/Sydney", "Asia/Tokyo", "Nowhere/Else"]),
  offset: one([-300, 0, 60, 120, 345, 660]) + below(2),
});

const AISLES = ["boots", "sandals", "coats", "tents", "packs", "hammocks"];
const SECTIONS = ["local", "politics", "business", "sport", "culture", "food", "chess"];

/** What the visitors of each example book do, and what is declared about them. */
const SITES = {
  shop: {
    events: ({ one, chance, below }) => {
      const event = one(["view", "view", "product", "product", "product", "cart", "purchase", "wishlist"]);
      const aisle = chance(0.1) ? [one(AISLES), one(AISLES)] : one(AISLES);
      const tags = event === "view" && chance(0.5) ? undefined : { aisle, sale: one(["yes", "no"]), colour: "red" };
      return { event, tags, value: event === "purchase" ? one([below(60_000) / 100, below(400), -1, 1e12, undefined]) : undefined };
    },
    facts: ({ one }) => one([{ weather: one(["cold", "mild", "hot", null]) }, { member: one([true, false, null]) }]),
  },
  news: {
    events: ({ one, chance, below }) => {
      const event = one(["view", "article", "article", "article", "finish", "share", "wall", "subscribe", "comment"]);
      return {
        event,
        tags: chance(0.9) ? { section: one(SECTIONS), access: one(["free", "metered", "paid"]) } : undefined,
        value: event === "finish" ? below(4000) / 100 : undefined,
      };
    },
    facts: ({ one, below }) => one([
      { subscriber: one([true, false, null]) }, { plan: one(["trial", "digital", "print", null]) }, { text_size: 70 + below(150) },
    ]),
  },
};

/** Events as JSON lines, for one of the example books: visits of all visitors in turn. */
export function jsonLines(site, visitors, seed) {
  const random = dice(seed), { below, chance, one } = random, { events, facts } = SITES[site];
  const lines = [];
  for (let visitor = 1; visitor <= visitors; visitor++) {
    let at = START + below(40 * 86_400);
    for (let visit = 1 + below(5); visit > 0; visit--) {
      lines.push({ visitor: `v${visitor}`, at, context: environment(random), event: "view" });
      for (let step = below(12); step > 0; step--) {
        at += one([0, 1, 20, 90, 400, 1700, 1800, 1801, 2400]);
        const late = chance(0.03) ? below(5000) : 0;
        const what = chance(0.12) ? { dwell: one([below(90), below(9000) / 100]) } : chance(0.1) ? { scroll: below(101) }
          : chance(0.15) ? { declare: facts(random) } : chance(0.05) ? { context: environment(random) } : events(random);
        lines.push({ visitor: `v${visitor}`, at: at - late, ...what });
      }
      at += one([3 * 3600, 86_400, 6 * 86_400, 23 * 86_400, 200 * 86_400]) + below(50_000);
    }
  }
  // As a log has them: by time, as far as the visitors' clocks were right.
  const order = lines.map((line, i) => [Math.floor(line.at / 86_400), i, line]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return order.map(([, , line]) => JSON.stringify(line)).join("\n") + "\n";
}

/** Orders in the form of the CDNOW table, whose licence does not let a sample of it live here. */
export function orders(customers, seed) {
  const { below, chance } = dice(seed);
  const rows = [];
  for (let customer = 1; customer <= customers; customer++) {
    let day = below(90);
    do {
      const discs = 1 + below(below(8) + 1);
      const date = new Date(Date.UTC(1997, 0, 1 + day)).toISOString().slice(0, 10).replaceAll("-", "");
      rows.push([String(customer).padStart(5, "0"), date, discs, (discs * (900 + below(900)) / 100).toFixed(2)].join(" "));
      day += 1 + below(chance(0.3) ? 30 : 250);
    } while (chance(0.6) && day < 540);
  }
  return `customer_id date number_of_cds dollar_value\n${rows.join("\n")}\n`;
}
