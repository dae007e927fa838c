// The script for the <head>, which runs before anything is painted: what was decided last is put on <html>, where styles
// find it. It waits for nothing and loads nothing. Made short by the build; `head.ts` hands it out as text.
(() => {
  const { documentElement: root, currentScript } = document;
  const { book, wait } = (currentScript as HTMLScriptElement).dataset;
  const set: string[] = [];
  const apply = () => {
    for (const name of set.splice(0)) root.removeAttribute(name);
    try {
      const shown = JSON.parse(localStorage.getItem(`fewbits:${book}:shown`)!) as Record<string, string>;
      // What lies there may be from anybody: only what a book may name becomes an attribute.
      for (const slot in shown) {
        if (/^[a-z][\w-]*,[a-z][\w-]*$/.test([slot, shown[slot]].join())) {
          set.push(`data-fewbits-${slot}`);
          root.setAttribute(`data-fewbits-${slot}`, shown[slot]!);
        }
      }
    } catch { /* no storage, or not what it should be: the page as it is */ }
    if (wait && !set.length) {
      root.setAttribute("data-fewbits", "wait");
      setTimeout(() => root.removeAttribute("data-fewbits"), Math.min(+wait || 0, 1000));
    }
  };
  apply();
  // A page that was loaded in advance may have become old before it is seen, and its wait is over.
  document.addEventListener("prerenderingchange", apply);
})();
