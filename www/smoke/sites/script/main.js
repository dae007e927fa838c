// Before the script has loaded, and after.
fewbits("track", "view", { topic: "news" });
fewbits(async function (fb) {
  function read() { if (fb.is("interest/guides")) document.querySelector("h1").textContent = "Guides first"; }
  fewbits("on", "change", read);
  read();
  const { use } = await import("/use.js");
  await fb.setConsent({ store: "granted", personalise: "granted", measure: "granted" });
  window.seen = await use(fb);
});
