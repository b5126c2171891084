import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { violations } from "./axe";
import { ciId, desktop, settle, type Look } from "./open";
import { visits, type Role } from "./visits";

const visited = visits();
const phone: Look = { ...desktop, width: 390, theme: "dark" };

async function start(look: Look = desktop, role: Role = "1"): Promise<Page> {
  return visited(role, look);
}

interface Question {
  id: string;
  newer: { id: string; name: string };
  older: { id: string; name: string };
}

async function questions(page: Page, state = "open"): Promise<Question[]> {
  return ((await (await page.request.get(`api/v1/proposals?state=${state}`)).json()) as { items: Question[] }).items;
}

const heading = (page: Page, { older, newer }: Question) => page.getByRole("heading", { name: `Are ${older.name} and ${newer.name} the same?` });
const param = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);
const sideways = (page: Page) => page.evaluate(() => [document.documentElement, document.querySelector("main")].some((box) => box && box.scrollWidth > box.clientWidth));

describe("the question whether two items are one", () => {
  it("is counted in the navigation, shown beside the list, and stepped through by keys", async () => {
    const page = await start();
    const [first, second] = (await questions(page)) as [Question, Question];
    await page.goto("duplicates");
    await heading(page, first).waitFor();
    const count = (await questions(page)).length;
    await page.getByRole("navigation", { name: "Navigation" }).getByRole("link", { name: `Possible duplicates ${count} open` }).waitFor();
    await page.keyboard.press("j");
    await heading(page, second).waitFor();
    expect(param(page, "id")).toBe(second.id);
    expect(await page.getByRole("list", { name: "Questions" }).locator("[aria-current=page]").allInnerTexts()).toEqual([expect.stringContaining(second.newer.name)]);
    expect(await heading(page, second).evaluate((one) => one === document.activeElement)).toBe(true);
    await page.getByRole("textbox", { name: "Note" }).fill("jk");
    expect(param(page, "id")).toBe(second.id);
    await heading(page, second).focus();
    await page.keyboard.press("k");
    await heading(page, first).waitFor();
  });

  it("says of each line in words whether it agrees, and hides of what is known what agrees until asked", async () => {
    const page = await start();
    const [, second] = (await questions(page)) as [Question, Question];
    await page.goto(`duplicates?id=${second.id}`);
    const evidence = page.getByRole("table", { name: "What they can be recognised by" });
    await evidence.waitFor();
    expect(await evidence.getByRole("row", { name: /^Machine id/ }).innerText()).toContain("Differs");
    expect(await evidence.getByRole("row", { name: /^Serial number/ }).innerText()).toContain("Agrees");
    expect(await evidence.getByRole("row", { name: /^Firmware UUID/ }).innerText()).toContain("Only one");
    await page.getByText("Against it: Everything else differs").waitFor();
    const known = page.getByRole("table", { name: "What is known of them" });
    await known.waitFor();
    expect(await known.getByText("Agrees").count()).toBe(0);
    await page.getByRole("button", { name: /^Show \d+ lines that agree/ }).click();
    expect(await known.getByText("Agrees").count()).toBeGreaterThan(3);
    expect(await known.getByRole("row").nth(1).innerText()).toContain("Differs");
  });

  it("makes them one under the one that is to stay, and takes it back", async () => {
    const page = await start();
    const [question, next] = (await questions(page)) as [Question, Question];
    await page.goto(`duplicates?id=${question.id}`);
    await page.getByRole("radio", { name: `${question.newer.name} stays (Newer)` }).check();
    await page.getByRole("textbox", { name: "Note" }).fill("same rack, same sticker");
    await page.getByRole("button", { name: "Same", exact: true }).click();
    const note = page.getByRole("status").filter({ hasText: "are one item now" });
    await note.waitFor();
    await heading(page, next).waitFor();
    const merges = (await (await page.request.get(`api/v1/cis/${question.older.id}/merges`)).json()) as { items: { survivor: { id: string }; reason: string }[] };
    expect(merges.items[0]).toMatchObject({ survivor: { id: question.newer.id }, reason: "same rack, same sticker" });
    await note.getByRole("button", { name: "Undo" }).click();
    await heading(page, question).waitFor();
    await note.waitFor({ state: "detached" });
    expect((await questions(page)).map((one) => one.id)).toContain(question.id);
  });

  it("keeps from asking again, and can be asked again", async () => {
    const page = await start();
    const question = (await questions(page)).at(-1) as Question;
    await page.goto(`duplicates?id=${question.id}`);
    await page.getByRole("button", { name: "Different", exact: true }).click();
    await page.getByText("stay two items; this is not asked again.").waitFor();
    await page.getByRole("button", { name: "Answered: different" }).click();
    await page.getByRole("list", { name: "Questions" }).getByRole("link", { name: new RegExp(question.newer.name) }).click();
    await page.getByText("Answered: different. 김도현,").waitFor();
    await page.getByRole("button", { name: "Ask again" }).click();
    // Its heading stands there before as well.
    await page.waitForURL((url) => !url.searchParams.has("view"));
    await heading(page, question).waitFor();
  });

  it("tells when somebody else was faster, saves nothing, and keeps the note", async () => {
    const page = await start();
    const question = (await questions(page)).at(-1) as Question;
    await page.goto(`duplicates?id=${question.id}`);
    await page.getByRole("textbox", { name: "Note" }).fill("I am sure");
    await page.request.post(`api/v1/mock/proposals/${question.id}/answered-by-other`);
    await page.getByRole("button", { name: "Same", exact: true }).click();
    await page.getByRole("alert").filter({ hasText: "Somebody answered this meanwhile" }).waitFor();
    await page.getByText("Answered: different. 이서연,").waitFor();
    expect(await page.getByRole("textbox", { name: "Note" }).inputValue()).toBe("I am sure");
    await page.getByRole("button", { name: "Ask again" }).click();
    await expect.poll(async () => (await questions(page)).some((one) => one.id === question.id)).toBe(true);
  });

  it("is a list first on a phone, then the two side by side, and accessible", async () => {
    const page = await start(phone);
    const [question] = (await questions(page)) as [Question];
    await page.goto("duplicates");
    await settle(page);
    expect([await violations(page), await sideways(page)]).toEqual([[], false]);
    await page.getByRole("list", { name: "Questions" }).getByRole("link").first().click();
    await heading(page, question).waitFor();
    await settle(page);
    expect([await violations(page), await sideways(page)]).toEqual([[], false]);
    await page.getByRole("link", { name: "All questions" }).click();
    await page.getByRole("list", { name: "Questions" }).waitFor();
  });

  it("can be read and not answered without the right to, and says why", async () => {
    const page = await start(desktop, "viewer");
    await page.goto("duplicates");
    const same = page.getByRole("button", { name: "Same", exact: true });
    await same.waitFor();
    expect(await same.getAttribute("aria-disabled")).toBe("true");
    await same.focus();
    await page.getByRole("tooltip").filter({ hasText: "You lack the permission" }).waitFor();
    expect(await page.getByRole("radio").count()).toBe(0);
    expect(await page.getByRole("button", { name: "Waiting reports" }).count()).toBe(0);
  });

  it("shows whose reports wait, as what, and until when", async () => {
    const page = await start();
    await page.goto("duplicates?view=waiting");
    const row = page.getByRole("row", { name: /db-p-023/ });
    await row.waitFor();
    expect(await row.innerText()).toContain("Machine id and firmware UUID");
    expect(await row.locator("time").count()).toBe(2);
  });
});

