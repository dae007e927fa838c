// One visitor after the other through the built package, from what `fewbits simulate --inputs` has written down.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "../dist/node.js";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

const run = (command, args) => {
  const { status, error, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
};

/** The command line: the one that FEWBITS_CLI names, or the newest that is built, or else it is built now. */
export function commandLine() {
  if (process.env.FEWBITS_CLI) return process.env.FEWBITS_CLI;
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const name = process.platform === "win32" ? "fewbits.exe" : "fewbits";
  const built = () => ["debug", "release"]
    .map((profile) => join(target, profile, name))
    .filter((path) => existsSync(path))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
  if (!built()) run("cargo", ["build", "--package", "fewbits-cli"]);
  return built();
}

/** Runs `fewbits simulate`, and answers with what went in by the door and with what came out. `asOf`: when
 * memberships are read, at the newest time of all (`last`) or at each visitor's own last one (`own`). */
export function simulate({ book, events, map, asOf = "last" }) {
  const folder = mkdtempSync(join(tmpdir(), "fewbits-parity-"));
  try {
    const inputs = join(folder, "inputs.jsonl"), out = join(folder, "out.jsonl");
    run(commandLine(), ["simulate", book, "--events", events, ...map ? ["--map", map] : [], "--as-of", asOf, "--inputs", inputs, "--out", out]);
    return { inputs: readFileSync(inputs, "utf8"), out: readFileSync(out, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The inputs of each visitor, in the order of the visitors' first appearance, and the time of the newest. */
function byVisitor(text) {
  const visitors = new Map();
  let newest = 0;
  for (const line of text.trimEnd().split("\n")) {
    const input = JSON.parse(line);
    newest = Math.max(newest, input.at);
    const known = visitors.get(input.visitor);
    if (known) known.push(input);
    else visitors.set(input.visitor, [input]);
  }
  return { visitors, newest };
}

/** Tags as a page gives them: by key, with one value or several. */
function grouped(pairs) {
  const tags = {};
  for (const [key, value] of pairs ?? []) (tags[key] ??= []).push(value);
  return tags;
}

/** What a page calls for one line of the inputs. */
function call(fb, input, signals) {
  if ("dwell" in input || "scroll" in input) fb.engage(input);
  else if ("event" in input) fb.track(input.event, grouped(input.tags), input.value);
  else if ("utcOffset" in input) fb.setContext({ utcOffset: input.utcOffset });
  // Of a time zone the core keeps the hemisphere, and here it is all that is known.
  else if ("southern" in input) fb.setContext({ timeZone: input.southern ? "Australia/Sydney" : "Europe/Zurich" });
  else if (signals[input.signal].context) fb.setContext({ [signals[input.signal].context]: input.item });
  else fb.declare({ [input.signal]: input.item ?? input.value });
}

// A page has one visitor, and the module's allocator is made for that: with thousands it walks long lists. So the
// package is loaded anew after this many.
const EACH = 200;

/** The same lines as those of `fewbits simulate --out`, computed by the wasm module. `json` is the book's text. */
export async function replay(json, text, asOf = "last") {
  const { signals } = JSON.parse(json);
  const book = await compile(json);
  const { visitors, newest } = byVisitor(text);
  const lines = [];
  let now = 0, createFewbits;
  for (const [visitor, inputs] of visitors) {
    if (lines.length % EACH === 0) ({ createFewbits } = await import(`../dist/node.js?from=${lines.length}`));
    const errors = [];
    const fb = await createFewbits({ book, auto: false, clock: () => now * 1000, onError: (error) => errors.push(error.code) });
    let own = 0;
    for (const input of inputs) {
      now = input.at;
      own = Math.max(own, now);
      call(fb, input, signals);
    }
    now = asOf === "own" ? own : newest;
    lines.push(JSON.stringify({ visitor, segments: fb.segments }));
    fb.destroy();
    if (errors.length) throw new Error(`visitor ${visitor}: ${errors.join(", ")}`);
  }
  return { out: `${lines.join("\n")}\n`, visitors: visitors.size, inputs: text.split("\n").length - 1 };
}
