import { dot, fade, line, oval, path, round, stitch, tint } from "./kit.ts";

export interface Boot {
  kind: "hiker" | "mountain" | "chelsea" | "wader" | "pac" | "trail";
  upper: string;
  accent: string;
  sole: string;
  laces?: string;
}

const BOTTOM = "L 384 354 C 397 332 380 300 338 289";
/** Outlines of the upper, toe to the right: how high the shaft reaches is what tells boots apart. */
const OUTLINE: Record<Boot["kind"], string> = {
  hiker: `M 134 176 C 130 224 142 254 130 300 C 123 326 122 344 126 354 ${BOTTOM} C 300 279 268 260 254 224 C 247 204 246 188 248 170 C 216 160 166 162 134 176 Z`,
  mountain: `M 132 120 C 130 190 144 250 130 300 C 123 326 122 344 126 354 ${BOTTOM} C 300 279 270 258 256 216 C 246 182 246 146 250 112 C 214 104 166 106 132 120 Z`,
  chelsea: `M 140 160 C 138 214 146 256 131 302 C 124 328 123 346 127 356 L 388 356 C 398 338 380 306 340 294 C 302 282 270 264 258 226 C 250 200 250 178 253 156 C 216 146 172 148 140 160 Z`,
  wader: `M 140 66 C 142 150 148 240 134 302 C 126 330 124 346 128 356 L 386 356 C 398 334 382 302 338 290 C 300 280 268 262 258 222 C 248 176 250 120 256 64 C 220 54 174 56 140 66 Z`,
  pac: `M 136 130 C 132 196 144 252 130 300 C 123 326 122 344 126 354 ${BOTTOM} C 300 279 272 260 258 220 C 248 186 250 156 254 128 Z`,
  trail: `M 128 256 C 136 276 134 290 128 308 C 122 328 122 344 126 354 L 386 354 C 399 334 386 310 344 300 C 312 292 288 270 262 238 C 252 228 244 232 240 242 C 212 266 158 268 128 256 Z`,
};

export function boot(it: Boot): string {
  const { kind, upper, accent } = it;
  const laces = it.laces ?? tint(accent, 0.5);
  const defs = `<defs>${fade("upper", tint(upper, 0.16), tint(upper, -0.14))}${fade("accent", tint(accent, 0.12), tint(accent, -0.16))}
<clipPath id="in"><path d="${OUTLINE[kind]}"/></clipPath></defs>`;
  return defs + sole(it) + path(OUTLINE[kind], "url(#upper)") + `<g clip-path="url(#in)">${inside(it)}${light()}</g>` + over(it, laces);
}

const light = () =>
  path("M 140 60 C 132 200 150 250 136 354 L 100 354 L 100 60 Z", "#000", `opacity=".16"`) +
  path("M 226 100 C 224 200 246 262 330 300 C 300 300 216 290 206 210 Z", "#fff", `opacity=".12"`);

function inside({ kind, accent, upper }: Boot): string {
  const cap = path("M 306 356 C 306 324 320 300 350 284 L 410 300 L 400 360 Z", "url(#accent)");
  const counter = path("M 100 286 C 150 290 176 310 184 358 L 100 358 Z", "url(#accent)");
  const rand = path("M 110 356 L 110 330 C 200 338 280 340 400 318 L 400 360 Z", "url(#accent)");
  switch (kind) {
    case "hiker":
      return path("M 180 150 C 178 240 196 280 262 356 L 306 356 C 300 310 268 270 246 226 L 250 150 Z", tint(upper, -0.12)) +
        cap + counter + stitch("M 300 356 C 300 322 314 298 344 282", tint(upper, 0.5)) + stitch("M 116 280 C 158 284 184 306 192 356", tint(upper, 0.5));
    case "mountain":
      return path("M 120 190 C 170 200 210 200 262 188 L 262 208 C 214 220 172 220 120 208 Z", tint(upper, -0.2)) +
        rand + path("M 306 356 C 306 318 322 298 352 282 L 410 300 L 400 360 Z", tint(accent, -0.25)) + stitch("M 120 322 C 200 330 280 332 392 310", tint(accent, 0.45));
    case "chelsea":
      return path("M 176 140 C 176 214 184 262 208 286 C 232 262 240 214 236 140 Z", "url(#accent)") +
        [186, 196, 206, 216, 226].map((x) => line(`M ${x} 150 C ${x} 200 ${x + (206 - x) * 0.3} 240 ${x + (206 - x) * 0.7} 268`, tint(accent, -0.28), 2.4)).join("") +
        stitch("M 170 150 C 170 220 178 270 208 296 C 238 270 246 216 242 150", tint(upper, 0.45)) +
        stitch("M 208 296 C 212 320 214 340 214 356", tint(upper, 0.45));
    case "wader":
      return path("M 100 50 L 280 50 L 280 92 C 230 84 180 84 100 96 Z", "url(#accent)") + rand +
        path("M 212 96 C 208 200 222 260 300 292 C 250 262 232 200 234 94 Z", "#fff", `opacity=".22"`) +
        line("M 132 300 C 160 308 176 326 180 356", tint(upper, -0.25), 3);
    case "pac":
      return path("M 100 268 C 160 282 226 268 262 232 C 290 272 340 280 410 300 L 400 360 L 100 360 Z", "url(#accent)") +
        line("M 110 274 C 166 288 230 274 264 238", tint(accent, 0.3), 5) + line("M 118 326 C 210 338 300 338 396 322", tint(accent, -0.25), 4) +
        path("M 306 356 C 306 324 320 300 350 284 L 410 300 L 400 360 Z", tint(accent, -0.2));
    case "trail":
      return path("M 190 354 C 196 310 216 286 246 262 L 330 296 C 310 320 300 340 302 356 Z", tint(upper, -0.16)) +
        path("M 318 356 C 318 330 330 308 356 296 L 412 306 L 404 360 Z", "url(#accent)") + path("M 100 250 C 150 270 168 310 168 358 L 100 358 Z", "url(#accent)") +
        line("M 172 346 C 186 316 206 300 236 288", tint(accent, 0.35), 7) + line("M 204 350 C 214 328 232 314 262 302", tint(accent, 0.35), 7);
  }
}

