// The script for the <head>, which runs before anything is painted: what was decided last is put on <html>, where styles
// find it. It waits for nothing and loads nothing. Made short by the build; `head.ts` hands it out as text.
(() => {
  const { documentElement: root, currentScript } = document;
  const { book, wait } = (currentScript as HTMLScriptElement).dataset;
  let known = false;
  const apply = () => {
    try {
      const shown = JSON.parse(localStorage.getItem(`fewbits:${book}:shown`)!) as Record<string, string>;
      // What lies there may be from anybody: only what a book may name becomes an attribute.
      for (const slot in shown) {
        if (/^[a-z][\w-]*,[a-z][\w-]*$/.test([slot, shown[slot]].join())) {
          root.setAttribute(`data-fewbits-${slot}`, shown[slot]!);
          known = true;
        }
      }
    } catch { /* no storage, or not what it should be: the page as it is */ }
  };
  apply();
  // A page that was loaded in advance may have become old before it is seen.
  document.addEventListener("prerenderingchange", apply);
  if (wait && !known) {
    root.setAttribute("data-fewbits", "wait");
    setTimeout(() => root.removeAttribute("data-fewbits"), Math.min(+wait || 0, 1000));
  }
})();
