// A browser as the scenarios see it. Everything waits for conditions; nothing waits for time.
import { By, until } from "selenium-webdriver";
import { WINDOW } from "./engines.mjs";

const PATIENCE = 20_000;
const POLL = 40;

/** What is picked out beside each hero that follows an interest. */
const BEHIND = { welcome: ["any"], summer: ["sandals"], winter: ["boots", "coats"], camp: ["tents", "packs"] };

const HITTABLE = `
  const { left, top, width, height } = arguments[0].getBoundingClientRect();
  const hit = document.elementFromPoint(left + width / 2, top + height / 2);
  return hit !== null && (arguments[0].contains(hit) || hit.contains(arguments[0]) && hit !== document.documentElement);`;

export class Page {
  constructor(engine, driver, site) {
    Object.assign(this, { engine, driver, site });
  }

  /** Runs a function in the page and answers with what it returns, or resolves to. */
  async call(work, ...args) {
    const answer = await this.driver.executeAsyncScript(`
      const given = [...arguments], done = given.pop();
      Promise.resolve().then(() => (${work})(...given)).then((value) => done({ value }), (error) => done({ error: String(error) }));
    `, ...args);
    if (answer?.error !== undefined) throw new Error(`in the page: ${answer.error}`);
    return answer?.value;
  }

  /** Waits until a function in the page answers with something true. */
  async until(what, work, ...args) {
    let last;
    const met = async () => {
      last = await this.call(work, ...args);
      return last;
    };
    try {
      return await this.driver.wait(met, PATIENCE, undefined, POLL);
    } catch (error) {
      if (error.name !== "TimeoutError") throw error;
      throw new Error(`waited ${PATIENCE} ms in vain until ${what}; last seen: ${JSON.stringify(last)}`, { cause: error });
    }
  }

  /** Waits until a function in the page answers with exactly this. */
  async settles(what, wanted, work, ...args) {
    const text = JSON.stringify(wanted);
    let last;
    const met = async () => {
      last = JSON.stringify(await this.call(work, ...args));
      return last === text;
    };
    try {
      await this.driver.wait(met, PATIENCE, undefined, POLL);
    } catch (error) {
      if (error.name !== "TimeoutError") throw error;
      throw new Error(`waited ${PATIENCE} ms in vain until ${what} is ${text}; last seen: ${last}`, { cause: error });
    }
  }

  open(path) {
    return this.driver.get(this.site.url + path);
  }

  reload() {
    return this.driver.navigate().refresh();
  }

  /** Clicks as WebDriver does, or, where its clicks leave traces in the page, by script. */
  async click(selector) {
    if (this.engine.tracesOfClicks && this.traceless) {
      await this.call((wanted) => document.querySelector(wanted).click(), selector);
      return;
    }
    const element = await this.driver.wait(until.elementLocated(By.css(selector)), PATIENCE, `there is no ${selector}`, POLL);
    await this.driver.executeScript("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", element);
    // While one page turns into the next, the picture of the turning lies above everything.
    await this.driver.wait(() => this.driver.executeScript(HITTABLE, element), PATIENCE, `${selector} cannot be clicked`, POLL);
    await element.click();
  }

  /** A hook of the shop, see its README. */
  press(hook) {
    return this.click(`[data-testid=${hook}]`);
  }

  // ---- tabs
  tab() {
    return this.driver.getWindowHandle();
  }

  /** Opens another tab of the same visitor, and turns to it. */
  async newTab() {
    await this.driver.switchTo().newWindow(this.engine.beside ?? "tab");
    if (this.engine.beside) await this.driver.manage().window().setRect({ x: 0, y: 0, ...WINDOW });
    return this.tab();
  }

  async turnTo(tab) {
    await this.driver.switchTo().window(tab);
    await this.engine.toFront(this.driver);
  }

  // ---- what the page keeps and does
  /** All keys of the page's storage, in order. */
  keys() {
    return this.call(() => Object.keys(localStorage).sort());
  }

  stored(prefix = "fewbits:") {
    return this.call((start) => Object.fromEntries(Object.entries(localStorage).filter(([key]) => key.startsWith(start)).sort()), prefix);
  }