/** What lies over the outline: laces, cuffs, straps, loops. */
function over({ kind, upper, accent }: Boot, laces: string): string {
  switch (kind) {
    case "hiker":
      return path("M 128 184 C 160 164 222 160 256 172 C 258 184 256 194 254 200 C 222 188 166 190 132 206 Z", "url(#accent)") +
        loop(132, 178, accent) + lacing([[330, 288], [252, 190]], 7, laces, accent);
    case "mountain":
      return path("M 126 128 C 160 108 224 104 258 114 C 260 126 258 136 256 142 C 222 130 166 134 130 150 Z", "url(#accent)") +
        loop(130, 124, accent) + lacing([[330, 288], [254, 138]], 10, laces, accent);
    case "chelsea":
      return line("M 146 158 C 140 134 162 130 162 152", accent, 7) + line("M 246 154 C 248 130 228 130 230 150", accent, 7);
    case "wader":
      return path("M 236 110 L 276 118 L 276 134 L 236 126 Z", accent) + `<rect x="256" y="110" width="14" height="28" rx="3" fill="none" stroke="#d9c48a" stroke-width="4"/>`;
    case "pac":
      return fluff() + lacing([[318, 276], [258, 172]], 6, laces, accent);
    case "trail":
      return path("M 240 240 C 246 226 258 228 266 240 L 278 258 C 262 262 250 260 244 256 Z", tint(upper, 0.25)) + loop(128, 258, accent) + lacing([[342, 298], [270, 250]], 5, laces, accent);
  }
}

const loop = (x: number, y: number, colour: string) => line(`M ${x} ${y + 20} C ${x - 14} ${y + 4} ${x - 12} ${y - 16} ${x + 6} ${y - 8}`, colour, 6);

/** Lace rows between the toe end and the top end of the tongue. */
function lacing([[x0, y0], [x1, y1]]: [[number, number], [number, number]], rows: number, colour: string, eyelet: string): string {
  let out = "";
  for (let row = 0; row < rows; row += 1) {
    const t = row / (rows - 1);
    const bow = Math.sin(t * Math.PI) * 13;
    const x = round(x0 + (x1 - x0) * t - bow);
    const y = round(y0 + (y1 - y0) * t + bow);
    const wide = 25 - 5 * t;
    out += line(`M ${x} ${y} q ${-wide / 2} ${3} ${-wide} ${12 - 6 * t}`, tint(colour, -0.35), 7) + line(`M ${x} ${y} q ${-wide / 2} ${2} ${-wide} ${11 - 6 * t}`, colour, 4.5);
    out += dot(x - wide - 2, y + 12 - 6 * t, 4.4, tint(eyelet, -0.4)) + dot(x - wide - 2, y + 12 - 6 * t, 1.9, tint(colour, 0.3));
  }
  const knot = `M ${x1 - 4} ${y1} c 26 -18 40 6 14 8 M ${x1 - 4} ${y1} c 18 8 34 26 8 30`;
  return out + line(knot, tint(colour, -0.3), 6) + line(knot, colour, 4);
}

function fluff(): string {
  let out = "";
  for (let n = 0; n < 3; n += 1)
    for (let x = 130; x <= 262; x += 16) out += dot(x + (n % 2) * 8, 122 + n * 13 + Math.sin(x) * 3, 15, ["#e9e0cf", "#f6f0e4", "#efe7d8"][n]!);
  return out;
}

function sole({ kind, sole: colour }: Boot): string {
  const dark = tint(colour, -0.3);
  if (kind === "chelsea" || kind === "wader") {
    const block = path("M 120 350 L 396 350 C 402 366 396 380 382 380 L 226 380 L 216 372 L 204 372 L 198 388 L 126 388 C 118 388 118 362 120 350 Z", colour);
    return block + line("M 122 364 L 398 364", tint(colour, 0.25), 3) + line("M 128 386 L 196 386", dark, 5);
  }
  const teeth = [248, 272, 296, 320, 344, 366].map((x) => path(`M ${x} 376 l 16 0 l -2 14 l -12 0 Z`, dark)).join("") +
    [124, 146, 168, 190].map((x) => path(`M ${x} 378 l 17 0 l -1 14 l -15 0 Z`, dark)).join("");
  return teeth + path("M 116 346 C 112 366 114 382 124 384 L 206 384 L 216 376 L 236 376 L 244 384 L 372 382 C 396 380 404 362 396 342 Z", colour) +
    path("M 116 344 C 200 352 300 352 396 340 C 399 348 400 354 399 360 C 300 366 200 366 114 360 Z", tint(colour, kind === "trail" ? 0.75 : 0.28)) + oval(0, 0, 0, 0, dark);
}
