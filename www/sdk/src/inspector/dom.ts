// What is shown is described anew each time, and only the differences reach the page: so the focus, an open part and
// the place in a list stay where they are. No text ever becomes markup.

type Listener = (event: Event) => void;
export type Child = Part | string | number | false | null | undefined | Child[];
export interface Part {
  readonly tag: string;
  readonly props: Props;
  readonly children: readonly (Part | string)[];
}
/** Attributes by name; `null`, `undefined` and `false` leave them out. `key` tells an element from its neighbours, `on`
 * has its listeners, `is` properties such as `checked`, `at` its place on a line from 0 to 1, for the style sheet. */
export interface Props {
  readonly key?: string;
  readonly on?: Readonly<Record<string, Listener>>;
  readonly is?: Readonly<Record<string, unknown>>;
  readonly at?: number;
  readonly [attribute: string]: unknown;
}
interface Kept { key: string | undefined; on: Readonly<Record<string, Listener>>; heard: Set<string>; given: string[] }

const NONE: Props = {};
/** What is no attribute. */
const OWN = new Set(["key", "on", "is", "at"]);
const kept = new WeakMap<Element, Kept>();

const flat = (children: readonly Child[], into: (Part | string)[] = []): (Part | string)[] => {
  for (const child of children) {
    if (Array.isArray(child)) flat(child, into);
    else if (typeof child === "object" && child !== null) into.push(child);
    else if (child !== false && child !== null && child !== undefined && child !== "") into.push(String(child));
  }
  return into;
};

export const h = (tag: string, props: Props | null = NONE, ...children: Child[]): Part =>
  ({ tag, props: props ?? NONE, children: flat(children) });

/** Makes an element's children what they should be. */
export function patch(parent: ParentNode & Node, children: readonly Child[]): void {
  const old = [...parent.childNodes];
  const keyed = new Map<string, Element>();
  for (const node of old) {
    const key = node instanceof Element && kept.get(node)?.key;
    if (key) keyed.set(key, node);
  }
  const free = new Set<ChildNode>(old);
  const take = (part: Part | string): ChildNode | undefined => {
    if (typeof part !== "string" && part.props.key !== undefined) {
      const found = keyed.get(part.props.key);
      return found && free.has(found) && found.localName === part.tag ? found : undefined;
    }
    for (const node of free) {
      if (typeof part === "string" ? node.nodeType === 3
        : node instanceof Element && node.localName === part.tag && kept.get(node)?.key === undefined) return node;
    }
    return undefined;
  };
  let before: ChildNode | null = null;
  for (const part of flat(children)) {
    let node = take(part);
    if (node) free.delete(node);
    else node = typeof part === "string" ? document.createTextNode(part) : document.createElement(part.tag);
    const place: ChildNode | null = before ? before.nextSibling : parent.firstChild;
    // What lies between is moved or removed later: to move a node takes the focus from it.
    if (place !== node) parent.insertBefore(node, place);
    if (typeof part === "string") {
      if (node.nodeValue !== part) node.nodeValue = part;
    } else dress(node as HTMLElement, part);
    before = node;
  }
  for (const node of free) node.remove();
}

function dress(element: HTMLElement, { props, children }: Part): void {
  let mine = kept.get(element);
  if (!mine) kept.set(element, mine = { key: props.key, on: {}, heard: new Set(), given: [] });
  mine.on = props.on ?? {};
  for (const type of Object.keys(mine.on)) {
    if (mine.heard.has(type)) continue;
    mine.heard.add(type);
    element.addEventListener(type, (event) => kept.get(element)?.on[type]?.(event));
  }
  const given: string[] = [];
  for (const [name, value] of Object.entries(props)) {
    if (OWN.has(name) || value === false || value === null || value === undefined) continue;
    given.push(name);
    const text = value === true ? "" : String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
  for (const name of mine.given) if (!given.includes(name)) element.removeAttribute(name);
  mine.given = given;
  // A policy forbids the attribute, and not this.
  if (props.at !== undefined) element.style.setProperty("--at", String(props.at));
  patch(element, children);
  const now = element as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(props.is ?? {})) if (now[name] !== value) now[name] = value;
}
