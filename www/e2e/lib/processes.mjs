// The processes of a browser, so that one tab can die as it would in a crash: without a last word.
import { readdirSync, readFileSync } from "node:fs";

const RENDERER = /--type=renderer|-contentproc|WebKitWebProcess/;

function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // It has ended meanwhile.
    return "";
  }
}

/** Parent and used processor time of a process, from the fields after its name. */
function stat(pid) {
  const fields = read(pid, "stat").replace(/^.*\) /s, "").split(" ");
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

/** All processes under this one. */
export function under(root) {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map(all.map((pid) => [pid, stat(pid).parent]));
  return all.filter((pid) => {
    for (let up = parents.get(pid); up > 1; up = parents.get(up)) if (up === root) return true;
    return false;
  });
}

/** Those of them that show pages. */
const renderers = (root) => under(root).filter((pid) => RENDERER.test(read(pid, "cmdline")));

/** The process that shows the current tab: the one that works while the tab works. */
export async function processOf(page, root) {
  const before = new Map(renderers(root).map((pid) => [pid, stat(pid).ticks]));
  await page.call(() => {
    const end = performance.now() + 500;
    while (performance.now() < end);
  });
  const worked = [...before].map(([pid, ticks]) => ({ pid, ticks: stat(pid).ticks - ticks })).sort((a, b) => b.ticks - a.ticks);
  if (!(worked[0]?.ticks > 0)) throw new Error(`no process of ${page.engine.name} was found for the tab`);
  return worked[0].pid;
}

/** Ends a process, if it has not ended yet. */
export function kill(pid, signal = "SIGKILL") {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

export const isAlive = (pid) => !["", "Z", "X"].includes(read(pid, "stat").replace(/^.*\) /s, "").slice(0, 1));
