import { describe, expect, it } from "vitest";
import { ciId, settle } from "./open";
import { visits } from "./visits";

const start = visits({ quiet: true });

describe("the class model", () => {
  it("gets a class and an attribute, and the form of new items follows at once", async () => {
    const page = await start();
    await page.goto("admin/classes");
    await settle(page);
    await page.getByRole("button", { name: "Add a class" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("coffee_machine");
    await dialog.getByLabel("Label, English").fill("Coffee machine");
    await dialog.getByRole("button", { name: "Add a class" }).click();
    await dialog.getByRole("alert").filter({ hasText: "This is needed" }).waitFor();
    await dialog.getByLabel("Label, Korean").fill("커피 머신");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Coffee machine" }).waitFor();
    expect(new URL(page.url()).search).toBe("?class=coffee_machine");

    await page.getByRole("button", { name: "Add an attribute" }).click();
    await dialog.getByLabel("Name").fill("cups");
    await dialog.getByLabel("Label, English").fill("Cups");
    await dialog.getByLabel("Label, Korean").fill("잔 수");
    await dialog.getByLabel("Type").selectOption("integer");
    await dialog.getByLabel("At least").fill("1");
    await dialog.getByLabel("At most").fill("9");
    await dialog.getByLabel("required", { exact: true }).check();
    await dialog.getByRole("region", { name: "Preview of the form" }).getByText("1 to 9").waitFor();
    await dialog.getByRole("button", { name: "Add an attribute" }).click();
    await page.getByRole("row", { name: /Cups/ }).getByText("required · 1 to 9").waitFor();

    await page.goto("cis");
    await settle(page);
    await page.getByRole("button", { name: "New CI" }).click();
    await page.getByRole("dialog").getByLabel("Class").selectOption("coffee_machine");
    const cups = page.getByRole("dialog").getByLabel("Cups");
    expect(await cups.getAttribute("aria-required")).toBe("true");
  });

  it("works with the keyboard alone and keeps the place in the address", async () => {
    const page = await start();
    await page.goto("admin/classes");
    await settle(page);
    const link = page.getByRole("navigation", { name: "Class tree" }).getByRole("link", { name: /Database/ });
    await link.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Database", exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe("?class=database_instance");
    expect(await link.getAttribute("aria-current")).toBe("page");
    await page.getByRole("button", { name: /^Edit Tier/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  it("offers a reader no change", async () => {
    const page = await start("viewer");
    await page.goto("admin/classes?class=host");
    await page.getByRole("heading", { name: "Host", exact: true }).waitFor();
    expect(await page.getByRole("button", { name: /Add a class|Add an attribute|^Edit|^Delete/ }).count()).toBe(0);
  });
});

describe("the class of an item", () => {
  it("is changed after it was told what ends", async () => {
    const page = await start();
    await page.goto(`cis/${await ciId(page, "class=database_instance&q=db-p-002")}/overview`);
    await settle(page);
    await page.getByRole("button", { name: "Change the class" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Class").selectOption("filesystem");
    await dialog.getByText(/values? ends? by this|values end by this/).waitFor();
    await dialog.getByRole("button", { name: "Change the class" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("File system").first().waitFor();
  });

  it("decides what the list can be filtered by", async () => {
    const page = await start();
    await page.goto("cis?class=database_instance");
    await settle(page);
    await page.getByRole("button", { name: "Attribute" }).click();
    await page.getByLabel("Filter by an attribute").last().selectOption("tier");
    await page.getByLabel("Value").selectOption("front");
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.getByRole("button", { name: "Tier: Front" }).waitFor();
    expect(new URL(page.url()).search).toContain("attr.tier=front");
  });
});
