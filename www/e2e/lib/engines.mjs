// The three engines as data, and how a session with a fresh profile is had from each of them.
import { spawn } from "node:child_process";
import { accessSync, constants, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { Builder, Capabilities } from "selenium-webdriver";
import { isAlive, kill, under } from "./processes.mjs";

/** Wide enough for the shop's panel to stand open beside the page. */
export const WINDOW = { width: 1280, height: 1000 };
const READY_WITHIN = 20_000;

const CHROMIUM_ARGS = [
  "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
  `--window-size=${WINDOW.width},${WINDOW.height}`,
];

const ALL = [
  {
    name: "Chromium",
    needs: { browser: ["FEWBITS_CHROMIUM", "chromium"], driver: ["FEWBITS_CHROMEDRIVER", "chromedriver"] },
    args: (port) => [`--port=${port}`, "--log-level=SEVERE"],
    capabilities: ({ browser }, { still }) => ({
      browserName: "chrome",
      "goog:chromeOptions": {
        binary: browser,
        args: [...CHROMIUM_ARGS, ...(still ? ["--force-prefers-reduced-motion"] : [])],
        perfLoggingPrefs: { enableNetwork: true, enablePage: false },
      },
      "goog:loggingPrefs": { performance: "ALL", browser: "ALL" },
    }),
    /** A tab in the background is hidden, and stays so when WebDriver turns to it. */
    toFront: (driver) => driver.sendDevToolsCommand("Page.bringToFront"),
  },
  {
    name: "Firefox",
    needs: { browser: ["FEWBITS_FIREFOX", "firefox"], driver: ["FEWBITS_GECKODRIVER", "geckodriver"] },
    args: (port) => ["--port", String(port), "--log", "error"],
    capabilities: ({ browser }, { still, gpc }) => ({
      browserName: "firefox",
      "moz:firefoxOptions": {
        binary: browser,
        args: ["-headless", "-width", String(WINDOW.width), "-height", String(WINDOW.height)],
        prefs: {
          "ui.prefersReducedMotion": still ? 1 : 0,
          "privacy.globalprivacycontrol.enabled": gpc,
          "privacy.globalprivacycontrol.functionality.enabled": true,
          // Several processes for one site, so that one tab can be killed and the other lives.
          "dom.ipc.processCount.webIsolated": 4,
          "browser.sessionhistory.max_total_viewers": 8,
        },
      },
    }),
    toFront: () => undefined,
    ownGpc: true,
    // An `unload` listener, which costs a page its place in the back/forward cache.
    tracesOfClicks: true,
    // geckodriver sets it, and with it the whole browser ends when one tab does.
    unset: "MOZ_CRASHREPORTER_SHUTDOWN",
  },
  {
    name: "WebKit",
    needs: {
      browser: ["FEWBITS_MINIBROWSER", "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"],
      driver: ["FEWBITS_WEBKITDRIVER", "WebKitWebDriver"],
    },
    args: (port) => [`--port=${port}`],
    display: true,
    // The driver takes a tab that crashed for the end of everything.
    endsWithTab: true,
    // Its driver cannot bring a tab to the front, so a second page gets a window of its own: both are visible.
    beside: "window",
    capabilities: ({ browser }) => ({
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary: browser, args: ["--automation"] },
    }),
    toFront: () => undefined,
  },
];

/** All three, or while one works on something those that `FEWBITS_ENGINES` names: `FEWBITS_ENGINES=Chromium,Firefox`. */
export const ENGINES = ALL.filter(({ name }) => !process.env.FEWBITS_ENGINES || process.env.FEWBITS_ENGINES.split(",").includes(name));

/** Where a program is, or an error that says what to do. */
function locate(engine, [variable, usual]) {
  const given = process.env[variable];
  const name = given || usual;
  const places = name.includes("/") ? [name] : (process.env.PATH ?? "").split(":").map((dir) => path.join(dir, name));
  for (const place of places) {
    try {
      accessSync(place, constants.X_OK);
      return place;
    } catch { /* the next one */ }
  }
  const missing = given ? `${variable} names ${given}, which cannot be run` : `there is no ${usual}, and ${variable} is not set`;
  throw new Error(`${engine.name} is missing: ${missing}. \`cargo xtask test e2e\` finds or installs it.`);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A home of its own, so that nothing of the person's browsers is read or written. */
function home() {
  const dir = mkdtempSync(path.join(os.tmpdir(), "fewbits-e2e-"));
  const config = path.join(dir, "config");
  mkdirSync(path.join(config, "gtk-3.0"), { recursive: true });
  // How WebKitGTK is told that a visitor prefers less motion.
  writeFileSync(path.join(config, "gtk-3.0", "settings.ini"), "[Settings]\ngtk-enable-animations=false\n");
  const env = {
    ...process.env, HOME: dir, TMPDIR: dir, TZ: "Europe/Zurich", LANG: "en_GB.UTF-8",
    XDG_CONFIG_HOME: config, XDG_CACHE_HOME: path.join(dir, "cache"), XDG_DATA_HOME: path.join(dir, "data"),
  };
  return { dir, env };
}

/** A program that starts the browser without a variable of the environment. */
function wrap(browser, variable, dir) {
  const file = path.join(dir, "browser");
  writeFileSync(file, `#!/bin/sh\nunset ${variable}\nexec '${browser}' "$@"\n`, { mode: 0o755 });
  return file;
}

/** Starts the engine's driver. One driver serves one session after the other. */
export async function startDriver(engine) {
  const programs = Object.fromEntries(Object.entries(engine.needs).map(([what, names]) => [what, locate(engine, names)]));
  if (engine.display && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    throw new Error(`${engine.name} needs a screen: run the tests under \`xvfb-run -a\`, as \`cargo xtask test e2e\` does.`);
  }
  const { dir, env } = home();
  if (engine.unset) programs.browser = wrap(programs.browser, engine.unset, dir);
  const port = await freePort();
  const child = spawn(programs.driver, engine.args(port), { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let ended;
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => { output = (output + text).slice(-4000); });
  child.on("error", (error) => { ended = error.message; });
  child.on("exit", (code, signal) => { ended ??= `it ended with ${signal ?? code}`; });
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + READY_WITHIN;
  for (;;) {
    if (ended) throw new Error(`${engine.name}'s driver ${programs.driver} did not start: ${ended}\n${output}`);
    if (await fetch(`${url}/status`).then((answer) => answer.ok, () => false)) break;
    if (Date.now() > deadline) throw new Error(`${engine.name}'s driver ${programs.driver} is not ready after ${READY_WITHIN} ms\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }

  return {
    pid: child.pid,
    /** What the driver said last, for the report on a failure. */
    output: () => output,
    async session({ still = true, gpc = false } = {}) {
      const capabilities = new Capabilities(engine.capabilities(programs, { still, gpc }));
      const driver = await new Builder().disableEnvironmentOverrides().usingServer(url).withCapabilities(capabilities).build();
      await driver.manage().window().setRect({ x: 0, y: 0, ...WINDOW });
      await driver.manage().setTimeouts({ implicit: 0, pageLoad: 30_000, script: 30_000 });
      return driver;
    },
    /** Ends the driver and every browser that it started. */
    async stop() {
      const browsers = under(child.pid);
      if (!ended) {
        const exit = new Promise((resolve) => child.once("exit", resolve));
        child.kill();
        await exit;
      }
      for (const pid of browsers) kill(pid);
      while (browsers.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 20));
      // What a dying browser still writes there stays in the system's folder for such things.
      await rm(dir, { recursive: true, force: true, maxRetries: 10 }).catch(() => undefined);
    },
  };
}
