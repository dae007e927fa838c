// Code of a frame that follows the consent tool of the page around it.
import { followTcf } from "/lab/sdk/tcf.js";

window.told = [];
followTcf(window.lab.fb, { onAnswer: ({ because }) => window.told.push(because) });
