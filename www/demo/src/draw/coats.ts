import { dice, dot, fade, line, mirrored, path, round, stitch, tint } from "./kit.ts";

export interface Coat {
  kind: "parka" | "down" | "shell" | "field" | "fleece" | "smock";
  cloth: string;
  accent: string;
  lining: string;
}

/** Half of the garment, seen from the front; the other half is its mirror image. */
const BODY = (hem: number) => `M 240 118 L 206 112 C 184 120 164 128 148 140 C 142 220 144 300 140 ${hem - 8} C 170 ${hem + 4} 206 ${hem + 6} 240 ${hem + 6} Z`;
const SLEEVE = "M 160 132 C 130 142 112 164 104 204 C 94 256 84 304 80 346 C 88 356 110 360 122 354 C 128 312 140 264 152 226 Z";
const HEM: Record<Coat["kind"], number> = { parka: 412, down: 372, shell: 378, field: 392, fleece: 370, smock: 380 };

export function coat(it: Coat): string {
  const { kind, cloth, lining } = it;
  const hem = HEM[kind];
  const defs = `<defs>${fade("cloth", tint(cloth, 0.14), tint(cloth, -0.12))}${fade("sleeve", tint(cloth, -0.02), tint(cloth, -0.24))}
<clipPath id="body"><path d="${BODY(hem)}"/></clipPath><clipPath id="arm"><path d="${SLEEVE}"/></clipPath></defs>`;
  const hanger = line("M 240 92 C 240 72 258 74 256 60 C 254 48 236 48 234 60", "#8d8577", 4);
  const half = path(SLEEVE, "url(#sleeve)") + `<g clip-path="url(#arm)">${sleeve(it)}</g>` + path(BODY(hem), "url(#cloth)") + `<g clip-path="url(#body)">${texture(it)}${folds(hem)}</g>` + pockets(it);
  const neck = path("M 204 114 C 214 92 266 92 276 114 L 262 140 L 240 156 L 218 140 Z", lining) + path("M 212 112 C 224 100 256 100 268 112 C 262 120 218 120 212 112 Z", tint(lining, -0.4));
  return defs + hanger + hoodBehind(it) + neck + mirrored(half) + front(it, hem) + collar(it);
}

const folds = (hem: number) => path(`M 148 150 C 152 230 150 320 146 ${hem} L 128 ${hem} L 128 150 Z`, "#000", `opacity=".13"`) +
  path(`M 176 200 C 172 260 178 330 172 ${hem} L 186 ${hem} C 190 330 182 260 176 200 Z`, "#fff", `opacity=".06"`) +
  path("M 152 150 C 180 170 200 172 236 150 C 204 190 176 190 152 170 Z", "#fff", `opacity=".05"`);

function sleeve({ kind, cloth, accent, lining }: Coat): string {
  const cuff = (colour: string) => path("M 74 330 C 92 340 112 342 132 336 L 130 364 L 74 364 Z", colour);
  switch (kind) {
    case "down":
      return [172, 206, 240, 274, 308].map((y) => quilt(`M 78 ${y + 10} C 104 ${y + 20} 130 ${y + 8} 160 ${y - 14}`, cloth)).join("") + cuff(accent);
    case "shell":
      return path("M 96 120 L 180 120 L 150 196 C 130 190 112 190 96 200 Z", accent, `opacity=".9"`) + cuff(tint(cloth, -0.25));
    case "fleece":
      return curls(7, 80, 130, 90, 230, cloth) + cuff(accent);
    case "smock":
      return path("M 96 196 C 116 204 136 200 160 188 L 158 214 C 134 224 112 226 90 220 Z", accent) + cuff(tint(cloth, -0.2));
    case "field":
      return cuff(tint(cloth, -0.18)) + stitch("M 80 328 C 96 336 112 338 128 334", lining);
    default:
      return cuff(tint(cloth, -0.2)) + stitch("M 80 328 C 96 336 112 338 128 334", tint(cloth, 0.4));
  }
}

