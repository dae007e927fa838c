// The classic script's own element, which says where what is beside it is found, and what to start with. Only while the
// script runs for the first time does the browser tell.
const element = globalThis.document?.currentScript as HTMLScriptElement | null | undefined;
export const scriptAddress = element?.src ?? "";
export const scriptData = { ...element?.dataset };
