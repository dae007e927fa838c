// One Chromium for all sites: a page is opened, waited for, and asked what it wrote to the console and asked the network for.
import { ENGINES, startDriver } from "../../e2e/lib/engines.mjs";

export async function openBrowser() {
  const engine = ENGINES.find(({ name }) => name === "Chromium");
  const running = await startDriver(engine);
  const driver = await running.session();
  const logs = (kind) => driver.manage().logs().get(kind);
  const network = async () => (await logs("performance"))
    .map(({ message }) => JSON.parse(message).message)
    .filter(({ method }) => method === "Network.requestWillBeSent")
    .map(({ params }) => params.request.url)
    .filter((address) => !/^(data|blob|about|chrome):/.test(address));
  return {
    driver,
    /** Opens a page and waits until `work`, run in it, answers with something true. */
    async visit(url, work = () => window.seen) {
      await logs("performance");
      await logs("browser");
      await driver.get(url);
      let seen;
      await driver.wait(async () => (seen = await driver.executeScript(work)), 20_000, "", 50).catch(() => undefined);
      const console = (await logs("browser")).map(({ level, message }) => `${level.name}: ${message}`);
      return {
        seen, console, network: await network(),
        headline: await driver.executeScript(() => document.querySelector("h1")?.textContent),
      };
    },
    async close() {
      await driver.quit().catch(() => undefined);
      await running.stop();
    },
  };
}