const quilt = (d: string, cloth: string) => line(d, tint(cloth, -0.32), 3) + line(d, tint(cloth, 0.3), 1.6, `transform="translate(0 4)" opacity=".75"`);

function curls(seed: number, x: number, y: number, wide: number, high: number, cloth: string): string {
  const roll = dice(seed);
  let out = "";
  for (let n = 0; n < (wide * high) / 130; n += 1) {
    const px = round(x + roll() * wide);
    const py = round(y + roll() * high);
    out += line(`M ${px} ${py} q 4 -7 9 -1`, tint(cloth, roll() > 0.5 ? 0.22 : -0.1), 3, `opacity=".7"`);
  }
  return out;
}

function texture({ kind, cloth, accent }: Coat): string {
  switch (kind) {
    case "down":
      return [164, 198, 232, 266, 300, 334].map((y) => quilt(`M 130 ${y} C 170 ${y + 12} 210 ${y + 12} 244 ${y + 8}`, cloth)).join("") + path("M 130 354 L 250 362 L 250 392 L 130 388 Z", accent);
    case "shell":
      return path("M 130 100 L 244 100 L 244 190 C 206 176 176 184 130 214 Z", accent, `opacity=".92"`) + line("M 130 214 C 176 184 206 176 244 190", tint(cloth, 0.3), 2);
    case "fleece":
      return curls(3, 140, 112, 100, 270, cloth) + path("M 130 100 L 244 100 L 244 176 L 190 176 C 172 172 158 166 140 160 Z", accent) + stitch("M 146 166 C 162 172 178 180 244 180", tint(accent, 0.4)) + path("M 130 356 L 250 362 L 250 392 L 130 388 Z", accent);
    case "smock":
      return path("M 130 100 L 244 100 L 244 206 L 130 200 Z", accent) + line("M 130 200 L 244 206", tint(accent, -0.3), 3);
    case "parka":
      return line("M 140 300 C 176 308 206 308 244 306", tint(cloth, -0.3), 4) + stitch("M 140 306 C 176 314 206 314 244 312", tint(cloth, 0.4));
    case "field":
      return path("M 130 100 L 244 100 L 244 164 C 206 178 170 176 130 164 Z", tint(cloth, -0.14)) + stitch("M 138 160 C 172 172 206 172 240 160", tint(cloth, 0.45));
  }
}

function pockets({ kind, cloth, accent }: Coat): string {
  const flap = (x: number, y: number, w: number, h: number) =>
    `<rect x="${x}" y="${y + 8}" width="${w}" height="${h}" rx="5" fill="${tint(cloth, -0.1)}"/><path d="M ${x - 2} ${y} h ${w + 4} v 14 l ${-(w + 4) / 2} 9 l ${-(w + 4) / 2} -9 Z" fill="${tint(cloth, -0.2)}"/>` + dot(x + w / 2, y + 13, 3.4, accent) + stitch(`M ${x + 4} ${y + h + 3} h ${w - 8}`, tint(cloth, 0.4));
  switch (kind) {
    case "parka": return flap(164, 326, 52, 48);
    case "field": return flap(162, 300, 56, 58) + flap(166, 196, 44, 40);
    case "down": return line("M 160 304 L 176 268", tint(cloth, -0.4), 4);
    case "shell": return line("M 172 328 L 184 252", tint(cloth, -0.35), 5) + line("M 172 328 L 184 252", accent, 1.8);
    case "fleece": return line("M 162 322 L 174 270", tint(accent, -0.2), 5);
    case "smock": return "";
  }
}

