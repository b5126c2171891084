import { describe, expect, it } from "vitest";
import { ciId, settle } from "./open";
import { visits } from "./visits";

const start = visits();

describe("baselines", () => {
  it("are taken of what the list shows, and lead to their drift", async () => {
    const page = await start();
    await page.goto("cis?class=host&environment=production");
    await settle(page);
    await page.getByRole("button", { name: "Take a baseline" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.innerText()).toContain("class:host env:production");
    await dialog.getByRole("button", { name: "Take it" }).click();
    await dialog.getByRole("alert").first().waitFor();
    await dialog.getByLabel("Name").fill("Golden");
    await dialog.getByRole("button", { name: "Take it" }).click();
    await page.getByRole("heading", { name: "Golden" }).waitFor();
    await page.getByRole("heading", { name: "Drift", exact: true }).waitFor();
  });

  it("take accepted drift as expected, with a reason, and give it back", async () => {
    const page = await start();
    await page.goto("baselines");
    await settle(page);
    await page.getByRole("link", { name: /change window/ }).click();
    await page.getByRole("heading", { name: "Drift", exact: true }).waitFor();
    await page.getByRole("group", { name: "What differs" }).getByRole("button", { name: /Owner/ }).click();
    await settle(page);
    const accept = page.getByRole("button", { name: /^Accept what differs of/ }).first();
    await accept.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("checkbox").first().uncheck();
    await dialog.getByRole("button", { name: "Accept" }).click();
    await dialog.getByRole("alert").first().waitFor();
    await dialog.getByLabel("Reason").fill("CHG-0042");
    await dialog.getByRole("button", { name: "Accept" }).click();
    await page.getByRole("heading", { name: "Accepted drift" }).waitFor();
    await page.getByRole("button", { name: "Take back: CHG-0042" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
    await page.getByText("Taken back").first().waitFor();
  });

  it("tell a reader why he may not accept", async () => {
    const page = await start("viewer");
    await page.goto("baselines");
    await settle(page);
    await page.getByRole("link").filter({ hasText: "change" }).first().click();
    await page.getByRole("heading", { name: "Drift", exact: true }).waitFor();
    expect(await page.getByRole("button", { name: /^Accept/ }).count()).toBe(0);
    expect(await page.getByRole("button", { name: "Delete" }).getAttribute("aria-disabled")).toBe("true");
  });
});

describe("what changed", () => {
  it("takes the list's filter along, reaches back as far as asked, and opens what differs", async () => {
    const page = await start();
    await page.goto("cis?class=host");
    await settle(page);
    await page.getByRole("link", { name: "What changed" }).click();
    await page.waitForURL(/cis\/changes\?class=host/);
    await settle(page);
    await page.getByRole("button", { name: "Since Friday evening" }).click();
    await page.waitForURL(/from=/);
    await page.getByRole("group", { name: "Change" }).getByRole("button", { name: /^Changed/ }).click();
    await page.waitForURL(/change=changed/);
    await page.getByRole("button", { name: /^Details of/ }).first().click();
    await page.getByText("12.9").first().waitFor();
  });
});

describe("the time slider", () => {
  it("moves from change to change by keyboard, says where it stands, and leads back and to a comparison", async () => {
    const page = await start();
    await page.goto(`cis/${await ciId(page, "class=host&q=was-p-008")}/overview`);
    await settle(page);
    const slider = page.getByRole("slider", { name: "Time that is shown" });
    expect(await slider.getAttribute("aria-valuetext")).toBe("Now");
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    await page.waitForURL(/as_of=/);
    await page.getByText("You see what was true at").waitFor();
    const first = await slider.getAttribute("aria-valuetext");
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction((before) => document.querySelector("input[type=range]")?.getAttribute("aria-valuetext") !== before, first);
    expect(await slider.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("End");
    await page.waitForFunction(() => !location.search.includes("as_of"));
    await page.keyboard.press("Home");
    await page.waitForURL(/as_of=/);
    await page.getByRole("link", { name: "Compare with now" }).click();
    await page.getByRole("heading", { name: "What differs between two times" }).waitFor();
    await page.getByText("12.9").first().waitFor();
  });
});
