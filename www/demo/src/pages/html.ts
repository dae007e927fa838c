/** Text that is safe in HTML. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

type Part = Html | string | number | false | undefined | Part[];

const escape = (text: string): string => text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);

function put(part: Part): string {
  if (Array.isArray(part)) return part.map(put).join("");
  if (part === false || part === undefined) return "";
  return part instanceof Html ? part.text : escape(String(part));
}

/** A template whose values are escaped, unless they are `Html` themselves. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.reduce((text, string, at) => text + put(parts[at - 1]) + string));
}

export const raw = (text: string): Html => new Html(text);