describe("the page of an item", () => {
  it("answers for what became part of it, says so, and can let it go again with a reason", async () => {
    const page = await start();
    const [question] = (await questions(page, "same")) as [Question];
    await page.goto(`cis/${question.newer.id}/overview`);
    await page.getByRole("status").filter({ hasText: `${question.newer.name} has been part of this item since` }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/cis/${question.older.id}/overview`);
    await page.getByRole("button", { name: `Undo the merge of ${question.newer.name}` }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Reason" }).fill("two machines after all");
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Undo", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("“two machines after all”").waitFor();
    expect(await page.getByRole("button", { name: /^Undo the merge/ }).count()).toBe(0);
    await page.goto(`cis/${question.newer.id}/overview`);
    await page.getByRole("heading", { name: question.newer.name }).waitFor();
  });

  it("finds another item that is the same, shows both, and makes them one under the one that stays", async () => {
    const page = await start();
    const own = await ciId(page, "class=host&q=web-p-056");
    await page.goto(`cis/${own}/overview`);
    await page.getByRole("button", { name: "Same as another item…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("searchbox").fill("web-p-0");
    await dialog.getByRole("button", { name: /^Choose web-p/ }).first().click();
    await dialog.getByRole("table", { name: "What is known of them" }).waitFor();
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Choose another item" }).click();
    await dialog.getByRole("searchbox").fill("web-p-0");
    const choose = dialog.getByRole("button", { name: /^Choose web-p/ }).last();
    const name = ((await choose.getAttribute("aria-label")) ?? "").replace("Choose ", "");
    await choose.click();
    await dialog.getByRole("radio", { name: `${name} stays (The other item)` }).check();
    await dialog.getByRole("textbox", { name: "Reason" }).fill("moved to another rack");
    await dialog.getByRole("button", { name: "Make them one" }).click();
    const refused = dialog.getByRole("alert");
    await dialog.waitFor({ state: "detached" }).catch(async () => expect(await refused.innerText()).toBe(""));
    await page.getByRole("status").filter({ hasText: "web-p-056 has been part of this item since" }).waitFor();
    await page.getByRole("heading", { name, exact: true }).waitFor();
    await page.getByRole("button", { name: "Undo the merge of web-p-056" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Undo", exact: true }).click();
    await page.getByText("Taken back").waitFor();
  });

  it("says why two cannot be one", async () => {
    const page = await start();
    const database = await ciId(page, "class=database_instance&q=db-p-002");
    await page.goto(`cis/${database}/overview`);
    await page.getByRole("button", { name: "Same as another item…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("searchbox").fill("postgresql");
    await dialog.getByRole("button", { name: /^Choose / }).first().click();
    await dialog.getByRole("button", { name: "Make them one" }).click();
    await dialog.getByRole("alert").filter({ hasText: "one lies under a host and follows it" }).waitFor();
  });
});

describe("the rules of identification", () => {
  const names = (page: Page) => page.getByRole("list", { name: "Rules: Host" }).getByRole("heading").allInnerTexts();

  it("are put in another order with the keyboard alone, and the reader is told", async () => {
    const page = await start();
    await page.goto("admin/identification");
    const earlier = page.getByRole("button", { name: "Ask Maker and serial number earlier" });
    await earlier.focus();
    for (const place of [2, 1]) {
      await page.keyboard.press("Enter");
      await page.getByRole("status").filter({ hasText: `Maker and serial number is number ${place} of 8 now` }).waitFor({ state: "attached" });
    }
    await expect.poll(async () => (await names(page))[0]).toBe("Maker and serial number");
    expect(await earlier.evaluate((one) => one === document.activeElement)).toBe(true);
    expect(await earlier.getAttribute("aria-disabled")).toBe("true");
    await settle(page);
    await page.getByRole("button", { name: "Ask Maker and serial number later" }).click();
    await expect.poll(async () => (await names(page))[0]).toBe("Cloud instance id");
  });

  it("are switched off and on again", async () => {
    const page = await start();
    await page.goto("admin/identification");
    await page.getByRole("button", { name: "Switch off Cloud instance id" }).click();
    await page.getByRole("button", { name: "Switch on Cloud instance id" }).click();
    await page.getByRole("button", { name: "Switch off Cloud instance id" }).waitFor();
  });

  it("are added with the server's objections at their fields, read as a sentence, and deleted", async () => {
    const page = await start();
    await page.goto("admin/identification");
    await settle(page);
    await page.keyboard.press("c");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("combobox", { name: "Class" }).selectOption("host");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByRole("alert").filter({ hasText: "This is needed" }).waitFor();
    await dialog.getByRole("textbox", { name: "Name in English" }).fill("Name and address");
    await dialog.getByRole("textbox", { name: "Name in Korean" }).fill("이름과 주소");
    await dialog.getByRole("checkbox", { name: "Host name" }).check();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByRole("alert").filter({ hasText: "Add something that is one machine’s alone" }).waitFor();
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole("checkbox", { name: "Machine id", exact: true }).check();
    await dialog.getByRole("checkbox", { name: "Retired" }).uncheck();
    await dialog.getByRole("checkbox", { name: "Another reporter is live" }).uncheck();
    await dialog.getByRole("radio", { name: "Makes them one" }).check();
    await dialog.getByText("If both carry the same machine id and the same host name, they are one item.").waitFor();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByRole("alert").filter({ hasText: "is not safe" }).waitFor();
    await dialog.getByRole("radio", { name: "Asks a person" }).check();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    await expect.poll(async () => (await names(page)).at(-1)).toBe("Name and address");
    expect(await page.getByRole("button", { name: "Delete Cloud instance id" }).count()).toBe(0);
    await page.getByRole("button", { name: "Delete Name and address" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await expect.poll(async () => (await names(page)).length).toBe(8);
  });

  it("are not overwritten when somebody else saved first", async () => {
    const page = await start();
    await page.goto("admin/identification");
    await page.getByRole("button", { name: "Edit Machine id and firmware UUID" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name in English" }).fill("Mine");
    const { items } = (await (await page.request.get("api/v1/identification/rules")).json()) as { items: { id: string; label: { en: string }; version: number }[] };
    const rule = items.find((one) => one.label.en === "Machine id and firmware UUID");
    const { id, version, ...body } = rule as NonNullable<typeof rule>;
    await page.request.put(`api/v1/identification/rules/${id}`, { headers: { "If-Match": `"v${version}"`, "X-CSRF-Token": "mock-csrf-token" }, data: body });
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByRole("alert").filter({ hasText: "Somebody changed this rule meanwhile" }).waitFor();
    await dialog.getByRole("button", { name: "Show what is there now" }).click();
    expect(await dialog.getByRole("textbox", { name: "Name in English" }).inputValue()).toBe("Machine id and firmware UUID");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
  });

  it("can be read without the right to change them", async () => {
    const page = await start(desktop, "viewer");
    await page.goto("admin/identification");
    const add = page.getByRole("button", { name: "New rule" });
    await add.waitFor();
    expect(await add.getAttribute("aria-disabled")).toBe("true");
  });

  it.each([["en", "If both carry the same cloud instance id, they are one item"], ["ko", "클라우드 인스턴스 ID가 일치하면 같은 항목으로 합칩니다"]] as const)("read as sentences on a phone (%s)", async (language, sentence) => {
    const page = await start({ ...phone, language });
    await page.goto("admin/identification");
    await page.getByText(sentence).waitFor();
    expect([await violations(page), await sideways(page)]).toEqual([[], false]);
  });
});

describe("identifiers that tell nothing", () => {
  it("are trusted and distrusted, and named by hand", async () => {
    const page = await start();
    await page.goto("admin/identification?view=identifiers");
    const row = page.getByRole("row", { name: /03000200-0400/ });
    expect(await row.innerText()).toContain("seen on 23 live items");
    await row.getByRole("button", { name: /^Trust / }).click();
    await row.getByText("Trusted", { exact: true }).waitFor();
    expect(await row.innerText()).toContain("Decided by 김도현");
    await row.getByRole("button", { name: /^Distrust / }).click();
    await row.getByText("Tells nothing").waitFor();
    await page.getByRole("button", { name: "Name an identifier" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Identifier" }).fill("Default string");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByRole("alert").filter({ hasText: "a placeholder that is left out anyway" }).waitFor();
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole("textbox", { name: "Identifier" }).fill("LAB-IMAGE-7");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /LAB-IMAGE-7/ }).waitFor();
  });
});

describe("explaining a report", () => {
  const report = (hostname: string) => JSON.stringify({ agent_version: "0.1.0", sections: { identity: { hostname }, network: {}, software: { packages: [] } }, faults: {} });

  it("shows the item, what it was found by, and each rule on the way there", async () => {
    const page = await start();
    await page.goto("admin/identification?view=explain");
    // The mock refuses, as the server would for its size, a report that is sent with all of its sections.
    await page.getByRole("textbox", { name: "Report" }).fill(report("db-p-009"));
    await page.getByRole("button", { name: "Explain", exact: true }).last().click();
    const verdict = page.getByRole("status").filter({ hasText: "It would be taken for an item that is there" });
    await verdict.getByRole("link", { name: "db-p-009" }).waitFor();
    const ladder = page.getByRole("list", { name: "Rule by rule" });
    expect(await ladder.getByRole("listitem").filter({ hasText: "Maker and serial number" }).first().innerText()).toMatch(/Does not decide[\s\S]*web-p-014[\s\S]*It agrees, but: Everything else differs/);
    expect(await ladder.getByText("Decides", { exact: true }).count()).toBe(1);
    expect(await ladder.getByText("Not asked").count()).toBeGreaterThan(1);
    await page.getByText("Left out: several live items carry it").waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it("tells what becomes new and what would wait, in Korean and on a phone as well", async () => {
    const page = await start({ ...phone, language: "ko" });
    await page.goto("admin/identification?view=explain");
    const field = page.getByRole("textbox", { name: "보고" });
    await field.fill(report("something-else"));
    await page.getByRole("button", { name: "설명 보기" }).click();
    await page.getByText("새 항목이 됩니다").waitFor();
    await field.fill(report("copy-of-db"));
    await page.getByRole("button", { name: "설명 보기" }).click();
    await page.getByText("보고를 보관합니다. 이 항목이거나 그 복제본입니다").waitFor();
    expect([await violations(page), await sideways(page)]).toEqual([[], false]);
    expect(await page.getByRole("main").innerText()).not.toMatch(/told in English|[a-z]+_[a-z]+\b(?!version)/);
  });

  it("says what is wrong with what was pasted, dropped or chosen", async () => {
    const page = await start();
    await page.goto("admin/identification?view=explain");
    const submit = page.getByRole("button", { name: "Explain", exact: true }).last();
    await submit.click();
    await page.getByRole("alert").filter({ hasText: "Paste what the command prints" }).waitFor();
    await page.getByRole("textbox", { name: "Report" }).fill('{"sections":{"identity":"x"}}');
    await submit.click();
    await page.getByRole("alert").filter({ hasText: "section identity: invalid type" }).waitFor();
    await page.locator("input[type=file]").setInputFiles({ name: "report.json", mimeType: "application/json", buffer: Buffer.from(report("db-p-009")) });
    await expect.poll(() => page.getByRole("textbox", { name: "Report" }).inputValue()).toContain("db-p-009");
    const drop = await page.evaluateHandle((text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], "report.json", { type: "application/json" }));
      return data;
    }, report("dropped-host"));
    await page.getByRole("textbox", { name: "Report" }).dispatchEvent("drop", { dataTransfer: drop });
    await expect.poll(() => page.getByRole("textbox", { name: "Report" }).inputValue()).toContain("dropped-host");
  });
});
