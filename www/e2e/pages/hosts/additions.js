// A page whose libraries have added to the prototypes of everything, where `for…in` sees it; or an attacker has.
for (const name of ["each", "extend", "once", "capture", "passive", "steal", "ifAvailable"]) {
  Object.prototype[name] = function addition() { return this; };
}
Object.prototype.collector = "/v1/report";
Object.prototype.method = "PUT";
Object.prototype.integrity = "sha256-AAAA";
Object.prototype.storage = {};
Object.prototype.book = "elsewhere";
Object.prototype.everything = true;
Array.prototype.last = function last() { return this.at(-1); };
