// Before the script has loaded, and after.
for (let i = 0; i < 2; i++) fewbits("track", "view", { topic: "guides" });
fewbits("on", "change", function () { document.querySelector("h1").textContent = "Guides first"; });
fewbits(function (fb) {
  fewbits("track", "view", { topic: "guides" });
  setTimeout(async function () {
    window.seen = {
      error: fb.error && fb.error.code,
      segments: fb.segments,
      why: (await fb.explain("interest/guides")).text,
      signals: (await fb.exportMine()).signals.length,
    };
  });
});
