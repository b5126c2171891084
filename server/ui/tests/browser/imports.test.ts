import { describe, expect, it } from "vitest";
import { visits } from "./visits";

const start = visits();

describe("imports", () => {
  it("shows what a file would do before it does it, and refuses one that cannot be read by its place", async () => {
    const page = await start();
    await page.goto("imports");
    const file = (name: string) => ({ name, mimeType: "text/xml", buffer: Buffer.from("<REQUEST/>") });
    await page.setInputFiles("input[type=file]", [file("pc-7.xml"), file("bad.xml")]);
    await page.getByText("This is what would happen. Nothing has been written.").waitFor();
    await page.getByText("it ends in the middle of this element").waitFor();
    await page.getByText("31 things are not taken").first().click();
    await page.getByText("every system has it and it leads nowhere").first().waitFor();
    const apply = page.getByRole("button", { name: "Apply" });
    expect(await apply.count()).toBe(1);
    await apply.click();
    await page.getByText("Applied.", { exact: true }).waitFor();
    expect(await apply.count()).toBe(0);
    await page.getByRole("button", { name: /^Report of/ }).first().click();
    await page.getByRole("dialog").getByText("31 things are not taken").waitFor();
  });

  it("takes a table step by step: its columns, what would happen, what did", async () => {
    const page = await start();
    await page.goto("imports?view=tables");
    await page.getByLabel("File", { exact: true }).setInputFiles({ name: "servers.csv", mimeType: "text/csv", buffer: Buffer.from("a;b") });
    await page.getByText("3 rows, 5 columns, EUC-KR").waitFor();
    expect(await page.getByLabel("What 자산번호 means").inputValue()).toBe("key");
    await page.getByLabel("What Rack means").selectOption("relation:located_in");
    expect(await page.getByLabel("How Rack names other items").inputValue()).toBe("name");
    await page.getByLabel("Keep this one as").fill("racks");
    await page.getByRole("button", { name: "Keep", exact: true }).click();
    await page.getByText("Kept.", { exact: true }).waitFor();
    await page.getByRole("button", { name: "See what would happen" }).click();
    await page.getByText("This is what would happen. Nothing has been written.").waitFor();
    await page.getByText("another item has this value").waitFor();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("Applied.", { exact: true }).waitFor();
    expect(await page.getByRole("link", { name: "Report as CSV" }).getAttribute("href")).toMatch(/report\.csv$/);
  });

  it("makes a token for agents of others, shows it once with the lines to copy, and revokes it", async () => {
    const page = await start();
    await page.goto("imports?view=agents");
    await page.getByRole("button", { name: "New token" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("site B");
    await dialog.getByRole("button", { name: /Make|Create/ }).click();
    await dialog.getByText(/^password = ter_inv_/).waitFor();
    await dialog.getByText(/^server = https:/).waitFor();
    await dialog.getByRole("button", { name: "Close" }).last().click();
    const row = page.getByRole("row").filter({ hasText: "site B" });
    await row.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await row.getByText("Revoked").waitFor();
  });

  it("lets a reader see what was imported and nothing more", async () => {
    const page = await start("viewer");
    await page.goto("imports");
    await page.getByRole("button", { name: /^Report of/ }).first().waitFor();
    expect(await page.locator("input[type=file]").count()).toBe(0);
    expect(await page.getByText("Agents of others").count()).toBe(0);
  });
});
