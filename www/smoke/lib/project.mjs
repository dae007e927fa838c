// The package as a site has it: packed, and installed from the tarball beside the bundlers of the lock file.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
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
  const scripts = existsSync(path.join(folder, "app")) ? "app" : "";
  const common = [["shop.book.json", "shop.book.json"], ...["visit.js", "use.js"].map((file) => [`sites/${file}`, path.join(scripts, file)])];
  if (page && !existsSync(path.join(folder, "index.html"))) common.push(["sites/index.html", "index.html"]);
  for (const [from, to] of common) copyFileSync(path.join(HERE, from), path.join(folder, to));
  return folder;
}

/** Where a program of the installed ones is. */
function locate(program) {
  if (program === "node") return process.execPath;
  if (program === "npm") return program;
  const modules = path.join(ROOT, "node_modules");
  // Bun's own package would be finished by a script when it is installed; here none runs.
  if (program === "bun") {
    const [built] = readdirSync(path.join(modules, "@oven"));
    return path.join(modules, "@oven", built, "bin", "bun");
  }
  return path.join(modules, ".bin", program);
}

/** Runs a program in a site's folder; answers with what it said. */
export function run(folder, [program, ...args], env = {}) {
  const file = locate(program);
  return spawnSync(file, args, { cwd: folder, encoding: "utf8", timeout: 300_000, env: { ...process.env, NO_COLOR: "1", CI: "1", ...env } });
}

export const version = (name) => JSON.parse(readFileSync(path.join(ROOT, "node_modules", name, "package.json"), "utf8")).version;

/** Starts a server among the installed programs and waits until its output says so, if it does; answers with its end. */
export async function serveWith(folder, [program, ...args], ready, env = {}) {
  const child = spawn(locate(program), args, {
    cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1", CI: "1", ...env },
  });
  let output = "";
  await new Promise((done, failed) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        output += text;
        if (ready?.test(output)) done();
      });
    }
    if (!ready) return done();
    child.once("exit", (code) => failed(new Error(`${program} ended with ${code}\n${output}`)));
    setTimeout(() => failed(new Error(`${program} did not start\n${output}`)), 60_000).unref();
  });
  return {
    output: () => output,
    // Programs of npm start others: all of them end.
    stop: () => new Promise((done) => {
      child.removeAllListeners("exit").once("exit", done);
      process.kill(-child.pid);
    }),
  };
}

export async function freePort() {
  const server = createServer();
  await new Promise((done, failed) => server.once("error", failed).listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
