import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { desktop, settle, type Look } from "./open";
import { visits } from "./visits";

const visited = visits();

async function start(path = "./", look: Look = desktop): Promise<Page> {
  const page = await visited("1", look);
  await page.goto(path);
  await settle(page);
  return page;
}

async function palette(page: Page) {
  await page.keyboard.press("Control+k");
  const box = page.getByRole("dialog").getByRole("combobox");
  await box.waitFor();
  return box;
}

describe("the palette", () => {
  it("finds by kind with the match marked, and goes with the keyboard alone", async () => {
    const page = await start();
    const box = await palette(page);
    await page.keyboard.type("web-p-035");
    const group = page.getByRole("group", { name: "Configuration items" });
    await group.getByRole("option").first().waitFor();
    expect(await group.locator("mark").first().innerText()).toBe("web-p-035");
    await page.getByRole("status").filter({ hasText: /\d+ results?/ }).first().waitFor();
    const active = await box.getAttribute("aria-activedescendant");
    expect(await page.locator(`[id="${active}"]`).getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page.getByRole("navigation", { name: "Parts of this CI" }).waitFor();
    await palette(page);
    await page.getByRole("group", { name: "Recent searches" }).getByText("web-p-035").waitFor();
  });

  it("does not search while a syllable is being composed", async () => {
    const page = await start();
    const box = await palette(page);
    const asked: string[] = [];
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.pathname.endsWith("/search")) asked.push(url.searchParams.get("q") ?? "");
    });
    await box.focus();
    const session = await page.context().newCDPSession(page);
    for (const text of ["ㄱ", "겨", "결"]) {
      await session.send("Input.imeSetComposition", { text, selectionStart: 1, selectionEnd: 1 });
      await page.waitForTimeout(200);
    }
    await page.keyboard.press("Enter");
    expect(asked).toEqual([]);
    expect(await page.getByRole("dialog").count()).toBe(1);
    await session.send("Input.insertText", { text: "결" });
    await expect.poll(() => asked).toEqual(["결"]);
  });

  it("says what is wrong with a query and what could stand there", async () => {
    const page = await start();
    const box = await palette(page);
    await page.keyboard.type("colour:red");
    await page.getByText(/Character 1: not known\. Allowed: class/).first().waitFor();
    expect(await box.getAttribute("aria-invalid")).toBe("true");
    expect(await page.getByRole("button", { name: "Save search" }).count()).toBe(0);
  });

  it("completes the name of a filter and then its value", async () => {
    const page = await start();
    const box = await palette(page);
    await page.keyboard.type("class:virtual");
    await page.getByRole("option", { name: /virtual_machine/ }).first().waitFor();
    await page.keyboard.press("Tab");
    await expect.poll(() => box.inputValue()).toBe("class:virtual_machine ");
  });

  it("says when nothing is found and when the search fails", async () => {
    const page = await start();
    await palette(page);
    await page.keyboard.type("zzzzzz");
    await page.getByText("Nothing matches").first().waitFor();
    await page.route(/\/api\/v1\/search\?/, (route) => route.abort());
    await page.keyboard.type("y");
    await page.getByRole("alert").filter({ hasText: "The search failed" }).waitFor();
  });

  it("keeps a search, shows it as a view, and brings it back after it was deleted", async () => {
    const page = await start();
    await palette(page);
    await page.keyboard.type("class:host web-p");
    await page.getByRole("group", { name: "Configuration items" }).getByRole("option").first().waitFor();
    await page.getByRole("button", { name: "Save search" }).click();
    await page.getByLabel("Name").fill("Web farm");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    const views = page.getByRole("navigation", { name: "Saved views" });
    const tab = views.getByRole("link", { name: "Web farm" });
    await tab.waitFor();
    expect(await tab.getAttribute("aria-current")).toBe("page");
    await page.getByRole("button", { name: "More for “Web farm”" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByText("Deleted “Web farm”.").waitFor();
    expect(await tab.count()).toBe(0);
    await page.getByRole("button", { name: "Undo" }).click();
    await tab.waitFor();
  });

  it("is a sheet on a phone that nothing hangs out of", async () => {
    const page = await start("./", { language: "ko", theme: "dark", width: 390 });
    await palette(page);
    await page.keyboard.type("web-p-0");
    await page.getByRole("group", { name: "구성 항목" }).getByRole("option").first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    const wide = await page.getByRole("option").evaluateAll((options) => options.filter((one) => one.scrollWidth > one.clientWidth + 1).length);
    expect(wide).toBe(0);
  });
});

describe("the box over the list", () => {
  it("completes, says what is wrong, and narrows the list", async () => {
    const page = await start("cis");
    const box = page.getByRole("search").getByRole("combobox");
    await box.fill("clas");
    await page.getByRole("option", { name: "class:" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(() => box.inputValue()).toBe("class:");
    await box.pressSequentially("virtual");
    await page.getByRole("option", { name: /virtual_machine/ }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    await expect.poll(() => new URL(page.url()).searchParams.get("q")).toBe("class:virtual_machine ");
    await box.fill("colour:red");
    await page.getByText(/Character 1: not known/).first().waitFor();
    expect(await box.getAttribute("aria-invalid")).toBe("true");
  });
});
