import { dot, fade, line, oval, path, tint } from "./kit.ts";

const figure = (x: number, y: number, colour: string): string =>
  oval(x, y + 45, 20, 4, "#1a1610", `opacity=".14"`) + path(`M ${x - 19} ${y + 44} C ${x - 20} ${y + 14} ${x - 13} ${y} ${x} ${y} C ${x + 13} ${y} ${x + 20} ${y + 14} ${x + 19} ${y + 44} Z`, colour) +
  path(`M ${x + 4} ${y} C ${x + 15} ${y + 2} ${x + 20} ${y + 16} ${x + 19} ${y + 44} L ${x + 8} ${y + 44} Z`, tint(colour, -0.14)) + dot(x, y - 13, 12.5, tint(colour, 0.42));

const GROUPS: { at: [number, number][]; colour: string }[] = [
  { colour: "#2f5a45", at: [[78, 108], [122, 96], [164, 112], [100, 158], [146, 162]] },
  { colour: "#c4562e", at: [[322, 92], [366, 104], [406, 92], [344, 150], [388, 156]] },
  { colour: "#3f6f7a", at: [[206, 232], [250, 222], [292, 236], [228, 286], [274, 288]] },
];

/** Three groups of people, each with a ring around it; nobody has a face. */
export function crowd(): string {
  const rings = [[120, 136, 96, 84], [364, 128, 92, 84], [250, 262, 96, 82]].map(([x, y, rx, ry]) => oval(x!, y!, rx!, ry!, "#fffdf8", `opacity=".55"`) + `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="none" stroke="#8c7440" stroke-width="2" stroke-dasharray="3 7" stroke-linecap="round"/>`).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 360"><defs>${fade("paper", "#ece3cf", "#dcd8bf")}</defs><rect width="480" height="360" rx="24" fill="url(#paper)"/>${line("M 0 324 C 120 300 340 344 480 312", "#c8c3a4", 3)}${rings}${GROUPS.map(({ at, colour }) => at.map(([x, y], n) => figure(x, y, n % 2 ? tint(colour, 0.1) : colour)).join("")).join("")}</svg>`;
}
