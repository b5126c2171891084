import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { violations } from "./axe";
import { ciId, desktop, settle, type Look } from "./open";
import { visits } from "./visits";

const start = visits({ quiet: true });

async function filesystem(look: Look = desktop): Promise<Page> {
  const page = await start("1", look);
  await page.goto(`cis/${await ciId(page, "class=filesystem")}/overview`);
  await settle(page);
  return page;
}

describe("what a CI inherits", () => {
  it("names from what, and can be said otherwise and inherited again by keyboard", async () => {
    const page = await filesystem();
    const owner = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "Owner", exact: true }) });
    const edit = owner.getByRole("button", { name: "Edit Owner" });
    expect(await owner.innerText()).toContain("Inherited from");
    const inherited = (await owner.innerText()).split("\n")[0];
    await edit.focus();
    await page.keyboard.press("Enter");
    const field = page.getByRole("textbox", { name: "Owner" });
    expect(await field.inputValue()).toBe("");
    expect(await field.getAttribute("placeholder")).toBeTruthy();
    await page.getByText("Fill in to say otherwise.").waitFor();
    await field.fill("Storage");
    await page.keyboard.press("Enter");
    await owner.getByText("Storage").first().waitFor();
    await edit.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Inherit again" }).focus();
    await page.keyboard.press("Enter");
    await owner.getByText("Storage").first().waitFor({ state: "detached" });
    expect((await owner.innerText()).split("\n")[0]).toBe(inherited);
    const from = owner.getByRole("link");
    const container = await from.getAttribute("href");
    await from.focus();
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname === container);
  });

  it("tells the rule, and is leaning in lists", async () => {
    const page = await filesystem();
    await page.getByRole("button", { name: "Who says what: Owner" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("the nearest that contains it does of itself").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto("cis?class=filesystem");
    await settle(page);
    expect(await page.locator("em[title=Inherited]").count()).toBeGreaterThan(0);
  });

  it("fits a phone in Korean", async () => {
    const page = await filesystem({ language: "ko", theme: "dark", width: 390 });
    await page.getByText("상속:").first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
});
