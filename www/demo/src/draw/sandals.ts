import { fade, line, mirrored, path, round, stitch, tint } from "./kit.ts";

export interface Sandal {
  kind: "slide" | "buckle" | "thong" | "river" | "woven" | "hut";
  strap: string;
  bed: string;
  sole: string;
}

/** The outline of the right sole seen from above, toes up; the pair is this and its mirror image. */
const FOOT = "M 322 82 C 362 78 388 112 388 162 C 388 206 370 232 366 270 C 362 312 374 340 368 374 C 362 408 336 424 310 420 C 280 416 264 390 268 356 C 272 318 282 296 276 254 C 270 214 258 186 262 146 C 266 108 288 86 322 82 Z";
const BED = "M 322 94 C 354 92 377 120 377 162 C 377 204 359 230 355 270 C 351 312 362 340 357 371 C 352 399 332 412 311 409 C 288 405 276 384 279 356 C 283 318 293 296 287 254 C 281 214 269 186 273 148 C 277 116 294 97 322 94 Z";

export function sandals(it: Sandal): string {
  const { bed, sole, strap } = it;
  const defs = `<defs>${fade("bed", tint(bed, 0.18), tint(bed, -0.12))}${fade("strap", tint(strap, 0.16), tint(strap, -0.16), true)}<clipPath id="foot"><path d="${FOOT}"/></clipPath></defs>`;
  const shade = path(FOOT, "#1a1610", `opacity=".16" transform="translate(9 12)"`);
  const print = path("M 300 118 C 290 150 300 190 330 200 C 362 192 368 148 352 122 C 340 108 312 104 300 118 Z", "#000", `opacity=".07"`) +
    path("M 294 350 C 292 380 306 396 324 394 C 344 390 348 366 342 346 C 332 330 302 330 294 350 Z", "#000", `opacity=".07"`);
  const grain = it.kind === "hut" ? felt(bed) : stitch(BED.replaceAll("M 322 94", "M 322 102"), tint(bed, -0.35));
  const one = shade + path(FOOT, sole) + path(FOOT, tint(sole, 0.2), `transform="translate(-2 -3)" opacity=".55"`) + path(BED, "url(#bed)") + print + grain + straps(it);
  return defs + `<g transform="rotate(0 240 250)">${mirrored(one, 243)}</g>`;
}

const felt = (bed: string) => [140, 170, 200, 230, 260, 290, 320, 350, 380].map((y) => line(`M 284 ${y} q 40 10 82 -4`, tint(bed, -0.1), 1.4, `opacity=".6"`)).join("");

/** A band across the foot, from the inner to the outer edge, with a lit upper rim and a seam. */
function band(y: number, wide: number, slope: number, colour: string, bulge = 6): string {
  const at = (offset: number, rise: number) => `M ${258 - bulge} ${y + offset + slope} C 290 ${y + offset - rise} 350 ${y + offset - rise - slope} ${388 + bulge} ${y + offset - slope}`;
  const lower = `L ${388 + bulge} ${y + wide - slope} C 350 ${y + wide - 14 - slope} 290 ${y + wide - 14} ${258 - bulge} ${y + wide + slope} Z`;
  return path(at(8, 14) + lower.replace(`${y + wide + slope} Z`, `${y + wide + slope + 8} Z`), "#1a1610", `opacity=".2"`) +
    path(`${at(0, 14)} ${lower}`, "url(#strap)") + line(at(4, 14), tint(colour, 0.35), 1.6, `opacity=".8"`) + stitch(at(wide - 6, 14), tint(colour, 0.5));
}

const buckle = (x: number, y: number, turn: number) =>
  `<g transform="translate(${x} ${y}) rotate(${turn})"><rect x="-13" y="-15" width="26" height="30" rx="5" fill="none" stroke="#8c7440" stroke-width="6"/><rect x="-13" y="-15" width="26" height="30" rx="5" fill="none" stroke="#dcc58b" stroke-width="3.4"/><path d="M -12 0 H 12" stroke="#dcc58b" stroke-width="3.6" stroke-linecap="round"/></g>`;

function straps({ kind, strap, bed }: Sandal): string {
  switch (kind) {
    case "slide":
      return band(150, 92, 3, strap, 8) + line("M 262 196 C 292 180 350 178 386 190", tint(strap, -0.18), 2);
    case "buckle":
      return band(142, 40, 4, strap) + band(212, 40, -2, strap) + buckle(364, 156, 4) + buckle(360, 228, 2);
    case "thong": {
      const y = "M 320 140 C 318 170 286 190 264 238 M 320 140 C 326 172 356 186 374 230";
      return line(y.replaceAll("140", "146"), "#1a1610", 20, `opacity=".18" transform="translate(3 6)"`) + line(y, tint(strap, -0.2), 19) + line(y, strap, 15) + line(y, tint(strap, 0.4), 2, `opacity=".7" transform="translate(-3 -2)"`) +
        `<circle cx="320" cy="140" r="10" fill="${tint(strap, -0.3)}"/><circle cx="320" cy="139" r="5" fill="${tint(strap, 0.2)}"/>`;
    }
    case "river":
      return band(138, 30, 10, strap) + band(186, 30, -12, strap) + path("M 280 300 C 300 330 342 330 360 298 L 366 316 C 344 352 298 352 276 318 Z", "url(#strap)") +
        line("M 270 206 C 276 250 280 280 280 306", strap, 15) + line("M 378 196 C 366 240 360 270 360 304", strap, 15) +
        line("M 270 206 C 276 250 280 280 280 306", tint(strap, 0.3), 1.6) + line("M 378 196 C 366 240 360 270 360 304", tint(strap, 0.3), 1.6) + clip(340, 160) + clip(306, 208);
    case "woven": {
      let out = "";
      for (let n = 0; n < 5; n += 1) out += line(`M ${262 + n * 4} ${132 + n * 26} C 300 ${110 + n * 26} 350 ${128 + n * 26} ${384 - n * 3} ${150 + n * 24}`, tint(strap, n % 2 ? -0.12 : 0.08), 14);
      for (let n = 0; n < 5; n += 1) out += line(`M ${384 - n * 3} ${128 + n * 26} C 350 ${112 + n * 26} 300 ${126 + n * 26} ${262 + n * 4} ${152 + n * 24}`, tint(strap, n % 2 ? 0.14 : -0.06), 14, `stroke-dasharray="24 24" stroke-dashoffset="${n % 2 ? 0 : 24}"`);
      return out + path("M 276 340 C 298 368 342 368 360 338 L 366 356 C 344 388 296 388 272 358 Z", "url(#strap)");
    }
    case "hut": {
      const toe = "M 254 178 C 252 112 280 78 322 76 C 366 76 394 116 394 172 C 396 206 384 226 378 240 C 350 216 300 216 270 242 C 262 222 254 204 254 178 Z";
      return path(toe, "#1a1610", `opacity=".18" transform="translate(2 8)"`) + path(toe, "url(#strap)") + line("M 270 242 C 300 216 350 216 378 240", tint(bed, 0.35), 12) + stitch("M 274 226 C 300 204 350 204 374 224", tint(strap, 0.5)) +
        line("M 324 84 C 322 130 322 170 324 204", tint(strap, -0.16), 2.4);
    }
  }
}

const clip = (x: number, y: number) => `<rect x="${round(x - 13)}" y="${y - 9}" width="26" height="22" rx="5" fill="#2c2f31"/><rect x="${round(x - 8)}" y="${y - 4}" width="16" height="12" rx="3" fill="#585e61"/>`;
