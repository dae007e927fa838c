import { fade, line, mirrored, path, stitch, tint } from "./kit.ts";

export interface Pack {
  kind: "day" | "trek" | "roll" | "ruck" | "waist" | "tote";
  cloth: string;
  accent: string;
  trim: string;
}

export function pack(it: Pack): string {
  const { cloth, accent } = it;
  const defs = `<defs>${fade("cloth", tint(cloth, 0.16), tint(cloth, -0.16))}${fade("accent", tint(accent, 0.14), tint(accent, -0.14))}${fade("round", tint(cloth, -0.2), tint(cloth, 0.08), true)}</defs>`;
  return defs + { day, trek, roll, ruck, waist, tote }[it.kind](it);
}

const webbing = (d: string, colour: string, width = 11) => line(d, tint(colour, -0.25), width) + line(d, colour, width - 3) + stitch(d, tint(colour, 0.5));
const clip = (x: number, y: number) => `<rect x="${x - 11}" y="${y - 8}" width="22" height="16" rx="4" fill="#25282a"/><rect x="${x - 6}" y="${y - 3.5}" width="12" height="7" rx="2" fill="#6d7376"/>`;
const gloss = (d: string) => path(d, "#fff", `opacity=".1"`);
const label = (x: number, y: number, colour: string) => `<rect x="${x - 17}" y="${y - 11}" width="34" height="22" rx="4" fill="${colour}"/><path d="M ${x - 9} ${y + 5} l 6 -9 l 4 5 l 3 -4 l 6 8 Z" fill="#fff" opacity=".9"/>`;
const zip = (d: string, tape: string, teeth: string) => line(d, tape, 7) + line(d, teeth, 2.6, `stroke-dasharray="2 3"`);

function day({ cloth, accent, trim }: Pack): string {
  return line("M 206 98 C 206 60 274 60 274 98", trim, 11) + mirrored(line("M 142 200 C 110 260 116 330 142 368", tint(trim, -0.1), 15)) +
    path("M 140 396 C 128 300 130 180 152 132 C 172 92 308 92 328 132 C 350 180 352 300 340 396 C 300 406 180 406 140 396 Z", "url(#cloth)") + gloss("M 152 150 C 140 230 144 320 150 390 L 176 396 C 164 310 164 200 180 118 Z") +
    zip("M 152 236 C 150 150 190 118 240 118 C 290 118 330 150 328 236", tint(cloth, -0.35), trim) + path("M 164 392 C 158 340 160 296 170 270 C 210 258 270 258 310 270 C 320 296 322 340 316 392 C 270 400 210 400 164 392 Z", "url(#accent)") +
    zip("M 172 290 C 212 280 268 280 308 290", tint(accent, -0.35), tint(trim, 0.3)) + stitch("M 172 384 C 214 392 266 392 308 384", tint(accent, 0.5)) + label(240, 208, trim) + mirrored(path("M 126 380 C 118 340 122 312 140 300 L 144 392 Z", tint(cloth, -0.25)));
}

function trek({ cloth, accent, trim }: Pack): string {
  return mirrored(path("M 152 332 C 110 336 92 360 100 388 C 120 400 150 396 168 384 Z", tint(accent, -0.15)) + path("M 122 214 C 106 220 102 300 112 352 C 126 360 142 356 148 350 L 148 214 Z", "url(#round)")) +
    path("M 148 398 C 138 300 138 190 152 128 L 328 128 C 342 190 342 300 332 398 C 280 408 200 408 148 398 Z", "url(#cloth)") + gloss("M 160 150 C 150 230 154 320 160 394 L 182 398 C 172 310 172 220 180 140 Z") +
    path("M 144 138 C 142 92 172 74 240 74 C 308 74 338 92 336 138 C 330 158 150 158 144 138 Z", "url(#accent)") + stitch("M 152 136 C 190 148 290 148 328 136", tint(accent, 0.5)) + zip("M 176 110 C 210 100 270 100 304 110", tint(accent, -0.35), trim) +
    path("M 172 392 C 166 320 168 270 176 246 C 214 234 266 234 304 246 C 312 270 314 320 308 392 C 262 400 218 400 172 392 Z", tint(cloth, -0.12)) + stitch("M 180 258 C 216 248 264 248 300 258", tint(cloth, 0.5)) +
    webbing("M 196 150 V 400", trim) + webbing("M 284 150 V 400", trim) + clip(196, 210) + clip(284, 210) + `<rect x="120" y="392" width="240" height="40" rx="20" fill="url(#accent)"/><circle cx="352" cy="412" r="17" fill="${tint(accent, 0.3)}"/>` + line("M 352 404 a 8 8 0 1 1 -8 8", tint(accent, -0.2), 3) + webbing("M 180 390 V 434", trim, 9) + webbing("M 300 390 V 434", trim, 9) + label(240, 300, trim);
}

