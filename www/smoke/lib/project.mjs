// The package as a site has it: packed, and installed from the tarball beside the bundlers of the lock file.
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL("..", import.meta.url));
const SDK = path.join(HERE, "..", "sdk");
export const ROOT = path.join(HERE, "..", "..", "target", "smoke");

const npm = (args, cwd) => execFileSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

/** Packs the package and installs it; the bundlers are installed once for each lock file. Answers with the tarball. */
export function install() {
  mkdirSync(ROOT, { recursive: true });
  const lock = readFileSync(path.join(HERE, "package-lock.json"), "utf8");
  const stamp = path.join(ROOT, "node_modules", ".fewbits-stamp");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
    for (const name of ["package.json", "package-lock.json", ".npmrc"]) copyFileSync(path.join(HERE, name), path.join(ROOT, name));
    npm(["install", "--prefer-offline"], ROOT);
    writeFileSync(stamp, lock);
  }
  const [{ filename }] = JSON.parse(npm(["pack", "--json", "--ignore-scripts", "--pack-destination", ROOT], SDK));
  const tarball = path.join(ROOT, "fewbits.tgz");
  renameSync(path.join(ROOT, filename), tarball);
  rmSync(path.join(ROOT, "node_modules", "fewbits"), { recursive: true, force: true });
  npm(["install", "--no-save", "--prefer-offline", tarball], ROOT);
  return tarball;
}

/** A folder of its own for one site, with the files that all have in common. */
export function site(name, { page = true } = {}) {
  const folder = path.join(ROOT, "sites", name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(path.join(HERE, "sites", name), folder, { recursive: true });
  const common = [["shop.book.json", "shop.book.json"], ["sites/visit.js", existsSync(path.join(folder, "app")) ? "app/visit.js" : "visit.js"]];
  if (page && !existsSync(path.join(folder, "index.html"))) common.push(["sites/index.html", "index.html"]);
  for (const [from, to] of common) copyFileSync(path.join(HERE, from), path.join(folder, to));
  return folder;
}

/** Runs a program of the installed ones, or a script, in a site's folder; answers with what it said. */
export function run(folder, [program, ...args], env = {}) {
  const file = program === "node" ? process.execPath : path.join(ROOT, "node_modules", ".bin", program);
  return spawnSync(file, args, { cwd: folder, encoding: "utf8", timeout: 300_000, env: { ...process.env, NO_COLOR: "1", CI: "1", ...env } });
}

export const version = (name) => JSON.parse(readFileSync(path.join(ROOT, "node_modules", name, "package.json"), "utf8")).version;
