// A browser without Web Locks, or a page that is not secure.
Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined });
