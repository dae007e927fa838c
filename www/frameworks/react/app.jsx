import { FewbitsProvider, Slot, useDecision, useFewbits, useIs, useSegments } from "fewbits/react";
import { initial, start } from "../start.js";

function Facts() {
  const fb = useFewbits();
  return (
    <>
      <p id="segments">{useSegments().join(" ")}</p>
      <p id="is">{useIs("interest/footwear") ? "yes" : "no"}</p>
      <p id="decision">{useDecision("hero").variant}</p>
      <button id="boots" type="button" disabled={!fb} onClick={() => fb.track("boots")}>Boots</button>
    </>
  );
}

export const App = () => (
  <FewbitsProvider fewbits={start} initial={initial}>
    <h1>React</h1>
    <Facts />
    <Slot name="hero" as="section" id="hero" variants={{ winter: <h2>Winter boots</h2> }}><h2>Welcome</h2></Slot>
    <Slot name="note" id="note">
      {(variant) => (variant === "warm" ? <p>Warm feet</p> : <p>Cool <input id="field" aria-label="A field" /></p>)}
    </Slot>
  </FewbitsProvider>
);
