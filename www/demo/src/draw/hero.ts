import { blend, dice, dot, line, oval, path, round, tint } from "./kit.ts";

export type Scene = "welcome" | "winter" | "summer" | "camp" | "back";

const W = 1600;
const H = 760;

interface Light {
  sky: [string, string, string];
  sun: string;
  /** From the farthest range of hills to the nearest ground. */
  hills: string[];
  tree: string;
}

const DAY: Record<Scene, Light> = {
  welcome: { sky: ["#bcd6d8", "#e3e6d2", "#f6e7c4"], sun: "#fff6dc", hills: ["#b4c9bd", "#8fae98", "#6a9178", "#47735a", "#2f5a45"], tree: "#264b3a" },
  winter: { sky: ["#a9c3d6", "#d9e2e8", "#f3e3dc"], sun: "#fff3ea", hills: ["#c2d2de", "#dbe5ec", "#edf2f5", "#f8fafb", "#ffffff"], tree: "#3c5a60" },
  summer: { sky: ["#79bfd0", "#b9e0dc", "#fcebc3"], sun: "#fff4cf", hills: ["#8fbcae", "#6aa792", "#2f8fa3", "#f0dcae", "#e6cb93"], tree: "#2f6b57" },
  camp: { sky: ["#5d7f9a", "#e0a987", "#f9d59b"], sun: "#ffe8b8", hills: ["#8d93a3", "#6c7a86", "#4d6467", "#36504c", "#26403a"], tree: "#1f3832" },
  back: { sky: ["#a9cbc2", "#efdcb4", "#f3b98b"], sun: "#fff0d0", hills: ["#c9b79a", "#b08d62", "#9a6b43", "#6f5a3a", "#4b4a32"], tree: "#5b3f27" },
};

const NIGHT: Record<Scene, Light> = {
  welcome: { sky: ["#101c26", "#1c3338", "#35504a"], sun: "#e9ecd8", hills: ["#2c4646", "#25403e", "#1d3533", "#162a28", "#0f1f1d"], tree: "#0b1816" },
  winter: { sky: ["#0e1a2b", "#1d3149", "#41586d"], sun: "#eef3f7", hills: ["#3d566d", "#50697f", "#68808f", "#7d94a3", "#90a5b2"], tree: "#122433" },
  summer: { sky: ["#14223d", "#3b3a62", "#c2776b"], sun: "#ffd9a6", hills: ["#4a4a6b", "#3b405f", "#274a63", "#6d6063", "#574c50"], tree: "#1b2538" },
  camp: { sky: ["#0b1226", "#1b2445", "#3c3a5c"], sun: "#f4efdc", hills: ["#2b3350", "#232b43", "#1b2436", "#141c29", "#0e151e"], tree: "#0a1018" },
  back: { sky: ["#1b1b2c", "#4a3448", "#a8624c"], sun: "#ffdcae", hills: ["#5a4452", "#4a3942", "#3a2e32", "#2b2425", "#1d1a1a"], tree: "#181314" },
};

/** A landscape for a hero: the quiet part is on the left, where the words stand. */
export function landscape(scene: Scene, night: boolean): string {
  const light = (night ? NIGHT : DAY)[scene];
  const [top, middle, low] = light.sky;
  const defs = `<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${top}"/><stop offset=".55" stop-color="${middle}"/><stop offset=".82" stop-color="${low}"/></linearGradient>
<radialGradient id="halo"><stop offset="0" stop-color="${light.sun}" stop-opacity=".9"/><stop offset=".25" stop-color="${light.sun}" stop-opacity=".35"/><stop offset="1" stop-color="${light.sun}" stop-opacity="0"/></radialGradient>
<linearGradient id="mist" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${low}" stop-opacity="0"/><stop offset=".5" stop-color="${low}" stop-opacity=".5"/><stop offset="1" stop-color="${low}" stop-opacity="0"/></linearGradient></defs>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${W} ${H}" preserveAspectRatio="xMidYMax slice">${defs}<rect width="${W}" height="${H}" fill="url(#sky)"/>${night ? stars() : ""}${SCENES[scene](light, night)}</svg>`;
}

function stars(): string {
  const roll = dice(99);
  let out = "";
  for (let n = 0; n < 120; n += 1) out += dot(roll() * W, roll() * roll() * H * 0.6, round(0.7 + roll() * 1.3), "#fff", `opacity="${round(0.25 + roll() * 0.6)}"`);
  return out;
}

const sun = (x: number, y: number, r: number, colour: string) => dot(x, y, r * 5, "url(#halo)") + dot(x, y, r, colour);

