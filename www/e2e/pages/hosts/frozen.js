// A page that has frozen the language, as SES does.
const names = [
  "Object", "Function", "Array", "String", "Number", "Boolean", "Symbol", "BigInt", "Error", "TypeError", "RangeError", "Promise",
  "Map", "Set", "WeakMap", "WeakSet", "Date", "RegExp", "JSON", "Math", "Reflect", "Proxy", "Intl", "WebAssembly",
  "ArrayBuffer", "DataView", "Uint8Array", "Uint32Array", "Int32Array", "Float64Array", "TextEncoder", "TextDecoder",
];
for (const name of names) {
  const one = globalThis[name];
  if (one?.prototype) Object.freeze(one.prototype);
  Object.freeze(one);
}
Object.freeze(Object.getPrototypeOf(Uint8Array.prototype));
Object.freeze(Object.getPrototypeOf(async () => undefined));
Object.freeze(History.prototype);
Object.freeze(console);
