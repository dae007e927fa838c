import { dice, fade, line, path, round, stitch, tint } from "./kit.ts";

export interface Tent {
  kind: "dome" | "tunnel" | "ridge" | "tipi" | "tarp" | "geo";
  fly: string;
  inner: string;
  pole: string;
}

export function tent(it: Tent): string {
  const { fly, inner } = it;
  const defs = `<defs>${fade("fly", tint(fly, 0.2), tint(fly, -0.1))}${fade("lit", tint(fly, 0.42), tint(fly, 0.06))}${fade("shade", tint(fly, -0.1), tint(fly, -0.3))}
<radialGradient id="glow" cy=".8"><stop offset="0" stop-color="#fff3cf"/><stop offset="1" stop-color="${inner}"/></radialGradient></defs>`;
  return defs + { dome, tunnel, ridge, tipi, tarp, geo }[it.kind](it) + grass();
}

const guy = (x1: number, y1: number, x2: number, y2: number) => line(`M ${x1} ${y1} L ${x2} ${y2}`, "#f4efe2", 2) + line(`M ${x2} ${y2 + 6} l ${x2 > x1 ? 3 : -3} -12`, "#6b6357", 3.4);

function grass(): string {
  const roll = dice(5);
  let out = "";
  for (let n = 0; n < 26; n += 1) {
    const x = round(40 + roll() * 400);
    const y = round(386 + roll() * 14);
    out += line(`M ${x} ${y} q -2 -8 -6 -12 M ${x} ${y} q 1 -10 4 -15 M ${x} ${y} q 4 -6 9 -8`, ["#6f8655", "#8a9d69", "#5b7450"][n % 3]!, 2, `opacity=".8"`);
  }
  return out;
}

/** A doorway: warm inside, with one flap tied back. */
const door = (d: string, flap: string, fly: string) => path(d, "url(#glow)") + path(flap, tint(fly, -0.22)) + line(d.replace("Z", ""), tint(fly, -0.35), 3);

function dome({ fly, pole }: Tent): string {
  const body = "M 62 388 C 84 248 154 166 240 160 C 326 166 396 248 418 388 Z";
  return guy(140, 232, 34, 382) + guy(340, 232, 446, 382) + path(body, "url(#fly)") + path("M 240 160 C 326 166 396 248 418 388 L 326 388 C 326 290 300 206 240 160 Z", "url(#shade)") +
    path("M 240 160 C 154 166 84 248 62 388 L 104 388 C 118 280 170 200 240 160 Z", "url(#lit)", `opacity=".7"`) +
    door("M 172 388 C 172 300 200 236 240 228 C 280 236 308 300 308 388 Z", "M 240 228 C 212 236 182 292 174 388 L 192 388 C 204 330 226 300 240 228 Z", fly) +
    line("M 62 388 C 100 230 176 160 240 160 C 304 160 380 230 418 388", pole, 4) + line("M 128 388 C 150 270 190 190 240 160 C 290 190 330 270 352 388", pole, 3.2) + stitch("M 86 330 C 140 342 340 342 394 330", tint(fly, 0.5));
}

function tunnel({ fly, pole }: Tent): string {
  return guy(86, 250, 30, 384) + guy(402, 286, 450, 384) + path("M 58 388 C 62 290 100 220 160 216 L 300 226 C 374 238 412 300 420 388 Z", "url(#fly)") + path("M 270 224 C 350 232 408 300 420 388 L 336 388 C 334 318 312 252 270 224 Z", "url(#shade)") +
    path("M 160 216 L 300 226 C 316 230 328 240 338 250 C 270 236 190 232 118 250 C 130 230 144 218 160 216 Z", "url(#lit)", `opacity=".8"`) +
    door("M 74 388 C 78 304 108 248 152 246 C 196 250 218 306 220 388 Z", "M 152 246 C 120 252 84 306 80 388 L 104 388 C 110 330 134 290 152 246 Z", fly) +
    line("M 58 388 C 62 290 100 216 158 216 C 216 220 246 300 250 388", pole, 4) + line("M 300 226 C 330 250 342 320 342 388", pole, 3.6) + `<path d="M 276 292 h 34 a 4 4 0 0 1 4 4 v 22 h -42 v -22 a 4 4 0 0 1 4 -4" fill="${tint(fly, 0.55)}" opacity=".85"/>`;
}