/** A range of hills: a sum of a few waves; `rough` sharpens it into mountains. */
function range(seed: number, base: number, height: number, rough: number): { d: string; at: (x: number) => number } {
  const roll = dice(seed);
  const waves = [1, 2, 3.1, 5.3, 8.7].map((speed, n) => ({ speed: (speed * Math.PI * 2) / W, phase: roll() * 7, size: 1 / (n + 1) ** (2.2 - rough) }));
  const at = (x: number) => {
    const sum = waves.reduce((total, wave) => {
      const swing = Math.sin(x * wave.speed + wave.phase);
      return total + wave.size * (rough > 0.4 ? 1 - 2 * Math.abs(swing) : swing);
    }, 0);
    return base - (height * sum) / 2;
  };
  let d = `M 0 ${H}`;
  for (let x = 0; x <= W; x += 16) d += ` L ${x} ${round(at(x))}`;
  return { d: `${d} L ${W} ${H} Z`, at };
}

const veil = (y: number) => `<rect x="0" y="${y}" width="${W}" height="190" fill="url(#mist)"/>`;

function fir(x: number, y: number, size: number, colour: string, snow?: string): string {
  const tier = (top: number, half: number, bottom: number) => `M ${round(x)} ${round(y - top * size)} L ${round(x + half * size)} ${round(y - bottom * size)} L ${round(x - half * size)} ${round(y - bottom * size)} Z `;
  const tree = `<rect x="${round(x - size * 2)}" y="${round(y - size * 8)}" width="${round(size * 4)}" height="${round(size * 8)}" fill="${tint(colour, -0.3)}"/>` + path(tier(62, 12, 38) + tier(50, 17, 22) + tier(36, 22, 6), colour);
  return snow ? tree + path(tier(62, 7, 49) + tier(46, 6, 38), snow, `opacity=".9"`) : tree + path(`M ${round(x)} ${round(y - 62 * size)} L ${round(x + 22 * size)} ${round(y - 6 * size)} L ${round(x)} ${round(y - 6 * size)} Z`, "#000", `opacity=".12"`);
}

function wood(seed: number, ground: (x: number) => number, from: number, to: number, count: number, size: number, colour: string, snow?: string): string {
  const roll = dice(seed);
  const trees = Array.from({ length: count }, () => ({ x: from + roll() * (to - from), grow: size * (0.7 + roll() * 0.7) })).sort((a, b) => a.grow - b.grow);
  return trees.map(({ x, grow }) => fir(x, ground(x) + 6, grow, colour, snow)).join("");
}

function birds(x: number, y: number, colour: string): string {
  return [[0, 0, 1], [54, -20, 0.8], [92, 14, 0.7], [-42, 22, 0.6]].map(([dx, dy, s]) => line(`M ${x + dx!} ${y + dy!} q ${8 * s!} ${-9 * s!} ${15 * s!} 0 q ${7 * s!} ${-9 * s!} ${15 * s!} 0`, colour, 2.4)).join("");
}

function fern(x: number, y: number, size: number, lean: number, colour: string): string {
  let out = line(`M ${x} ${y} q ${lean * 0.3} ${-size * 0.6} ${lean} ${-size}`, colour, 4);
  for (let n = 1; n < 11; n += 1) {
    const t = n / 11;
    const px = x + lean * t * (0.6 + 0.4 * t);
    const py = y - size * t;
    const leaf = (1 - t) * size * 0.34;
    out += path(`M ${round(px)} ${round(py)} q ${round(leaf * 0.6)} ${round(-leaf * 0.5)} ${round(leaf)} ${round(leaf * 0.05)} q ${round(-leaf * 0.5)} ${round(leaf * 0.25)} ${round(-leaf)} 0 Z`, colour) + path(`M ${round(px)} ${round(py)} q ${round(-leaf * 0.6)} ${round(-leaf * 0.5)} ${round(-leaf)} ${round(leaf * 0.05)} q ${round(leaf * 0.5)} ${round(leaf * 0.25)} ${round(leaf)} 0 Z`, colour);
  }
  return out;
}

