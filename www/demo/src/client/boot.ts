// Runs before the first paint, so that a page with an open panel does not jump. It writes nothing.
let panelClosed = false;
try {
  panelClosed = localStorage.getItem("fernhill:panel") === "closed";
} catch {
  // A browser that forbids storage shows the panel, as on a first visit.
}
const wide = matchMedia("(min-width: 75rem)").matches;
document.documentElement.dataset.script = "";
document.documentElement.dataset.panel = wide && !panelClosed ? "open" : "closed";

export {};
