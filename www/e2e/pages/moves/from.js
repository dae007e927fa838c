// A page that asks the browser to load the next one in advance, where the address says so.
const next = `to.html${location.search}`;
if (location.hash === "#advance") {
  const rules = { prerender: [{ source: "list", urls: [next], eagerness: "immediate" }] };
  document.head.append(Object.assign(document.createElement("script"), { type: "speculationrules", textContent: JSON.stringify(rules) }));
}
addEventListener("DOMContentLoaded", () => { document.querySelector("#to").href = next; });