/** Zip or buttons in the middle, and what crosses it. */
function front({ kind, cloth, accent, lining }: Coat, hem: number): string {
  const zip = (from: number, to: number, tape: string, teeth: string) =>
    line(`M 240 ${from} V ${to}`, tape, 9) + line(`M 240 ${from} V ${to}`, teeth, 3.4, `stroke-dasharray="2 3"`) + `<rect x="236.5" y="${from + 4}" width="7" height="17" rx="3" fill="${tint(teeth, 0.4)}"/>`;
  switch (kind) {
    case "parka":
      return path(`M 229 144 H 251 V ${hem + 6} H 229 Z`, tint(cloth, -0.1)) + [176, 224, 272, 330, 380].map((y) => dot(240, y, 5, tint(accent, -0.1)) + dot(239, y - 1, 2, tint(accent, 0.5))).join("") + stitch(`M 253 144 V ${hem}`, tint(cloth, 0.4));
    case "field":
      return path(`M 231 140 H 252 V ${hem + 6} H 231 Z`, tint(cloth, -0.1)) + [168, 206, 244, 286, 328].map((y) => dot(241, y, 5.4, accent) + dot(240, y - 1, 2, tint(accent, 0.5))).join("");
    case "smock":
      return path("M 172 246 H 308 L 322 334 H 158 Z", tint(cloth, -0.1)) + stitch("M 176 252 H 304", tint(cloth, 0.45)) + line("M 164 328 L 180 256 M 316 328 L 300 256", tint(cloth, -0.35), 4) + zip(136, 226, tint(accent, -0.35), lining);
    case "down": return zip(130, hem + 2, tint(cloth, -0.35), tint(accent, 0.35));
    case "fleece": return zip(122, hem + 2, tint(accent, -0.3), lining);
    case "shell": return path(`M 232 132 H 248 V ${hem + 6} H 232 Z`, tint(cloth, -0.16)) + zip(132, hem + 4, tint(cloth, -0.3), tint(accent, 0.2));
  }
}

function hoodBehind({ kind, cloth, lining }: Coat): string {
  if (kind === "field" || kind === "fleece") return "";
  const fur = kind === "parka" ? ruff(lining) : "";
  return path("M 184 132 C 168 70 212 52 240 52 C 268 52 312 70 296 132 C 280 152 200 152 184 132 Z", tint(cloth, -0.06)) + path("M 204 128 C 194 86 220 74 240 74 C 260 74 286 86 276 128 C 262 146 218 146 204 128 Z", tint(lining, -0.3)) +
    line("M 196 132 C 182 80 214 64 240 64 C 266 64 298 80 284 132", tint(cloth, 0.25), 2, `opacity=".7"`) + fur;
}

function ruff(colour: string): string {
  const roll = dice(11);
  let out = "";
  for (let n = 0; n <= 46; n += 1) {
    const turn = Math.PI * (0.9 + (1.2 * n) / 46);
    const x = 240 + Math.cos(turn) * 50;
    const y = 116 + Math.sin(turn) * 56;
    out += line(`M ${round(x)} ${round(y)} q ${round(Math.cos(turn) * 8 + roll() * 4)} ${round(Math.sin(turn) * 6)} ${round(Math.cos(turn) * 17 + roll() * 8 - 4)} ${round(Math.sin(turn) * 17 + roll() * 8 - 4)}`, tint(colour, roll() * 0.5 - 0.15), 8);
  }
  return out;
}

function collar({ kind, cloth, accent }: Coat): string {
  const points = (colour: string) => mirrored(path("M 240 148 L 206 106 C 196 108 190 116 188 126 L 212 164 Z", colour) + stitch("M 236 152 L 212 158 L 194 128", tint(colour, 0.5)));
  const stand = (colour: string) => mirrored(path("M 240 150 C 228 142 214 128 204 108 C 196 112 192 122 196 136 C 206 150 222 158 240 162 Z", colour) + line("M 240 151 C 228 143 214 129 205 110", tint(colour, 0.35), 2));
  if (kind === "field") return points(accent);
  return stand(kind === "fleece" ? accent : kind === "shell" ? tint(accent, -0.12) : tint(cloth, -0.12));
}
