// What pages have beside the package: consent tools and Prebid.js, as npm has them. Bundled to /lab/tools.js.
export { default as tcfStub } from "@iabtcf/stub";
export { CmpApi as TcfTool } from "@iabtcf/cmpapi";
export { GVL, TCModel, TCString } from "@iabtcf/core";
export { CmpApi as GppTool } from "@iabgpp/cmpapi";
export { default as pbjs } from "prebid.js";
import "prebid.js/modules/rtdModule.js";
// No entry of its package, but what each of its modules registers itself with.
export { submodule } from "../../node_modules/prebid.js/dist/src/src/hook.js";
