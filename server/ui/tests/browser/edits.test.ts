import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { violations } from "./axe";
import { desktop, settle } from "./open";
import { visits } from "./visits";

const start = visits({ quiet: true });

async function sidewise(page: Page): Promise<boolean> {
  return page.evaluate(() => [document.documentElement, document.querySelector("main")].some((box) => box && box.scrollWidth > box.clientWidth));
}

describe("an edit of many", () => {
  it("is chosen by keyboard, looked at, carried out and taken back", async () => {
    const page = await start();
    await page.goto("cis?class=host&lifecycle=in_use");
    await settle(page);
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByText("1 CI selected").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Shift+X");
    await page.getByText("3 CIs selected").waitFor();
    const edit = page.getByRole("region", { name: "Selected CIs" }).getByRole("button", { name: "Edit…" });
    await edit.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Preview" }).click();
    await dialog.getByText("Say what is to change").waitFor();
    await dialog.getByLabel("What becomes of Owner").selectOption("set");
    await dialog.getByLabel("Owner: value").fill("플랫폼팀");
    await dialog.getByLabel("What becomes of Tags").selectOption("add");
    await dialog.getByLabel("Tags: value").fill("web, PCI");
    await page.keyboard.press("Enter");
    await page.waitForURL(/edits\//);
    await page.getByText("Nothing is written before").waitFor();
    await page.getByText("플랫폼팀").first().waitFor();
    expect(await page.getByRole("row").filter({ hasText: "pci, web" }).count()).toBeGreaterThan(0);
    await page.getByRole("button", { name: /^Change \d CI/ }).click();
    await page.getByText("Carried out").waitFor();
    await page.getByRole("button", { name: /^Take back from/ }).click();
    await page.getByText("Taken back", { exact: true }).first().waitFor();
    await page.getByRole("group", { name: "CIs of this edit" }).getByRole("button", { name: /^As before/ }).waitFor();
  });

  it("is of a range with Shift, and of all that match", async () => {
    const page = await start();
    await page.goto("cis?class=host");
    await settle(page);
    const boxes = page.getByRole("checkbox", { name: /^Select / });
    await boxes.nth(1).click();
    await boxes.nth(4).click({ modifiers: ["Shift"] });
    await page.getByText("4 CIs selected").waitFor();
    await page.getByRole("button", { name: /^All \d+ that match/ }).click();
    await page.getByRole("button", { name: "Edit…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Another attribute that all of them have").selectOption("rack_unit");
    await dialog.getByLabel("What becomes of Rack unit").selectOption("set");
    await dialog.getByLabel("Rack unit: value").fill("many");
    await dialog.getByRole("button", { name: "Preview" }).click();
    await dialog.getByRole("alert").first().waitFor();
    await dialog.getByLabel("Rack unit: value").fill("12");
    await dialog.getByRole("button", { name: "Preview" }).click();
    await page.waitForURL(/edits\//);
    await page.getByText("class:host").waitFor();
    await page.getByText("somebody pinned the value").first().waitFor();
  });

  it("is not offered to a reader", async () => {
    const page = await start("viewer");
    await page.goto("cis?class=host");
    await settle(page);
    expect(await page.getByRole("checkbox", { name: /^Select / }).count()).toBe(0);
    await page.goto("edits");
    await settle(page);
    await page.getByRole("link").filter({ hasText: "→" }).first().click();
    await page.waitForURL(/edits\//);
    await settle(page);
    const apply = page.getByRole("button", { name: /^Change/ });
    expect(await apply.getAttribute("aria-disabled")).toBe("true");
  });
});

describe.each(["ko", "en"] as const)("its pages in %s", (language) => {
  it.each([1440, 390])("fit %i pixels and are sound", async (width) => {
    const page = await start("1", { ...desktop, language, width });
    await page.goto("cis?class=host");
    await settle(page);
    await page.getByRole("checkbox").first().check();
    const bar = page.getByRole("region", { name: language === "ko" ? "선택한 구성 항목" : "Selected CIs" });
    await bar.waitFor();
    expect(await sidewise(page)).toBe(false);
    expect(await violations(page)).toEqual([]);
    await bar.getByRole("button", { name: language === "ko" ? "편집…" : "Edit…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("combobox").first().selectOption("set");
    await settle(page);
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole("textbox").first().fill("kim");
    await page.keyboard.press("Enter");
    await page.waitForURL(/edits\//);
    await settle(page);
    expect(await sidewise(page)).toBe(false);
    expect(await violations(page)).toEqual([]);
    await page.goto("edits");
    await settle(page);
    expect(await sidewise(page)).toBe(false);
    expect(await violations(page)).toEqual([]);
  });
});
