// What is learned from groups, simulated: tables and plots for docs/experiments.md.
//   node scripts/experiments.mjs [--from=FILE] [--out=docs/generated]
// Runs `cargo run --release -p fewbits-cli --example learning` (some minutes; seeded, so the same code gives the same
// figures), or reads what that printed from FILE. Writes experiments.md and four SVG files.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: options } = parseArgs({ options: {
  from: { type: "string" }, out: { type: "string", default: join(root, "docs/generated") },
} });
const command = ["run", "--release", "--quiet", "-p", "fewbits-cli", "--example", "learning"];
const found = JSON.parse(options.from
  ? readFileSync(options.from, "utf8")
  : execFileSync("cargo", command, { cwd: root, maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "inherit"] }));

// ---- numbers

const whole = (n) => Math.round(n).toLocaleString("en");
const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
const within = ({ share, low, high }) => `${percent(share)} (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
const noise = (epsilon) => (epsilon === null ? "none" : `epsilon ${epsilon}`);
const table = (head, rows) => [head, head.map((_, i) => (i ? "--:" : "---")), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
const safe = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

// ---- a chart: 400 units wide, so that it can be read at the width of a phone

const [width, height, left, right, top, bottom] = [400, 290, 50, 12, 14, 46];
const style = `
  :root { --paper: #fff; --ink: #1d2327; --soft: #5b6670; --line: #dcdfdc; --a: #0b7a6f; --b: #c2410c; --c: #6d4bb0; --d: #7b858d; --e: #1d6fb8; --f: #8a6d00; }
  @media (prefers-color-scheme: dark) { :root { --paper: #14181b; --ink: #e8ebec; --soft: #a3adb4; --line: #343c42; --a: #3ec2ae; --b: #ff8a5c; --c: #b49cf0; --d: #8d979e; --e: #6cb6f5; --f: #d9b84a; } }
  text { font: 11px system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; fill: var(--soft); }
  .ink { fill: var(--ink); } .paper { fill: var(--paper); } .grid { stroke: var(--line); } .axis { stroke: var(--soft); }
  .rule { stroke: var(--soft); stroke-dasharray: 2 3; } path, line { fill: none; }
  .line { stroke-width: 2; stroke-linejoin: round; } .dashed { stroke-dasharray: 5 4; stroke-width: 1.5; } .whisker { stroke-width: 1.25; }
${[..."abcdef"].map((c) => `  .${c} { stroke: var(--${c}); } .band.${c} { fill: var(--${c}); fill-opacity: .16; stroke: none; } .dot.${c} { fill: var(--paper); stroke-width: 1.75; } .name.${c} { fill: var(--${c}); stroke: none; font-weight: 600; }`).join("\n")}
`;

/** A scale from values to units. */
function scale({ from, to, log }, start, end) {
  const place = (v) => (log ? Math.log(Math.max(v, 1e-12)) : v);
  return (v) => start + ((place(v) - place(from)) / (place(to) - place(from))) * (end - start);
}

function chart({ title, x, y, series, rules = [], names }) {
  const across = scale(x, left + 8, width - right - 8);
  const up = scale(y, height - bottom, top);
  const at = (n) => n.toFixed(1);
  const path = (points) => `M${points.map(([a, b]) => `${at(across(a))} ${at(up(b))}`).join("L")}`;
  const out = [];
  for (const [value, label] of y.marks) {
    out.push(`<line class="grid" x1="${left}" x2="${width - right}" y1="${at(up(value))}" y2="${at(up(value))}"/><text x="${left - 6}" y="${at(up(value) + 4)}" text-anchor="end">${safe(label)}</text>`);
  }
  out.push(`<line class="axis" x1="${left}" x2="${width - right}" y1="${height - bottom}" y2="${height - bottom}"/>`);
  x.marks.forEach(([value, label], i) => {
    // The last one ends where the chart does.
    const [place, anchor] = i + 1 === x.marks.length && label.length > 3 ? [width - right + 4, "end"] : [across(value), "middle"];
    out.push(`<text x="${at(place)}" y="${height - bottom + 16}" text-anchor="${anchor}">${safe(label)}</text>`);
  });
  out.push(`<text class="ink" x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">${safe(x.name)}</text>`);
  for (const { value, label } of rules) out.push(`<line class="rule" x1="${left}" x2="${width - right}" y1="${at(up(value))}" y2="${at(up(value))}"/><text x="${width - right}" y="${at(up(value) - 4)}" text-anchor="end">${safe(label)}</text>`);
  for (const { color, band, line, dashed, points = [] } of series) {
    if (band) out.push(`<path class="band ${color}" d="${path([...band.map(([v, , high]) => [v, high]), ...band.map(([v, low]) => [v, low]).reverse()])}Z"/>`);
    if (line) out.push(`<path class="line ${color}${dashed ? " dashed" : ""}" d="${path(line)}"/>`);
    for (const [v, value, low, high, says] of points) {
      const [cx, a, b] = [across(v), up(low), up(high)];
      out.push(`<path class="whisker ${color}" d="M${at(cx)} ${at(a)}V${at(b)}M${at(cx - 3)} ${at(a)}h6M${at(cx - 3)} ${at(b)}h6"/><circle class="dot ${color}" cx="${at(cx)}" cy="${at(up(value))}" r="3"><title>${safe(says)}</title></circle>`);
    }
  }
  for (const { color, text, x: px, y: py, anchor = "start" } of names) out.push(`<text class="name ${color}" x="${at(across(px))}" y="${at(up(py))}" text-anchor="${anchor}">${safe(text)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${safe(title)}">\n<title>${safe(title)}</title><style>${style}</style>\n<rect class="paper" width="${width}" height="${height}"/>\n${out.join("\n")}\n</svg>\n`;
}

const percents = (...marks) => marks.map((mark) => [mark / 100, `${mark} %`]);

// ---- the same twice

const alike = found.same.filter((s) => s.epsilon === 4 && s.rate === 0.05);
const looks = [["once", "a"], ["peeked", "b"], ["always", "c"]].map(([kind, color]) => ({
  color,
  line: alike.map((s) => [s.reports, s[kind].share]),
  points: alike.map((s) => [s.reports, s[kind].share, s[kind].low, s[kind].high, `${whole(s.reports)} reports: ${within(s[kind])}`]),
}));
const same = chart({
  title: "False alarms where nothing differs: one look 5 percent, twenty looks at p some 24 percent, twenty looks at the interval that is made for it 0 to 2 percent",
  x: { from: 1000, to: 64000, log: true, name: "reports in the end (two variants, 5 % convert, epsilon 4)", marks: alike.map((s) => [s.reports, whole(s.reports)]) },
  y: { from: 0, to: 0.3, marks: percents(0, 10, 20, 30) },
  rules: [{ value: 0.05, label: "" }],
  series: looks,
  names: [
    { color: "b", text: "p below 5 % at one of 20 looks", x: 1000, y: 0.265 },
    { color: "a", text: "p below 5 % at one planned look", x: 1000, y: 0.075 },
    { color: "c", text: "0 left `always` at one of 20 looks", x: 1000, y: 0.022 },
  ],
});

// ---- p is uniform

const picked = [["a", (s) => s.epsilon === 4 && s.reports === 16000], ["b", (s) => s.epsilon === 1], ["d", (s) => s.epsilon === null]];
const uniform = chart({
  title: "Where nothing differs, p is below any value as often as that value says",
  x: { from: 0, to: 1, name: "p", marks: [0, 0.25, 0.5, 0.75, 1].map((v) => [v, String(v)]) },
  y: { from: 0, to: 1, marks: percents(0, 25, 50, 75, 100) },
  series: [
    { color: "d", dashed: true, line: [[0, 0], [1, 1]] },
    ...picked.map(([color, is]) => {
      const { below, runs } = found.same.find(is);
      return { color, points: below.slice(0, -1).map((share, i) => {
        const half = 1.96 * Math.sqrt((share * (1 - share)) / runs);
        return [(i + 1) / 20, share, share - half, share + half, percent(share)];
      }) };
    }),
  ],
  names: [
    { color: "d", text: "no noise, 16,000 reports", x: 0.05, y: 0.92 },
    { color: "a", text: "epsilon 4, 16,000 reports", x: 0.05, y: 0.85 },
    { color: "b", text: "epsilon 1, 16,000 reports", x: 0.05, y: 0.78 },
  ],
});

// ---- a difference

const colors = ["d", "a", "c", "b"];
const power = chart({
  title: "How often a difference of 12 against 10 percent is found, as promised and as it happened, by reports and epsilon",
  x: { from: 1000, to: 100000, log: true, name: "reports (10 % convert, and 12 %)", marks: [1000, 3000, 10000, 30000, 100000].map((v) => [v, whole(v)]) },
  y: { from: 0, to: 1, marks: percents(0, 20, 40, 60, 80, 100) },
  rules: [{ value: 0.8, label: "" }],
  series: found.different.map(({ points }, i) => ({
    color: colors[i], dashed: true,
    line: points.map((p) => [p.reports, p.promised]),
    points: points.map((p) => [p.reports, p.found.share, p.found.low, p.found.high, `${whole(p.reports)} reports: promised ${percent(p.promised, 0)}, found ${within(p.found)}`]),
  })),
  names: found.different.map(({ epsilon, points }, i) => ({ color: colors[i], text: epsilon === null ? "no noise" : `ε ${epsilon}`, x: points.at(-1).reports, y: 1.0, anchor: i === 0 ? "end" : "middle" })),
});

// ---- a bandit

const { bandit } = found;
const drawn = { uniform: ["d", "uniform"], "best fixed": ["f", "best fixed"], "epsilon 2": ["b", "bandit, ε 2"], "epsilon 4": ["a", "bandit, ε 4"], "no noise": ["e", "bandit, no noise"], "full information": ["c", "bandit, full information"] };
const greatest = 4500;
const regret = chart({
  title: "Conversions missed over half a year, by who decides: uniform and best fixed go on for ever, bandits stop missing after the first weeks",
  x: { from: 0, to: bandit.weeks, name: "weeks of books", marks: [0, 4, 8, 13, 17, 21, 26].map((v) => [v, String(v)]) },
  y: { from: 0, to: greatest, marks: [0, 1000, 2000, 3000, 4000].map((v) => [v, whole(v)]) },
  series: bandit.policies.map(({ policy, weeks }) => ({
    color: drawn[policy][0],
    band: [[0, 0, 0], ...weeks.map((w, i) => [i + 1, w.low, w.high])],
    line: [[0, 0], ...weeks.map((w, i) => [i + 1, w.mean])],
  })),
  names: bandit.policies.map(({ policy, weeks }) => {
    const end = weeks.at(-1).mean;
    const lift = { uniform: 90, "best fixed": -980, "epsilon 2": 110, "epsilon 4": 90, "no noise": -230, "full information": 70 }[policy];
    return { color: drawn[policy][0], text: drawn[policy][1], x: bandit.weeks, y: end + lift, anchor: "end" };
  }),
});

// ---- written

const best = (rates) => Math.max(...rates);
const segments = bandit.segments.map(({ segment, share, rates }) => [
  `\`${segment}\``, percent(share, 0), ...rates.map((rate) => (rate === best(rates) ? `**${percent(rate, 0)}**` : percent(rate, 0))),
]);
const page = `# Experiments and bandits: what was simulated

Written by \`node scripts/experiments.mjs\` from seeded simulations (\`cli/examples/learning.rs\`). What it means: [experiments.md](../experiments.md). In brackets: 95 % intervals of the simulation itself.

## Nothing differs (A/A)

Two variants that convert alike; how often a difference is found. "Twenty looks" are at every twentieth of the reports.

![False alarms](learning-same.svg)

${table(["noise", "converted", "reports", "runs", "p < 5 %, one look", "p < 5 %, at one of twenty looks", "0 outside of `always`, at one of twenty looks"],
  found.same.map((s) => [noise(s.epsilon), percent(s.rate, 0), whole(s.reports), whole(s.runs), within(s.once), within(s.peeked), within(s.always)]))}

![p is uniform](learning-p.svg)

## A difference (A/B)

12 % against 10 %. For each power the formula says how many reports it takes (dashed); so often the difference was found with as many (points).

![Power](learning-power.svg)

${table(["noise", "power promised", "reports", "found"], found.different.flatMap((d) => d.points.map((p) => [noise(d.epsilon), percent(p.promised, 0), whole(p.reports), within(p.found)])))}

## How often the intervals hold the truth

${table(["noise", "converted", "reports", "rate", "difference", "relative lift", "relative lift by the delta method"],
  found.coverage.map((c) => [noise(c.epsilon), c.rates.map((r) => percent(r, 0)).join(", "), whole(c.reports), within(c.rate), within(c.difference), within(c.relative), within(c.delta)]))}

## A bandit

${whole(bandit.visitors)} visitors a week for ${bandit.weeks} weeks, 80 % of whom see the slot, once. ${bandit.counted} % agree to be counted and come back; each answers one question once, two to four weeks after the visit. Each week a new book carries the posteriors that the collector publishes of all answers so far, with a crowd floor of 50. Variants are drawn by the core's own Thompson sampling.

${table(["segment", "of the visitors", ...bandit.variants.map((v) => `\`${v}\``)], segments)}

Missed are the conversions that were to be expected of each segment's better variant, less those of the variant shown. Mean of ${bandit.runs} runs; the bands hold nine of ten.

![Regret](learning-regret.svg)

${table(["who decides", "missed after 4 weeks", "8 weeks", "13 weeks", `${bandit.weeks} weeks`, "nine of ten runs", "in the last four weeks"],
  bandit.policies.map(({ policy, weeks }) => [drawn[policy][1], ...[4, 8, 13, bandit.weeks].map((w) => whole(weeks[w - 1].mean)), `${whole(weeks.at(-1).low)} to ${whole(weeks.at(-1).high)}`, whole(weeks.at(-1).mean - weeks.at(-5).mean)]))}
`;
mkdirSync(options.out, { recursive: true });
for (const [name, text] of Object.entries({ "experiments.md": page, "learning-same.svg": same, "learning-p.svg": uniform, "learning-power.svg": power, "learning-regret.svg": regret })) {
  writeFileSync(join(options.out, name), text);
}
