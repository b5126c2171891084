import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { violations } from "./axe";
import { ciId, desktop, settle, type Look } from "./open";
import { visits } from "./visits";

const start = visits({ quiet: true });

/** The page of a host of which our own agent and an inventory report. */
async function host(look: Look = desktop): Promise<Page> {
  const page = await start("1", look);
  await page.goto(`cis/${await ciId(page, "class=physical_server")}/overview`);
  await settle(page);
  return page;
}

describe("who reports of an item", () => {
  it("is split off by keyboard, leads to its own item, and is taken back there", async () => {
    const page = await host();
    const original = new URL(page.url()).pathname;
    const device = page.getByRole("button", { name: /^Split off .*2024/ });
    await device.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("All that it says now moves to a new item").waitFor();
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole("textbox", { name: /Reason/ }).fill("a copied serial number");
    await dialog.getByRole("button", { name: "Split off", exact: true }).click();
    await page.waitForURL((url) => url.pathname !== original);
    await page.getByText("reported of another item before").waitFor();
    await page.getByText("a copied serial number").waitFor();
    expect(await page.getByRole("button", { name: /^Split off .*2024/ }).getAttribute("aria-disabled")).toBe("true");
    await page.getByRole("button", { name: /^Undo the split of/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Undo", exact: true }).click();
    await page.waitForURL((url) => url.pathname === original);
    await page.getByText("Taken back: both are one again").waitFor();
  });

  it("fits a phone in Korean", async () => {
    const page = await host({ language: "ko", theme: "dark", width: 390 });
    await page.getByRole("heading", { name: "보고하는 곳" }).waitFor();
    await page.getByRole("button", { name: /분리$/ }).first().click();
    await page.getByRole("dialog").getByText("분리할까요?").waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await violations(page)).toEqual([]);
  });
});
