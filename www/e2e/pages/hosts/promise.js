// A page with a Promise of its own: `then`, `catch` and `resolve`, and nothing that came later.
const Native = Promise;
window.Promise = class Patched {
  constructor(work) {
    this.inner = new Native(work);
  }

  then(...listeners) {
    const next = new Patched(() => undefined);
    next.inner = this.inner.then(...listeners);
    return next;
  }

  catch(listener) {
    return this.then(undefined, listener);
  }

  static resolve(value) {
    return new Patched((done) => done(value));
  }
};
delete Native.race;
delete Native.any;
delete Native.allSettled;
