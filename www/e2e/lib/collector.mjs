// The real collector, with a store of its own, for tests that look at a report from both sides.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

/** Starts it. Answers with its address and how it ends. */
export async function startCollector() {
  const { FEWBITS_COLLECTOR: program, FEWBITS_STATEMENT: statement } = process.env;
  if (!program || !statement) throw new Error("FEWBITS_COLLECTOR and FEWBITS_STATEMENT are not set. `cargo xtask test e2e` builds both and sets them.");
  const data = await mkdtemp(path.join(os.tmpdir(), "fewbits-collector-"));
  const child = spawn(program, ["--listen", "127.0.0.1:0", "--statement", statement, "--data", data], { stdio: ["ignore", "ignore", "pipe"] });
  const exit = new Promise((resolve) => child.once("exit", resolve));
  const said = [];
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      const [, address] = /listening on ([^,\s]+)/.exec(line) ?? [];
      if (address) resolve(address);
    });
    child.once("error", reject);
    exit.then(() => reject(new Error(`the collector ended:\n${said.join("\n")}`)));
  });
  return {
    url,
    async stop() {
      child.kill();
      await exit;
      await rm(data, { recursive: true, force: true });
    },
  };
}
