// The whole walk through the shop, with every request written down.
import assert from "node:assert/strict";
import { asksForAssetsOnly, isReceived, isReport, isWireForm } from "../lib/rules.mjs";

const DAY = 86_400_000;

export function egress(check) {
  // With all its motion, as most visitors see it.
  check("the whole walk: assets, one report, and the panel's own question", { still: false }, async (page) => {
    await page.shop();
    await page.press("consent-accept");
    await page.stroll("sandals");
    await page.until("a question is drawn", () => document.querySelector("[data-what=drawn]") !== null);
    const sent = Date.now() + DAY;
    await page.click("[data-jump='86400']");
    await page.until("the ledger says that it left", () => document.querySelector("[data-what=sent] .match:not(.open)") !== null);

    await page.buy("boots");
    await page.follow("/cart/");
    await page.follow("/checkout/");
    assert.equal(await page.softly("/thanks/", () => page.press("checkout-submit")), "thanks");
    assert.equal(await page.follow("/how-this-shop-knows/"), "about");
    await page.press("panel-toggle");
    await page.press("panel-toggle");
    await page.press("panel-export");
    await page.until("the copy is made", () => document.querySelector("[data-live=said]").textContent.includes("downloads"));
    await asksForAssetsOnly(page, [isReport, isReceived]);

    await page.reload();
    await page.ready();
    await page.press("panel-forget");
    // A report has left, so the bits that it cost stay: 13 bytes in base64, and nothing else.
    await page.settles("what is stored", [["fewbits:gate", 20]], () => Object.entries(localStorage).map(([key, text]) => [key, text.length]));
    // The visitor can remove that, too.
    await page.call(() => { document.querySelector("[data-testid=panel-forget-all]").closest("details").open = true; });
    await page.press("panel-forget-all");
    await page.settles("what is stored", [], () => Object.keys(localStorage));
    await page.goHome();
    await asksForAssetsOnly(page, [isReport, isReceived]);

    const reports = page.site.reports();
    assert.equal(reports.length, 1);
    isWireForm(reports[0], page.site.files.book, [sent, Date.now() + DAY]);
    // The panel asks after something has left, not before.
    const { requests } = page.site;
    assert.ok(requests.findIndex(isReceived) > requests.findIndex(isReport));
  });
}
