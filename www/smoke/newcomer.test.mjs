// The newcomer's path: create-vite's own template, the packed package, a book, and the first personalised element.
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { openBrowser } from "./lib/browser.mjs";
import { install, ROOT, run } from "./lib/project.mjs";
import { serve } from "./lib/serve.mjs";

const FOLDER = path.join(ROOT, "sites", "newcomer");
const MOST = 30;
let browser, tarball;
before(async () => {
  tarball = install();
  browser = await openBrowser();
});
after(() => browser?.close());

/** Everything that a newcomer writes: files, and what is put before the end of one that is there. */
const WRITTEN = {
  "my-shop.book.json": `{
  "fewbits": 1, "book": "my-shop", "version": 1,
  "signals": { "topic": { "top": "topic", "half_life": "14d", "items": ["news", "guides"] } },
  "dimensions": {
    "interest": {
      "why": "lead with the topic people came for",
      "segments": [
        { "id": "news", "when": { "topic": "news" } },
        { "id": "guides", "when": { "topic": "guides" } }
      ],
      "otherwise": "any"
    }
  }
}
`,
  "vite.config.js": `import fewbits from "fewbits/plugin";
export default { plugins: [fewbits.vite()] };
`,
  "src/main.js": `import { createFewbits } from "fewbits";
import book from "../my-shop.book.json";

const fb = await createFewbits({ book, consent: { store: "granted", personalise: "granted" } });
const greet = () => {
  document.querySelector("h1").textContent = fb.is("interest/guides") ? "Our guides" : "Welcome";
};
fb.on("change", greet);
greet();
document.querySelector("#counter").addEventListener("click", () => fb.track("view", { topic: "guides" }));
`,
};

test("a personalised element in fewer than 30 lines", async () => {
  rmSync(FOLDER, { recursive: true, force: true });
  const step = (folder, command) => {
    const { status, stdout, stderr } = run(folder, command);
    assert.equal(status, 0, `${command.join(" ")}\n${stdout}\n${stderr}`);
  };
  step(path.dirname(FOLDER), ["create-vite", "newcomer", "--template", "vanilla", "--no-interactive"]);
  // What npm would fetch is what the lock file beside this test has installed already, but for the package itself.
  const manifest = JSON.parse(readFileSync(path.join(FOLDER, "package.json"), "utf8"));
  for (const [name, wanted] of Object.entries(manifest.devDependencies)) {
    const { version } = JSON.parse(readFileSync(path.join(ROOT, "node_modules", name, "package.json"), "utf8"));
    assert.equal(version.split(".")[0], wanted.replace(/^\D+/, "").split(".")[0], `the template wants ${name} ${wanted}`);
  }
  writeFileSync(path.join(FOLDER, "package.json"), JSON.stringify({ ...manifest, devDependencies: {} }, null, 2));
  step(FOLDER, ["npm", "install", tarball, "--no-audit", "--no-fund", "--omit=peer", "--prefer-offline"]);

  let lines = 0;
  for (const [file, text] of Object.entries(WRITTEN)) {
    lines += text.trim().split("\n").filter((line) => line.trim()).length;
    const before = file === "src/main.js" ? readFileSync(path.join(FOLDER, file), "utf8") : "";
    writeFileSync(path.join(FOLDER, file), before + text);
  }
  assert.ok(lines < MOST, `${lines} lines`);
  console.log(`the newcomer wrote ${lines} lines`);

  step(FOLDER, ["vite", "build", "--logLevel", "warn"]);
  const server = await serve(path.join(FOLDER, "dist"), { policy: "" });
  try {
    const url = `${server.url}/`;
    const ready = () => ["Welcome", "Our guides"].includes(document.querySelector("h1")?.textContent);
    const first = await browser.visit(url, ready);
    assert.deepEqual(first.console, []);
    assert.equal(first.headline, "Welcome");
    await browser.driver.executeScript(() => document.querySelector("#counter").click());
    await browser.driver.wait(() => browser.driver.executeScript(() => document.querySelector("h1").textContent === "Our guides"), 5000);
    // It is known on the next visit, too.
    const again = await browser.visit(url, () => document.querySelector("h1")?.textContent === "Our guides");
    assert.equal(again.headline, "Our guides");
    assert.deepEqual(again.network.filter((address) => !address.startsWith(url)), []);
    // TypeScript knows the book now.
    assert.match(readFileSync(path.join(FOLDER, "my-shop.book.d.json.ts"), "utf8"), /"interest\/guides"/);
  } finally {
    await server.close();
  }
});
