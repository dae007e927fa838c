import fewbits from "fewbits/plugin";
import { build } from "vite";

await build({ logLevel: "warn", plugins: [fewbits.vite()], build: { modulePreload: false } });
