// Runs before every other script of a page and notes down what the page does, in memory only.
(() => {
  const spy = { console: [], writes: [], errors: [], violations: [], persisted: [] };
  window.spy = spy;

  for (const level of ["debug", "log", "info", "warn", "error"]) {
    const real = console[level];
    console[level] = (...words) => {
      spy.console.push({ level, text: words.map(String).join(" ") });
      real.apply(console, words);
    };
  }
  addEventListener("error", ({ message }) => spy.errors.push(message));
  addEventListener("unhandledrejection", ({ reason }) => spy.errors.push(String(reason)));
  addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => spy.violations.push(`${effectiveDirective} ${blockedURI}`));
  addEventListener("pageshow", ({ persisted }) => spy.persisted.push(persisted));

  const note = (owner, method, name) => {
    const real = owner?.[method];
    if (!real) return;
    owner[method] = function (...args) {
      spy.writes.push(`${name}.${method} ${args[0] ?? ""}`);
      return real.apply(this, args);
    };
  };
  note(Storage.prototype, "setItem", "storage");
  note(window.IDBFactory?.prototype, "open", "indexedDB");
  note(window.CacheStorage?.prototype, "open", "caches");
  note(window.StorageManager?.prototype, "getDirectory", "files");
  note(window.StorageManager?.prototype, "persist", "files");
  note(window.CookieStore?.prototype, "set", "cookies");
  note(window.ServiceWorkerContainer?.prototype, "register", "workers");
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  Object.defineProperty(Document.prototype, "cookie", {
    ...cookie,
    set(text) {
      spy.writes.push(`cookie ${text}`);
      cookie.set.call(this, text);
    },
  });
})();
