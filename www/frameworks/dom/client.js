import { bindDom } from "fewbits/dom";
import { start } from "../start.js";

window.end = bindDom(start);