function tentAt(x: number, y: number, size: number, fly: string, lit: boolean): string {
  const p = (dx: number, dy: number) => `${round(x + dx * size)} ${round(y + dy * size)}`;
  const glow = lit ? dot(x, y - 20 * size, 130 * size, "url(#halo)") : "";
  return glow + path(`M ${p(-70, 0)} C ${p(-60, -60)} ${p(-24, -84)} ${p(0, -86)} C ${p(24, -84)} ${p(60, -60)} ${p(70, 0)} Z`, lit ? tint(fly, 0.25) : fly) + path(`M ${p(0, -86)} C ${p(24, -84)} ${p(60, -60)} ${p(70, 0)} L ${p(34, 0)} C ${p(32, -40)} ${p(18, -72)} ${p(0, -86)} Z`, tint(fly, -0.2)) +
    path(`M ${p(-24, 0)} C ${p(-22, -36)} ${p(-8, -54)} ${p(0, -56)} C ${p(8, -54)} ${p(22, -36)} ${p(24, 0)} Z`, "#ffe9b0");
}

const SCENES: Record<Scene, (light: Light, night: boolean) => string> = {
  welcome({ hills, tree, sun: colour }) {
    const [a, b, c, d, e] = [range(21, 430, 120, 0.3), range(8, 490, 110, 0.2), range(33, 560, 90, 0.1), range(41, 640, 80, 0), range(17, 720, 44, 0)];
    return sun(1130, 210, 52, colour) + birds(900, 190, tree) + path(a.d, hills[0]!) + veil(380) + path(b.d, hills[1]!) + veil(450) + path(c.d, hills[2]!) + wood(4, c.at, 760, 1600, 34, 0.75, blend(tree, hills[2]!, 0.4)) + path(d.d, hills[3]!) +
      wood(9, d.at, 980, 1600, 26, 1.5, tree) + path(e.d, hills[4]!) + fern(1480, 770, 190, 70, blend(tree, hills[2]!, 0.35)) + fern(1420, 772, 150, -60, blend(tree, hills[2]!, 0.2)) + fern(1540, 775, 150, 30, blend(tree, hills[2]!, 0.5)) + fern(60, 775, 110, 34, blend(tree, hills[2]!, 0.35)) + fern(20, 775, 130, -30, blend(tree, hills[2]!, 0.2));
  },
  winter({ hills, tree, sun: colour }) {
    const [b, c, d] = [range(14, 560, 70, 0.2), range(61, 620, 70, 0.1), range(29, 690, 60, 0)];
    const roll = dice(3);
    let flakes = "";
    for (let n = 0; n < 110; n += 1) flakes += dot(roll() * W, roll() * H, round(1.4 + roll() * 2.8), "#fff", `opacity="${round(0.4 + roll() * 0.5)}"`);
    return sun(1160, 190, 46, colour) + peak(330, 300, 290, hills[0]!) + peak(1480, 270, 300, hills[0]!) + peak(760, 330, 260, hills[0]!) + peak(1130, 190, 380, tint(hills[0]!, -0.1)) + veil(440) + path(b.d, hills[1]!) + wood(7, b.at, 0, 1600, 60, 0.5, blend(tree, hills[0]!, 0.62), "#fff") + path(c.d, hills[2]!) + wood(2, c.at, 700, 1600, 30, 1.1, blend(tree, hills[0]!, 0.3), "#fff") +
      path(d.d, hills[4]!) + wood(12, d.at, 1080, 1600, 13, 2.3, tree, "#fff") + cabin(930, d.at(930), tree) + flakes;
  },
  summer({ hills, tree, sun: colour }, night) {
    const [a, b] = [range(12, 400, 120, 0.3), range(25, 440, 90, 0.2)];
    const sea = hills[2]!;
    let waves = "";
    for (let n = 0; n < 26; n += 1) waves += line(`M ${round((n * 397) % W)} ${484 + ((n * 53) % 120)} q 22 -6 44 0 t 44 0`, tint(sea, night ? 0.2 : 0.45), 2.4, `opacity=".7"`);
    const beach = `M 0 640 C 260 600 520 628 800 612 C 1060 596 1300 560 1600 574 L 1600 ${H} L 0 ${H} Z`;
    return sun(1100, 220, 62, colour) + birds(820, 170, blend(tree, hills[2]!, 0.35)) + path(a.d, hills[0]!) + path(b.d, hills[1]!) + `<rect y="462" width="${W}" height="300" fill="${sea}"/>` + oval(1100, 500, 170, 12, colour, `opacity=".5"`) + waves + sail(560, 478, 1, "#fbf6ea", "#c4562e") + sail(380, 470, 0.55, "#fbf6ea", "#2f6f77") +
      path(beach, "#fff", `opacity=".75" transform="translate(0 -9)"`) + path(beach, hills[3]!) + path(`M 0 720 C 400 690 1000 712 1600 660 L 1600 ${H} L 0 ${H} Z`, hills[4]!) + parasol(1290, 640) + [0, 1, 2, 3, 4, 5, 6].map((n) => fern(1480 + n * 18, 775, 70 + ((n * 37) % 60), (n - 3) * 22, tint(tree, n * 0.05))).join("");
  },
  camp({ hills, tree, sun: colour }, night) {
    const [a, b, c, d] = [range(19, 420, 220, 0.6), range(31, 500, 140, 0.4), range(11, 600, 70, 0.1), range(23, 690, 40, 0)];
    return sun(1180, night ? 170 : 360, night ? 40 : 66, colour) + path(a.d, hills[0]!) + veil(420) + path(b.d, hills[1]!) + veil(490) + path(`M 620 640 C 760 590 1100 588 1290 640 C 1200 680 740 684 620 640 Z`, tint(hills[0]!, 0.25), `opacity="0"`) + path(c.d, hills[2]!) + wood(6, c.at, 0, 1600, 54, 0.9, blend(tree, hills[2]!, 0.45)) +
      path(d.d, hills[3]!) + wood(15, d.at, 1290, 1620, 11, 2.4, tree) + wood(16, d.at, 700, 840, 3, 1.6, tree) + tentAt(1060, d.at(1060) + 18, 1.5, "#d0712f", true) + tentAt(880, d.at(880) + 10, 0.9, "#3f6f7a", night) + fire(1215, d.at(1215) + 26) + path(range(77, 745, 24, 0).d, hills[4]!);
  },
  back({ hills, tree, sun: colour }) {
    const [a, b, c, d] = [range(45, 420, 130, 0.3), range(52, 500, 120, 0.2), range(58, 590, 90, 0.1), range(63, 690, 50, 0)];
    const way = `M 1010 ${H} C 1120 700 980 650 1090 606 C 1160 576 1080 556 1120 530 C 1124 556 1210 580 1140 618 C 1060 660 1260 700 1210 ${H} Z`;
    const roll = dice(8);
    let leaves = "";
    for (let n = 0; n < 30; n += 1) leaves += oval(round(1180 + roll() * 420), round(200 + roll() * 480), 7, 4, ["#d9772f", "#c4562e", "#e0a23f"][n % 3]!, `transform="rotate(${round(roll() * 90)} ${round(1180 + roll() * 400)} 420)" opacity=".85"`);
    return sun(980, 300, 60, colour) + birds(760, 180, tree) + path(a.d, hills[0]!) + veil(400) + path(b.d, hills[1]!) + wood(3, b.at, 500, 1600, 34, 0.55, tint(hills[2]!, -0.2)) + path(c.d, hills[2]!) + veil(600) + path(d.d, hills[3]!) + path(way, tint(hills[0]!, 0.35), `opacity=".9"`) + house(1150, 536) + birch(1420, 720, 1.2, tree) + birch(1540, 735, 1.5, tree) + birch(1325, 700, 0.8, tree) + leaves + path(range(71, 748, 20, 0).d, hills[4]!);
  },
};

