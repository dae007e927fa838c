import { createFewbits } from "../../www/sdk/dist/index.js";

const fb = await createFewbits({
  book: "shop.book.json",
  consent: { personalise: "granted" }, // what your banner says; without `store` nothing is kept
});

const hero = document.querySelector("#hero"), why = document.querySelector("#why");
fb.on("change", async () => {
  hero.textContent = fb.is("interest/footwear") ? "New boots and sandals" : "Welcome";
  why.textContent = (await fb.explain("interest/boots"))?.text ?? "";
});
for (const link of document.querySelectorAll("[data-aisle]"))
  link.addEventListener("click", () => fb.track("view", { aisle: link.dataset.aisle }));