function roll({ cloth, accent, trim }: Pack): string {
  return mirrored(line("M 152 190 C 116 240 118 320 148 372", tint(trim, -0.1), 15)) + path("M 148 398 C 140 300 142 190 154 138 L 326 138 C 338 190 340 300 332 398 C 280 406 200 406 148 398 Z", "url(#cloth)") + gloss("M 160 150 C 150 230 154 320 160 394 L 190 398 C 178 310 178 220 186 140 Z") +
    path("M 140 148 C 136 118 148 104 170 104 L 310 104 C 332 104 344 118 340 148 C 300 160 180 160 140 148 Z", tint(cloth, -0.18)) + path("M 152 116 C 160 92 174 86 200 86 L 280 86 C 306 86 320 92 328 116 C 280 126 200 126 152 116 Z", "url(#cloth)") + line("M 156 116 C 200 126 280 126 324 116 M 144 146 C 190 158 290 158 336 146", tint(cloth, -0.35), 3) +
    webbing("M 240 96 V 250", trim, 15) + clip(240, 188) + path("M 172 398 V 296 C 210 284 270 284 308 296 V 398 C 270 404 210 404 172 398 Z", "url(#accent)") + stitch("M 182 308 C 214 298 266 298 298 308 V 390 C 266 396 214 396 182 390 Z", tint(accent, 0.5)) + webbing("M 146 254 C 200 264 280 264 334 254", trim, 11) + label(280, 346, trim);
}

function ruck({ cloth, accent, trim }: Pack): string {
  const pocket = (x: number) => path(`M ${x} 396 V 316 C ${x + 20} 308 ${x + 50} 308 ${x + 70} 316 V 396 C ${x + 50} 402 ${x + 20} 402 ${x} 396 Z`, tint(cloth, -0.1)) + path(`M ${x - 4} 310 C ${x + 20} 300 ${x + 50} 300 ${x + 74} 310 V 334 C ${x + 50} 346 ${x + 20} 346 ${x - 4} 334 Z`, "url(#cloth)") + webbing(`M ${x + 35} 318 V 372`, trim, 10) + `<rect x="${x + 28}" y="338" width="14" height="16" rx="3" fill="none" stroke="#d9c48a" stroke-width="3.4"/>`;
  return line("M 210 98 C 210 66 270 66 270 98", trim, 10) + `<rect x="128" y="80" width="224" height="44" rx="22" fill="url(#accent)"/><circle cx="148" cy="102" r="19" fill="${tint(accent, 0.3)}"/>` + line("M 148 92 a 10 10 0 1 1 -10 10", tint(accent, -0.2), 3) +
    mirrored(path("M 146 250 C 112 256 108 340 124 392 L 150 396 Z", "url(#round)")) + path("M 144 398 C 134 310 134 190 152 126 L 328 126 C 346 190 346 310 336 398 C 280 408 200 408 144 398 Z", "url(#cloth)") + path("M 138 130 C 180 116 300 116 342 130 C 350 190 346 240 336 270 C 300 290 180 290 144 270 C 134 240 130 190 138 130 Z", tint(cloth, 0.12)) + gloss("M 150 136 C 142 190 146 240 154 268 L 184 278 C 172 230 172 180 178 128 Z") +
    stitch("M 150 262 C 190 278 290 278 330 262", tint(cloth, 0.5)) + pocket(158) + pocket(252) + webbing("M 192 88 V 300", trim) + webbing("M 288 88 V 300", trim) + `<rect x="184" y="236" width="16" height="18" rx="3" fill="none" stroke="#d9c48a" stroke-width="3.6"/><rect x="280" y="236" width="16" height="18" rx="3" fill="none" stroke="#d9c48a" stroke-width="3.6"/>` + label(240, 196, accent);
}

function waist({ cloth, accent, trim }: Pack): string {
  return line("M 118 268 C 40 244 54 138 150 122 C 210 112 280 114 336 124 C 424 140 440 244 362 268", tint(trim, -0.2), 20) + line("M 118 268 C 40 244 54 138 150 122 C 210 112 280 114 336 124 C 424 140 440 244 362 268", trim, 15) + clip(240, 117) +
    path("M 96 262 C 90 330 118 384 160 390 C 214 398 266 398 320 390 C 362 384 390 330 384 262 C 366 240 114 240 96 262 Z", "url(#cloth)") + gloss("M 104 268 C 104 320 124 366 156 380 L 178 384 C 146 350 138 300 140 252 Z") + zip("M 110 274 C 160 258 320 258 370 274", tint(cloth, -0.4), trim) +
    path("M 134 380 C 126 344 132 318 142 306 C 200 294 280 294 338 306 C 348 318 354 344 346 380 C 300 396 180 396 134 380 Z", "url(#accent)") + zip("M 146 320 C 200 310 280 310 334 320", tint(accent, -0.35), tint(trim, 0.3)) + stitch("M 142 374 C 200 386 280 386 338 374", tint(accent, 0.5)) + label(240, 352, trim);
}

function tote({ cloth, accent, trim }: Pack): string {
  return line("M 176 190 C 172 72 308 72 304 190", tint(trim, -0.25), 16) + line("M 176 190 C 172 72 308 72 304 190", trim, 11) + path("M 108 176 C 180 190 300 190 372 176 L 352 398 C 300 408 180 408 128 398 Z", "url(#cloth)") + gloss("M 116 180 L 136 396 L 172 402 L 156 186 Z") + path("M 119 300 C 190 314 290 314 361 300 L 352 398 C 300 408 180 408 128 398 Z", "url(#accent)") + stitch("M 122 308 C 190 322 290 322 358 308", tint(accent, 0.5)) +
    line("M 108 178 C 180 192 300 192 372 178", tint(cloth, -0.3), 5) + webbing("M 182 184 L 190 402", trim, 15) + webbing("M 298 184 L 290 402", trim, 15) + `<rect x="200" y="224" width="80" height="58" rx="6" fill="${tint(cloth, -0.12)}"/>` + stitch("M 206 232 H 274 V 276 H 206 Z", tint(cloth, 0.4)) + label(240, 254, trim);
}
