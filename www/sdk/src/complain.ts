// What an adapter tells the developer of the page: once per text, on the console, and never by throwing.
const told = new Set<string>();

/** `text` is a constant, or names what the site's own code passed; never a value of the visitor. */
export function complain(text: string, error?: unknown): void {
  if (told.has(text)) return;
  told.add(text);
  try {
    console.warn(`[fewbits] ${text}`, ...error === undefined ? [] : [error]);
  } catch { /* a console may be anything */ }
}
