// The package as it is published, on a page that does nothing by itself.
const book = "/lab/lab.book";

/** Work that goes on when the page is hidden, too: timers are slowed down there, messages are not. */
function inTurns(turns, work) {
  const { port1, port2 } = new MessageChannel();
  return new Promise((done) => {
    let turn = 0;
    port1.onmessage = () => {
      if (turn === turns) return done();
      work(turn++);
      port2.postMessage(0);
    };
    port2.postMessage(0);
  });
}

window.lab = {
  errors: [],
  heard: [],
  /** How far the clock of this page is ahead, in milliseconds. */
  ahead: 0,

  async start(options = {}) {
    const { createFewbits } = await import("/lab/sdk/index.js");
    const fb = await createFewbits({
      book, clock: () => Date.now() + this.ahead, onError: ({ code }) => this.errors.push(code), ...options,
    });
    for (const event of ["change", "consent"]) fb.on(event, () => this.heard.push(event));
    this.fb = fb;
    return fb.ok;
  },

  /** Another file of the lab, asked for as the page itself does. */
  load: (name) => import(`/lab/${name}`),

  bump(times = 1) {
    for (let i = 0; i < times; i += 1) this.fb.track("bump");
  },

  /** Starts to bump, one event a turn, and says in `running` how far it is. */
  bumpInTurns(times) {
    this.running = 0;
    this.ended = inTurns(times, () => {
      this.fb.track("bump");
      this.running += 1;
    });
  },

  async count(signal = "bumps") {
    const mine = await this.fb.exportMine();
    return mine.signals.find(({ name }) => name === signal).value;
  },

  /** Milliseconds from the import of the package to the first segments. */
  async race() {
    const start = performance.now();
    const { createFewbits } = await import("/lab/sdk/index.js");
    const fb = await createFewbits({ book });
    const { length } = fb.segments;
    return { milliseconds: performance.now() - start, length };
  },
};
