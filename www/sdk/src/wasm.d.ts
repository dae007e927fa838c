// Modules that the platform hands over as such: in workers of a cloud an import is the only way to have one.
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
// Put into the script by the build.
declare module "*.wasm?base64" {
  const text: string;
  export default text;
}
// A script made short by the build.
declare module "*.js?text" {
  const text: string;
  export default text;
}
