import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { ciId, settle } from "./open";
import { visits } from "./visits";

const start = visits();

async function ask(page: Page, label: string) {
  await page.goto(`cis/${await ciId(page, "class=host&q=was-p-008")}/overview`);
  await settle(page);
  await page.getByRole("button", { name: `Who says what: ${label}` }).click();
  return page.getByRole("dialog");
}

describe("who says what", () => {
  it("tells the rule, and pins and lifts by keyboard", async () => {
    const page = await start();
    const dialog = await ask(page, "Owner");
    await dialog.getByRole("button", { name: "Pin another value" }).focus();
    await page.keyboard.press("Enter");
    await dialog.getByLabel("Value").fill("Platform");
    await dialog.getByLabel("Reason").fill("agreed with the owner");
    await dialog.getByRole("button", { name: "Pin", exact: true }).click();
    await dialog.getByText("A person pinned this value.").waitFor();
    expect(await dialog.innerText()).toContain("agreed with the owner");
    await dialog.getByRole("button", { name: "Lift the pin" }).click();
    await dialog.getByText("A person pinned this value.").waitFor({ state: "detached" });
  });

  it("says why it is refused", async () => {
    const page = await start();
    const dialog = await ask(page, "Owner");
    await dialog.getByRole("button", { name: "Pin another value" }).click();
    await dialog.getByLabel("Value").fill("x");
    await dialog.getByRole("button", { name: "Pin", exact: true }).click();
    await dialog.getByRole("alert").first().waitFor();
  });

  it("offers a reader nothing and tells why", async () => {
    const page = await start("viewer");
    const dialog = await ask(page, "Owner");
    const pin = dialog.getByRole("button", { name: "Pin another value" });
    expect(await pin.getAttribute("aria-disabled")).toBe("true");
    expect(await dialog.textContent()).toContain("You lack the permission");
  });
});

describe("the order of sources", () => {
  it("is changed by buttons, tried, and saved", async () => {
    const page = await start();
    await page.goto("admin/sources");
    await settle(page);
    await page.getByRole("button", { name: /^Edit the order for .*, All attributes$/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Move GLPI inventory up" }).focus();
    await page.keyboard.press("Enter");
    expect(await dialog.getByRole("listitem").first().innerText()).toContain("GLPI inventory");
    await dialog.getByRole("button", { name: "What would change?" }).click();
    await dialog.getByText("37 shown values would change.").waitFor();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("GLPI inventory › Agent").waitFor();
  });
});
