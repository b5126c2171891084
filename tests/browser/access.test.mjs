// Who gets in and who belongs where: the second factor and the tree of organisations, in both languages, for real.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { hold, launch, open } from "./browser.mjs";
import { code, inside, setUp, typePassword } from "./people.mjs";
import { startServer } from "./terrier.mjs";
import { words } from "./words.mjs";

/** Together the two languages see both widths and both schemes. */
const SCREENS = { en: { width: 1440, scheme: "dark" }, ko: { width: 390, scheme: "light" } };

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

for (const language of ["en", "ko"]) {
  describe(`access, in ${language}`, () => {
    const t = words(language);
    const name = language === "ko" ? "관리자" : "Administrator";
    let terrier;
    let view;
    let secret;
    before(async () => {
      terrier = await startServer();
      view = await open(browser, { base: terrier.url, language, ...SCREENS[language] });
      const link = new URL(terrier.setupLink);
      await view.page.goto(link.pathname + link.search);
      await setUp(view.page, t, name);
    });
    after(async () => {
      await view?.context.close();
      await terrier?.stop();
    });

    test("an organisation is made below the top, and a CI can be made in it", async () => {
      const { page } = view;
      const card = language === "ko" ? "한빛카드" : "Hanbit Card";
      await page.goto("/organisations");
      await page.getByRole("button", { name: t("organisations.create") }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel(t("organisations.name")).fill(card);
      await hold(view, `${language}-organisation-create`);
      await dialog.getByRole("button", { name: t("organisations.create") }).click();
      await page.getByRole("button", { name: t("organisations.delete_of").replace("{name}", card) }).waitFor();
      await hold(view, `${language}-organisations`);
      await page.goto("/cis");
      await page.getByRole("button", { name: t("cis.create") }).first().click();
      await dialog.getByLabel(t("ci.class")).selectOption("business_service");
      await dialog.getByLabel(t("ci.name"), { exact: true }).fill("Billing");
      await dialog.getByLabel(t("ci.organisation")).selectOption({ label: card });
      await hold(view, `${language}-ci-create`);
      await dialog.getByRole("button", { name: t("cis.create_submit") }).click();
      await page.getByRole("heading", { level: 1, name: "Billing" }).waitFor();
      await page.getByText(card).first().waitFor();
    });

    test("a second factor is set up with what an authenticator makes of the secret", async () => {
      const { page } = view;
      await page.goto("/account");
      await hold(view, `${language}-account-without-factor`);
      await page.getByRole("button", { name: t("factor.set_up") }).click();
      const dialog = page.getByRole("dialog");
      const picture = dialog.getByRole("img", { name: t("factor.picture") });
      assert.ok((await picture.evaluate((image) => image.decode().then(() => image.naturalWidth))) > 100, "no picture to scan");
      secret = await dialog.locator("pre").innerText();
      await hold(view, `${language}-factor-offer`);
      await dialog.getByLabel(t("factor.code"), { exact: true }).fill(code(secret));
      await dialog.getByRole("button", { name: t("factor.activate") }).click();
      await page.getByRole("dialog", { name: t("factor.codes") }).waitFor();
      await hold(view, `${language}-factor-codes`);
      await page.getByRole("dialog").getByRole("button", { name: t("ui.close") }).last().click();
      await page.getByRole("button", { name: t("factor.renew_codes") }).waitFor();
      await hold(view, `${language}-account-with-factor`);
    });

    test("whoever signs out comes in again with the password and a code, and not without", async () => {
      const { page } = view;
      await page.getByRole("button", { name: t("shell.user_menu").replace("{name}", name) }).click();
      await page.getByRole("menuitem", { name: t("shell.sign_out") }).click();
      await page.getByRole("heading", { name: t("sign_in.title") }).waitFor();
      await typePassword(page, t);
      await page.getByLabel(t("sign_in.code")).waitFor();
      await hold(view, `${language}-sign-in-code`);
      await page.goto("/account");
      await page.getByRole("heading", { name: t("sign_in.title") }).waitFor();
      await typePassword(page, t);
      // The code that activated it was used, and no code is taken twice.
      await page.getByLabel(t("sign_in.code")).fill(code(secret, 1));
      await page.getByRole("button", { name: t("sign_in.submit") }).click();
      await inside(page);
      await page.getByText(t("sessions.this_one")).waitFor();
      await hold(view, `${language}-sessions`);
    });

    test("the trail says that it holds", async () => {
      const { page } = view;
      await page.goto("/audit");
      await page.getByRole("status").filter({ hasText: t("audit.no_checkpoint") }).or(page.getByText(t("audit.checkpoint").split("{")[0])).first().waitFor();
      await hold(view, `${language}-audit-state`);
    });
  });
}
