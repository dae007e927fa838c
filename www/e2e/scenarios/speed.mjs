// How long it takes from the import of the package to the first segments. Told, not judged.
import assert from "node:assert/strict";

export function speed(check) {
  check("from import to first segments", {}, async (page, t) => {
    const took = [];
    for (let visit = 0; visit < 6; visit += 1) {
      await page.open("/lab/lab.html");
      await page.until("the lab is there", () => window.lab !== undefined);
      const { milliseconds, length } = await page.call(() => window.lab.race());
      assert.equal(length, 1);
      took.push(milliseconds);
    }
    const [cold, ...warm] = took.map((time) => Math.round(time * 10) / 10);
    warm.sort((a, b) => a - b);
    t.diagnostic(`${page.engine.name}: import to first segments, local server: cold ${cold} ms, warm ${warm[2]} ms (median of ${warm.length})`);
  });
}