/** A mountain: a lit side, a shaded side, and snow down to a torn edge. */
function peak(x: number, y: number, half: number, rock: string): string {
  const base = 640;
  const p = (dx: number, dy: number) => `${round(x + dx * half)} ${round(y + dy * half)}`;
  return path(`M ${x} ${y} L ${p(0.2, 0.26)} L ${p(0.34, 0.36)} L ${p(0.62, 0.74)} L ${x + half} ${base} H ${x - half} L ${p(-0.6, 0.8)} L ${p(-0.4, 0.52)} L ${p(-0.26, 0.42)} Z`, rock) +
    path(`M ${x} ${y} L ${p(0.2, 0.26)} L ${p(0.34, 0.36)} L ${p(0.62, 0.74)} L ${x + half} ${base} H ${p(0.12, 0).split(" ")[0]} L ${p(0.04, 0.7)} L ${p(0.1, 0.4)} Z`, tint(rock, -0.14)) +
    path(`M ${x} ${y} L ${p(0.2, 0.26)} L ${p(0.34, 0.36)} L ${p(0.46, 0.52)} L ${p(0.3, 0.47)} L ${p(0.24, 0.6)} L ${p(0.12, 0.44)} L ${p(0, 0.56)} L ${p(-0.12, 0.42)} L ${p(-0.24, 0.58)} L ${p(-0.3, 0.5)} L ${p(-0.4, 0.52)} L ${p(-0.26, 0.42)} Z`, "#fff", `opacity=".92"`) +
    path(`M ${x} ${y} L ${p(0.2, 0.26)} L ${p(0.34, 0.36)} L ${p(0.46, 0.52)} L ${p(0.3, 0.47)} L ${p(0.24, 0.6)} L ${p(0.12, 0.44)} L ${p(0.1, 0.4)} Z`, rock, `opacity=".5"`);
}

