// What `fewbits/svelte` is where Svelte's compiler is: the stores, and a component for it to compile.
export * from "../svelte.js";
export { default as FewbitsSlot } from "./FewbitsSlot.svelte";
