// The pages that the package may find itself in: it never throws into them, and gives what can be had there. Each is
// a frame, so that what makes it hard does not make the test hard, too.
import assert from "node:assert/strict";

const WHOLE = { ok: true, errors: [], is: true, segments: ["crowd/many"], count: 1000, holds: true, report: "not-due", told: ["told/snow"], slot: "skis", after: ["crowd/none"] };
const STOPPED = { ok: false, is: false, segments: ["crowd/none"], count: null, holds: null, report: "not-running", told: ["told/none"], slot: "plain", after: ["crowd/none"] };
/** Where a profile cannot be kept, nothing leaves. */
const MEMORY = { ...WHOLE, report: "no-store" };

const HOSTS = [
  { what: "a frame of the same site" },
  { what: "a frame without an address", blank: true },
  { what: "a frame with an origin of its own", sandbox: "allow-scripts", wanted: { ...MEMORY, errors: ["storage-blocked"] } },
  { what: "prototypes with additions", script: "additions" },
  { what: "libraries in the place of the language", script: "libraries" },
  { what: "a Promise of the page's own", script: "promise" },
  { what: "a frozen language", script: "frozen" },
  { what: "no WebAssembly", script: "no-wasm", wanted: { ...STOPPED, errors: ["wasm-blocked", "wasm-blocked"] } },
  { what: "a storage without room", script: "quota", wanted: { ...WHOLE, errors: ["storage-full"] } },
  { what: "no locks", script: "no-locks", wanted: { ...WHOLE, report: "no-lock" } },
  { what: "a console that throws", script: "console" },
  { what: "a clock in the past", script: "past" },
  { what: "a clock in the future", script: "future" },
];
/** Here only that nothing breaks can be known: what counts as the last day is nobody's guess. */
const TIMELESS = ["jumps", "no-clock"];

/** Opens a frame, and answers with what came of the visit in it. Runs in the page. */
function inFrame({ script, blank, sandbox }) {
  return new Promise((done, failed) => {
    setTimeout(failed, 10_000, new Error("the visit did not end"));
    const frame = document.createElement("iframe");
    if (sandbox) frame.setAttribute("sandbox", sandbox);
    addEventListener("message", function told({ source, data }) {
      if (source !== frame.contentWindow) return;
      removeEventListener("message", told);
      frame.remove();
      done(data);
    });
    if (!blank) frame.src = `/lab/host-${script ?? "plain"}.html`;
    document.body.append(frame);
    if (!blank) return;
    const visit = frame.contentDocument.createElement("script");
    visit.type = "module";
    visit.src = "/lab/frame.js";
    frame.contentDocument.head.append(visit);
  });
}

/** Puts a page with these scripts on the site: frames are more than the shop's policy allows. */
function put(site, path, scripts) {
  const tags = scripts.map((script) => `<script type="${/frame/.test(script) ? "module" : "text/javascript"}" src="/lab/${script}.js"></script>`);
  const body = `<!doctype html><html lang=en><meta charset=utf-8><title>Host</title><link rel=icon href="data:,">${tags.join("")}<body>`;
  site.answer(path, { type: "text/html; charset=utf-8", body });
}
const putHost = (site, script) => put(site, `/lab/host-${script ?? "plain"}.html`, [...(script ? [`hosts/${script}`] : []), "frame"]);

export function hosts(check) {
  check("pages that make it hard: nothing is thrown, and what can be had is had", { headers: { "access-control-allow-origin": "*" } }, async (page, t) => {
    put(page.site, "/lab/around.html", ["early/spy"]);
    await page.open("/lab/around.html");
    const failures = [];
    for (const { what, wanted = WHOLE, ...host } of HOSTS) {
      putHost(page.site, host.script);
      try {
        const { uncaught, took, writes, heard, stored, ...seen } = await page.call(inFrame, host);
        assert.deepEqual(uncaught, []);
        assert.deepEqual(seen, wanted);
        if (seen.ok) assert.ok(heard <= 2, `a thousand events in one turn were told ${heard} times`);
        assert.ok(writes < 80, `a thousand events in one turn were written ${writes} times`);
        // A journal is full at 4096 bytes; in base64 that is a third more.
        if (stored) assert.ok(stored.keys <= 8 && stored.longest <= 5500, JSON.stringify(stored));
        if (what === HOSTS[0].what) t.diagnostic(`${page.engine.name}: 1000 events in a turn, stored by ${writes} writes: ${Math.round(took)} ms`);
      } catch (error) {
        failures.push(`${what}: ${error.message}`);
      }
      await page.call(() => localStorage.clear());
    }
    for (const script of TIMELESS) {
      putHost(page.site, script);
      try {
        const { uncaught, errors, ok } = await page.call(inFrame, { script });
        assert.deepEqual({ uncaught, errors, ok }, { uncaught: [], errors: [], ok: true });
      } catch (error) {
        failures.push(`${script}: ${error.message}`);
      }
      await page.call(() => localStorage.clear());
    }
    assert.ok(!failures.length, failures.join("\n"));
    assert.deepEqual(page.site.reports(), [], "a report left where none was due");
  });
}