const cabin = (x: number, y: number, dark: string) => path(`M ${x - 62} ${y + 8} v -52 l 62 -40 l 62 40 v 52 Z`, tint(dark, -0.2)) + path(`M ${x - 78} ${y - 40} l 78 -54 l 78 54 l -8 8 l -70 -46 l -70 46 Z`, "#fff") + `<rect x="${x - 36}" y="${y - 34}" width="26" height="24" fill="#ffdf9a"/><rect x="${x + 10}" y="${y - 36}" width="24" height="44" fill="#6d4a33"/>`;

const house = (x: number, y: number) => path(`M ${x - 34} ${y + 4} v -34 l 34 -26 l 34 26 v 34 Z`, "#f3e6cc") + path(`M ${x - 44} ${y - 28} l 44 -34 l 44 34 Z`, "#8c3b2c") + `<rect x="${x - 8}" y="${y - 24}" width="16" height="28" fill="#6d4a33"/><rect x="${x + 14}" y="${y - 24}" width="12" height="12" fill="#ffdf9a"/>` + line(`M ${x + 20} ${y - 58} q 10 -16 0 -30 q -8 -14 6 -28`, "#fff", 5, `opacity=".6"`);

const sail = (x: number, y: number, s: number, cloth: string, hull: string) => path(`M ${x} ${y} l ${-40 * s} 0 l ${8 * s} ${14 * s} h ${70 * s} l ${14 * s} ${-14 * s} Z`, hull) + path(`M ${x} ${y - 4} V ${y - 92 * s} L ${x + 46 * s} ${y - 4} Z`, cloth) + path(`M ${x - 4} ${y - 4} V ${y - 76 * s} L ${x - 34 * s} ${y - 4} Z`, tint(cloth, -0.08));

function parasol(x: number, y: number): string {
  const piece = (from: number, to: number, colour: string) => path(`M ${x} ${y - 150} Q ${x + from} ${y - 130} ${x + from} ${y - 70} Q ${x + (from + to) / 2} ${y - 86} ${x + to} ${y - 70} Q ${x + to} ${y - 130} ${x} ${y - 150} Z`, colour);
  return oval(x + 30, y + 44, 130, 12, "#8a6b3c", `opacity=".3"`) + `<g transform="rotate(10 ${x} ${y})">` + line(`M ${x} ${y - 146} V ${y + 50}`, "#f4ead2", 7) + piece(-116, -66, "#c4562e") + piece(-66, -20, "#f7efdc") + piece(-20, 24, "#c4562e") + piece(24, 70, "#f7efdc") + piece(70, 116, "#c4562e") + `</g>` + path(`M ${x - 150} ${y + 40} l 84 -8 l 26 18 l -92 10 Z`, "#2f6f77");
}

const fire = (x: number, y: number) => dot(x, y - 14, 90, "url(#halo)") + path(`M ${x} ${y - 54} q 28 26 14 48 h -30 q -14 -22 8 -32 q 8 -6 8 -16 Z`, "#f08a2f") + path(`M ${x} ${y - 30} q 14 14 6 24 h -14 q -6 -12 8 -24 Z`, "#ffe08a") + line(`M ${x - 26} ${y} L ${x + 26} ${y - 8} M ${x - 26} ${y - 8} L ${x + 26} ${y}`, "#4a3324", 8);

function birch(x: number, y: number, s: number, bark: string): string {
  const roll = dice(Math.round(x));
  let crown = "";
  for (let n = 0; n < 26; n += 1) crown += dot(x + (roll() - 0.5) * 150 * s, y - (150 + roll() * 150) * s, round((20 + roll() * 22) * s), ["#d9772f", "#e2953f", "#c4602e", "#e8b04d"][n % 4]!, `opacity=".9"`);
  return line(`M ${x} ${y + 20} C ${x + 6 * s} ${y - 80 * s} ${x - 6 * s} ${y - 160 * s} ${x + 4 * s} ${y - 230 * s} M ${x} ${y - 120 * s} l ${36 * s} ${-60 * s} M ${x} ${y - 90 * s} l ${-34 * s} ${-70 * s}`, bark, round(9 * s)) + crown;
}