function ridge({ fly, inner, pole }: Tent): string {
  return guy(150, 178, 30, 386) + guy(352, 206, 448, 384) + path("M 150 176 L 352 204 L 424 386 L 250 392 Z", "url(#fly)") + path("M 150 176 L 352 204 L 366 240 L 172 218 Z", "url(#lit)", `opacity=".55"`) +
    path("M 150 176 L 56 388 L 250 392 Z", "url(#shade)") + path("M 150 214 L 86 388 L 214 391 Z", "url(#glow)") + path("M 150 176 L 150 390 L 214 391 L 250 392 Z", tint(fly, -0.08), `opacity=".94"`) + path("M 150 214 L 118 300 L 92 388 L 72 388 Z", tint(inner, -0.2)) +
    line("M 150 166 V 392", pole, 5) + line("M 352 198 V 222", pole, 5) + stitch("M 236 372 L 416 366", tint(fly, 0.5)) + line("M 196 290 l 196 22", tint(fly, -0.14), 2);
}

function tipi({ fly, inner, pole }: Tent): string {
  return line("M 232 138 L 214 96 M 240 138 L 242 88 M 248 138 L 270 98", pole, 6) + path("M 240 128 L 90 388 C 190 400 290 400 390 388 Z", "url(#fly)") + path("M 240 128 L 390 388 C 350 393 320 395 296 396 Z", "url(#shade)") + path("M 240 128 L 90 388 L 136 393 Z", "url(#lit)", `opacity=".75"`) +
    door("M 240 204 L 196 396 L 282 396 Z", "M 240 204 L 196 396 L 214 396 C 226 340 236 290 240 204 Z", fly) + path("M 222 160 C 234 166 246 166 258 160 L 264 172 C 248 180 232 180 216 172 Z", inner) +
    line("M 132 316 C 200 330 280 330 348 316", tint(inner, -0.1), 9, `opacity=".8"`) + line("M 122 334 C 194 350 286 350 358 334", tint(fly, 0.55), 3, `opacity=".8"`) + guy(160, 268, 44, 386) + guy(320, 268, 436, 386);
}

function tarp({ fly, pole }: Tent): string {
  return line("M 112 186 V 392 M 368 178 V 392", pole, 6) + guy(112, 190, 36, 384) + guy(368, 182, 444, 384) + path("M 112 186 C 190 216 290 214 368 178 L 424 300 C 330 330 170 332 56 306 Z", "url(#fly)") + path("M 112 186 C 190 216 290 214 368 178 L 380 204 C 290 242 186 244 100 214 Z", "url(#lit)", `opacity=".8"`) +
    path("M 240 208 L 236 326 C 170 327 110 320 56 306 L 112 186 C 150 202 196 208 240 208 Z", "#000", `opacity=".07"`) + line("M 56 306 C 170 332 330 330 424 300", tint(fly, -0.3), 3) + stitch("M 76 284 C 176 306 320 304 412 280", tint(fly, 0.5)) + guy(56, 306, 30, 388) + guy(424, 300, 452, 386) +
    path("M 168 386 C 168 362 312 362 312 386 Z", "#8b6a45") + path("M 168 386 C 190 372 290 372 312 386 L 312 394 H 168 Z", "#b58c5e") + path("M 196 366 C 196 346 284 346 284 366 L 284 376 H 196 Z", tint(fly, 0.35));
}

function geo({ fly, inner, pole }: Tent): string {
  return guy(120, 256, 30, 384) + guy(360, 256, 450, 384) + path("M 56 388 C 66 300 118 196 186 172 C 222 162 258 162 294 172 C 362 196 414 300 424 388 Z", "url(#fly)") +
    path("M 186 172 L 118 276 L 56 388 L 148 388 L 240 262 Z", "url(#lit)", `opacity=".55"`) + path("M 294 172 L 362 276 L 424 388 L 332 388 L 240 262 Z", "url(#shade)") + path("M 186 172 C 222 162 258 162 294 172 L 240 262 Z", inner, `opacity=".85"`) +
    door("M 184 388 C 186 330 206 290 240 284 C 274 290 294 330 296 388 Z", "M 240 284 C 214 290 190 330 186 388 L 200 388 C 208 350 226 330 240 284 Z", fly) +
    line("M 56 388 C 118 200 190 164 240 262 C 270 320 310 360 332 388 M 424 388 C 362 200 290 164 240 262 C 210 320 170 360 148 388 M 118 270 C 180 220 300 220 362 270", pole, 3.6);
}
