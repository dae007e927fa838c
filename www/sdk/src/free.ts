/** Does this part of the page have the visitor's focus? */
export function focused(part: Node): boolean {
  const root = part.getRootNode() as Partial<DocumentOrShadowRoot>;
  const active = root.activeElement;
  return !!active && part.contains(active);
}

/** Does something to a part of the page, but never takes the focus away with it: it waits until that has gone. Returns the
 * function that takes it back. */
export function whenFree(part: Element | null, work: () => void): () => void {
  if (!part || !focused(part)) {
    work();
    return () => undefined;
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  const off = () => {
    clearTimeout(timer);
    part.removeEventListener("focusout", left);
  };
  // The focus has not arrived yet; and where only the window lost it, it will come back.
  const left = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (focused(part)) return;
      off();
      work();
    });
  };
  part.addEventListener("focusout", left);
  return off;
}
