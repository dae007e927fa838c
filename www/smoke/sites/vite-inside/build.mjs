// Vite puts small files into their addresses; here all of them, which the page's policy does not let be fetched.
import fewbits from "fewbits/plugin";
import { build } from "vite";

await build({ logLevel: "warn", plugins: [fewbits.vite()], build: { modulePreload: false, assetsInlineLimit: 10_000_000 } });
