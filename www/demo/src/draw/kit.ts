// Small helpers for the drawings. Everything is plain SVG text: no script, no style attribute.

/** Mixes a `#rrggbb` colour with white (amount above 0) or black (below 0); 1 and -1 are the ends. */
export function tint(hex: string, amount: number): string {
  const target = amount > 0 ? 255 : 0;
  const part = Math.abs(amount);
  const mix = (at: number) => {
    const from = parseInt(hex.slice(at, at + 2), 16);
    return Math.round(from + (target - from) * part).toString(16).padStart(2, "0");
  };
  return `#${mix(1)}${mix(3)}${mix(5)}`;
}

/** A colour between two others: the first at 0, the second at 1. Far things take the colour of the air. */
export function blend(from: string, to: string, amount: number): string {
  const mix = (at: number) => Math.round(parseInt(from.slice(at, at + 2), 16) * (1 - amount) + parseInt(to.slice(at, at + 2), 16) * amount).toString(16).padStart(2, "0");
  return `#${mix(1)}${mix(3)}${mix(5)}`;
}

/** A seeded generator of numbers from 0 to 1, so that a drawing is the same at every build. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const round = (value: number): number => Math.round(value * 10) / 10;

/** A gradient that fades from the first colour at the top (or left) to the second. */
export function fade(id: string, from: string, to: string, sideways = false): string {
  const line = sideways ? `x1="0" y1="0" x2="1" y2="0"` : `x1="0" y1="0" x2="0" y2="1"`;
  return `<linearGradient id="${id}" ${line}><stop offset="0" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`;
}

export const path = (d: string, fill: string, more = ""): string => `<path d="${d}" fill="${fill}" ${more}/>`;

export const line = (d: string, colour: string, width: number, more = ""): string =>
  `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round" ${more}/>`;

/** A seam: a thin dashed line. */
export const stitch = (d: string, colour: string): string =>
  line(d, colour, 1.6, `stroke-dasharray="4 4.5" opacity=".75"`);

export const dot = (x: number, y: number, r: number, fill: string, more = ""): string =>
  `<circle cx="${round(x)}" cy="${round(y)}" r="${r}" fill="${fill}" ${more}/>`;

export const oval = (x: number, y: number, rx: number, ry: number, fill: string, more = ""): string =>
  `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}" ${more}/>`;

export const mirrored = (body: string, axis = 240): string =>
  `${body}<g transform="matrix(-1 0 0 1 ${axis * 2} 0)">${body}</g>`;

export interface Shadow { x: number; y: number; rx: number; ry: number }

/** The studio of every picture: wall, floor, a round of light, the product's shadow. Without a shadow it is a view from above, without a floor. */
export function studio(body: string, wall: string, shadow?: Shadow): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 480">
<defs>${fade("wall", tint(wall, 0.3), wall)}${fade("floor", tint(wall, -0.09), tint(wall, 0.1))}
<radialGradient id="lamp"><stop offset="0" stop-color="#fff" stop-opacity=".75"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>
<radialGradient id="under"><stop offset="0" stop-color="#1a1610" stop-opacity=".42"/><stop offset=".7" stop-color="#1a1610" stop-opacity=".14"/><stop offset="1" stop-color="#1a1610" stop-opacity="0"/></radialGradient></defs>
<rect width="480" height="480" fill="url(#wall)"/>
${shadow ? `<rect y="352" width="480" height="128" fill="url(#floor)"/>` : ""}
<circle cx="240" cy="205" r="220" fill="url(#lamp)"/>
${shadow ? oval(shadow.x, shadow.y, shadow.rx, shadow.ry, "url(#under)") : ""}
${body}
</svg>`;
}
