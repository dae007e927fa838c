// The catalogue beside the peers of a harness that gives every engine the same items and queries
// (PEERS_EXTRA_CAT=…/catalogue.mjs, started in the harness's folder). The built package, through its
// public calls, in the page's thread. FEWBITS_CATALOGUES is a folder with N.fbc for each number of
// items, which catalogue-report.mjs makes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openCatalogue } from "../../www/sdk/dist/catalogue.node.js";

export const tag = (t) => `t${t}`;

export default [{
  name: "Fewbits (this package)",
  exact: true,
  max: 1e6,
  // It reads a file, and makes nothing of the items themselves.
  typedInput: true,
  async build({ n }) {
    const file = readFileSync(join(process.env.FEWBITS_CATALOGUES, `${n}.fbc`));
    const catalogue = await openCatalogue(file, { worker: false });
    if (!catalogue.ok) throw new Error(catalogue.error.message);
    return {
      async query({ must, not, weights }) {
        const found = await catalogue.rank({
          must: must.map(tag), not: not.map(tag), weights: weights.map(([t, weight]) => [tag(t), weight * 1000]),
          popularity: 1, limit: 24,
        });
        return found.map(({ id }) => Number(id));
      },
    };
  },
}];
