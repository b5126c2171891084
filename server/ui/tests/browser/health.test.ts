import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { ciId, settle } from "./open";
import { visits } from "./visits";

const visited = visits();

async function start(address: string, role: "1" | "viewer" = "1"): Promise<Page> {
  const page = await visited(role);
  await page.goto(address);
  await settle(page);
  return page;
}

describe("health of the register", () => {
  it("leads from a number to its list, and keeps what it is narrowed to", async () => {
    const page = await start("health");
    await page.getByRole("region", { name: "By class" }).getByRole("link", { name: "Host", exact: true }).click();
    await page.getByRole("button", { name: "No longer narrow to Host" }).waitFor();
    await page.getByRole("link", { name: /^No owner: / }).click();
    await page.waitForURL(/cis\?/);
    const address = new URL(page.url());
    expect(address.searchParams.get("q")).toBe("health:owner");
    expect(address.searchParams.getAll("class").join()).toContain("host");
    await page.goBack();
    await page.getByRole("button", { name: "No longer narrow to Host" }).click();
    await page.getByRole("button", { name: "No longer narrow to Host" }).waitFor({ state: "detached" });
  });

  it("tells what others saw of a silent host, with what to type", async () => {
    const page = await start("health?view=silent");
    await page.getByText("Agent broken").first().waitFor();
    const text = await page.locator("main").innerText();
    for (const part of ["Traffic seen by", "on port 443, 8443", "sudo systemctl restart terrier-agent", "now belongs to", "Not judged"]) expect(text).toContain(part);
    await page.goto(`cis/${await ciId(page, "class=host&observation=silent")}/overview`);
    await page.getByRole("heading", { name: "Silent host" }).waitFor();
  });

  it("has an item confirmed by keyboard", async () => {
    const page = await start("health?view=attest&all=1");
    const first = page.getByRole("button", { name: /^Confirm / }).first();
    const name = await first.getAttribute("aria-label");
    await first.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Note").fill("seen in the rack");
    await dialog.getByRole("button", { name: "Confirm", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: name ?? "" }).waitFor({ state: "detached" });
  });
});

describe("policies", () => {
  it("counts while it is written, names what is wrong, and is enabled from the list", async () => {
    const page = await start("admin/policies");
    await page.getByRole("button", { name: "Add policy" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Which items").fill("class:printer");
    await dialog.getByText(/items? match(es)? now/).waitFor();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByLabel("Name", { exact: true }).and(dialog.locator("[aria-invalid=true]")).waitFor();
    await dialog.getByLabel("Name", { exact: true }).fill("Old printers");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Enable Old printers" }).click();
    await page.getByRole("button", { name: "Disable Old printers" }).waitFor();
  });

  it("takes a whole run back and tells what stays", async () => {
    const page = await start("admin/policies");
    await page.getByRole("button", { name: /^Take back what .* 41 items$/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Take back", exact: true }).click();
    await dialog.locator("[aria-invalid=true]").waitFor();
    await dialog.getByLabel("Reason").fill("the query was wrong");
    await dialog.getByRole("button", { name: "Take back", exact: true }).click();
    await dialog.getByText("40 items are what they were before").waitFor();
    expect(await dialog.innerText()).toContain("web-p-001");
  });

  it("lets a reader see, and change nothing", async () => {
    const page = await start("admin/policies", "viewer");
    await page.getByText("Retire hosts silent for 90 days").waitFor();
    expect(await page.getByRole("button", { name: /^(Enable|Disable|Edit|Add)/ }).count()).toBe(0);
  });
});
