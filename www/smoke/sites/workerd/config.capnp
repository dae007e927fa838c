using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:PORT", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "main.js", esModule = embed "dist/main.js"),
    (name = "fewbits_core_bg.wasm", wasm = embed "dist/fewbits_core_bg.wasm"),
    (name = "fewbits_full_bg.wasm", wasm = embed "dist/fewbits_full_bg.wasm"),
    (name = "shop.book.fbk", data = embed "dist/shop.book.fbk"),
  ],
  compatibilityDate = "2026-01-01",
);