  spied(what) {
    return this.call((name) => window.spy[name], what);
  }

  /** The lines that the page's scripts wrote to the console. */
  async lines() {
    return (await this.spied("console")).map(({ level, text }) => `${level}: ${text}`);
  }

  /** Every address that this document has asked for, by its own account. */
  resources() {
    return this.call(() => performance.getEntriesByType("resource").map(({ name }) => name));
  }

  /** Every address that Chromium's network stack was asked for since the last call; elsewhere nothing. */
  async network() {
    if (this.engine.name !== "Chromium") return [];
    const entries = await this.driver.manage().logs().get("performance");
    return entries
      .map(({ message }) => JSON.parse(message).message)
      .filter(({ method }) => method === "Network.requestWillBeSent" || method === "Network.webSocketCreated")
      .map(({ params }) => params.request?.url ?? params.url);
  }

  // ---- the lab
  /** Loads the lab's page, and starts the package there. Tells whether it could start. */
  async lab(options = {}) {
    await this.open("/lab/lab.html");
    return this.startLab(options);
  }

  async startLab(options) {
    await this.until("the lab is there", () => window.lab !== undefined);
    return this.call((given) => window.lab.start(given), options);
  }

  /** What the package in the lab has counted. */
  count() {
    return this.call(() => window.lab.count());
  }

  // ---- the shop
  /** Loads a page of the shop and waits until fewbits has answered. The panel must be open. */
  async shop(path = "/") {
    await this.open(path);
    await this.ready();
  }

  ready() {
    return this.until("the panel is filled", () => document.querySelector("#panel")?.dataset.ready === "");
  }

  variant(slot = "hero") {
    return this.call((name) => document.querySelector(`[data-slot=${name}]`)?.dataset.variant, slot);
  }

  /** The bandit may choose the same picture for a newcomer, so what is picked out has to agree: that follows interest alone. */
  showsHero(wanted) {
    const shown = (hero, picks) => document.querySelector("[data-testid=hero]")?.dataset.variant === hero
      && picks.includes(document.querySelector("[data-slot=picks]")?.dataset.variant);
    return this.until(`the hero is ${wanted}`, shown, wanted, BEHIND[wanted]);
  }

  aisles() {
    return this.call(() => [...document.querySelectorAll("[data-testid=aisles] > [data-aisle]")].map((it) => it.dataset.aisle));
  }

  segments() {
    return this.call(() => [...document.querySelectorAll("[data-testid=panel-segments] [data-segment]")].map((it) => it.dataset.segment));
  }

  /** Goes to another page of the shop without a load, and waits until it stands there in place of this one. */
  async softly(path, go) {
    await this.call(() => { document.querySelector("main").dataset.left = ""; });
    await go();
    const there = (wanted) => {
      const main = document.querySelector("main");
      // While one page is faded into the other, nothing can be clicked.
      const fading = document.getAnimations().some(({ effect }) => effect?.pseudoElement?.startsWith("::view-transition"));
      return main && main.dataset.left === undefined && location.pathname === wanted && !fading && main.dataset.page;
    };
    return this.until(`the shop shows ${path}`, there, path);
  }

  follow(path) {
    return this.softly(path, () => this.click(`a[href="${path}"]`));
  }

  goHome() {
    return this.follow("/");
  }

  /** The things on the shelf of this page, as addresses. */
  things() {
    return this.call(() => [...document.querySelectorAll("main [data-testid=product-card]")].map((it) => it.getAttribute("href")));
  }

  /** To an aisle, two of its things, and home again: enough for an interest. */
  async stroll(aisle) {
    const shelf = `/${aisle}/`;
    await this.follow(shelf);
    for (const thing of (await this.things()).slice(0, 2)) {
      await this.follow(thing);
      await this.softly(shelf, () => this.driver.navigate().back());
    }
    await this.goHome();
  }

  /** Puts the first thing of an aisle into the basket. */
  async buy(aisle) {
    await this.follow(`/${aisle}/`);
    const [thing] = await this.things();
    await this.follow(thing);
    await this.press("add-to-cart");
    await this.until("it is in the basket", () => document.querySelector("[data-testid=cart-count]").textContent !== "0");
  }
}
