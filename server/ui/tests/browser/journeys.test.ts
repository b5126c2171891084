import type { Page } from "playwright-core";
import { describe, expect, inject, it } from "vitest";
import { ciId, settle } from "./open";
import { visits } from "./visits";

const start = visits();

/** What the list asks for as long as nobody asks for anything. */
const UNFILTERED = "-lifecycle:disposed";
const search = (page: Page) => new URL(page.url()).search;

describe("signing in", () => {
  it("brings the reader where he wanted to go", async () => {
    const page = await start(null);
    await page.goto("cis?class=host");
    await page.getByRole("textbox", { name: "Login" }).fill("admin");
    await page.getByLabel("Password").fill("correct horse battery");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Configuration items" }).waitFor();
    expect(search(page)).toBe("?class=host");
  });

  it("says in words why it was refused, and the request to quote", async () => {
    const page = await start(null);
    await page.goto("sign-in");
    await page.getByRole("textbox", { name: "Login" }).fill("admin");
    await page.getByLabel("Password").fill("wrong");
    await page.keyboard.press("Enter");
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/Login or password is wrong[\s\S]*Request/);
  });

  it("asks for a code where there is a second factor, and says when it is wrong", async () => {
    const page = await start(null);
    await page.goto("sign-in");
    await page.getByRole("textbox", { name: "Login" }).fill("factor");
    await page.getByLabel("Password").fill("correct horse battery");
    await page.keyboard.press("Enter");
    const code = page.getByLabel("Code");
    await code.fill("654321");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "The code is wrong" }).waitFor();
    await code.fill("123456");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "The estate at a glance" }).waitFor();
  });

  it("is preceded by set-up, which names the field it refuses and then lets in", async () => {
    const page = await start(null);
    await page.context().addCookies([{ name: "mock_setup", value: "1", url: inject("address") }]);
    await page.goto("setup?token=abc");
    await page.getByLabel("Password", { exact: true }).fill("short");
    await page.getByLabel("Password again").fill("short");
    await page.getByRole("button", { name: "Create administrator" }).click();
    await page.getByText("Too short (at least 12)").waitFor();
    await page.getByLabel("Password", { exact: true }).fill("a sentence works well");
    await page.getByLabel("Password again").fill("a sentence works well");
    await page.getByRole("button", { name: "Create administrator" }).click();
    await page.getByRole("heading", { name: "The estate at a glance" }).waitFor();
  });
});

describe("what a host reports", () => {
  const tab = async (host: string, path: string) => {
    const page = await start();
    await page.goto(`cis/${await ciId(page, `class=host&q=${host}`)}/${path}`);
    await settle(page);
    return page;
  };

  it("lists certificates by when they end, and only the pressing ones when asked", async () => {
    const page = await tab("web-p-035", "security");
    const table = page.getByRole("region", { name: "Certificates" });
    const first = table.locator("tbody tr").first();
    expect(await first.innerText()).toMatch(/old\.hanbit\.example[\s\S]*expired 11 days ago/);
    await page.getByRole("checkbox", { name: /within 30 days/ }).check();
    await page.getByText("3 of 7 shown").waitFor();
    expect(search(page)).toBe("?type=expiring");
  });

  it("opens what belongs to a container below it with the keyboard, and closes it again", async () => {
    const page = await tab("web-p-035", "containers");
    const open = page.getByRole("button", { name: "Details of shop-web-0" });
    await open.focus();
    await page.keyboard.press("Enter");
    await page.getByText("[::]:5000 → 5000/udp").first().waitFor();
    expect(await open.getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("Enter");
    expect(await page.getByText("Image id").count()).toBe(0);
  });

  it("says of a part that was never read why, instead of that there is none", async () => {
    const page = await tab("mq-p-004", "security");
    await page.getByRole("heading", { name: "Certificates: could not be read" }).waitFor();
    expect(await page.getByText("/etc/ssl/private: permission denied").count()).toBe(1);
  });

  it("shows no tab that an older agent has nothing for, and says why a part is missing", async () => {
    const page = await tab("mq-p-032", "software?view=updates");
    expect(await page.getByRole("link", { name: "Security" }).count()).toBe(0);
    await page.getByText("the agent is older than it").waitFor();
  });

  it("names what is wrong with the storage at the top", async () => {
    const page = await tab("web-p-035", "storage");
    await page.getByText("is degraded: 1 of 4 members missing").waitFor();
  });
});

describe("the list", () => {
  it("keeps filter, sort and scroll when the reader goes back", async () => {
    const page = await start();
    await page.goto("cis?class=host&sort=-name");
    const region = page.getByRole("region", { name: "Configuration items" });
    await region.getByRole("link").first().waitFor();
    await region.evaluate((box) => box.scrollTo(0, 1400));
    await page.waitForTimeout(400);
    await region.getByRole("link").nth(14).click();
    await page.getByRole("navigation", { name: "Parts of this CI" }).waitFor();
    await page.goBack();
    await region.getByRole("link").first().waitFor();
    expect(search(page)).toBe("?class=host&sort=-name");
    await expect.poll(() => region.evaluate((box) => box.scrollTop)).toBe(1400);
  });

  it("puts a filter into the address, the total and the export alike", async () => {
    const page = await start();
    await page.goto("cis");
    await page.getByRole("button", { name: "Observation" }).click();
    await page.getByRole("checkbox", { name: "Silent" }).check();
    await page.waitForURL(/observation=silent/);
    await page.keyboard.press("Escape");
    await settle(page);
    const shown = Number((await page.getByText(/^[\d,]+ CIs?$/).innerText()).replace(/\D/g, ""));
    await page.getByRole("button", { name: "Export", exact: true }).click();
    const href = (await page.getByRole("menuitem", { name: "As CSV, for spreadsheets" }).getAttribute("href")) ?? "";
    const csv = await (await page.request.get(href)).text();
    expect(href).toContain("observation=silent");
    expect(csv.split("\r\n").length - 1).toBe(shown);
  });

  it("waits for a Hangul syllable to be whole before it searches", async () => {
    const page = await start();
    const asked: string[] = [];
    page.on("request", (request) => {
      const url = new URL(request.url());
      const q = url.searchParams.get("q");
      if (q && q !== UNFILTERED && url.pathname.endsWith("/cis")) asked.push(q);
    });
    await page.goto("cis");
    const box = page.getByRole("combobox", { name: "Search configuration items" });
    await box.focus();
    const client = await page.context().newCDPSession(page);
    for (const part of ["ㄱ", "겨", "결"]) await client.send("Input.imeSetComposition", { text: part, selectionStart: 1, selectionEnd: 1 });
    await page.waitForTimeout(500);
    expect(asked).toEqual([]);
    await client.send("Input.insertText", { text: "결제" });
    await page.waitForURL(/q=/);
    await expect.poll(() => asked).toEqual(["결제"]);
  });

  it("is walked with J and K and opened with Enter", async () => {
    const page = await start();
    await page.goto("cis?class=host&q=db-p");
    await settle(page);
    await page.locator("h1").click();
    for (const key of ["j", "j", "k"]) await page.keyboard.press(key);
    const name = await page.evaluate(() => document.activeElement?.textContent);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: name ?? "" }).waitFor();
    expect(page.url()).toContain("/overview");
  });

  it("shows hostile names as text", async () => {
    const page = await start();
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto("cis?class=host&q=%22%3E%3Cimg");
    await page.getByRole("link", { name: `"><img src=x onerror=alert(1)>` }).click();
    await page.getByRole("heading", { level: 1, name: `"><img src=x onerror=alert(1)>` }).waitFor();
    expect(await page.locator("main img").count()).toBe(0);
    expect(dialogs).toEqual([]);
  });
});

describe("editing a CI", () => {
  async function editOwner(page: Page, value: string) {
    await page.getByRole("button", { name: "Edit Owner" }).click();
    await page.getByRole("textbox", { name: "Owner" }).fill(value);
  }

  it("saves a field, and a second time without a conflict with itself", async () => {
    const page = await start();
    await page.goto(`cis/${await ciId(page, "class=host&q=db-p-009")}/overview`);
    for (const owner of ["한 사람", "두 사람"]) {
      await editOwner(page, owner);
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("row", { name: new RegExp(`Owner ${owner}.*Person 김도현`) }).waitFor();
    }
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  it("shows both values when somebody else changed the same field, and loses neither", async () => {
    const [mine, theirs] = [await start(), await start()];
    const address = `cis/${await ciId(mine, "class=host&q=db-p-016")}/overview`;
    await mine.goto(address);
    await theirs.goto(address);
    await editOwner(mine, "나");
    await editOwner(theirs, "다른 사람");
    await theirs.getByRole("button", { name: "Save" }).click();
    await theirs.getByRole("row", { name: /Owner 다른 사람/ }).waitFor();
    await mine.getByRole("button", { name: "Save", exact: true }).click();
    const alert = mine.getByRole("alert");
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/Yours: 나[\s\S]*Theirs: 다른 사람/);
    await mine.getByRole("button", { name: "Save mine" }).click();
    await mine.getByRole("row", { name: /Owner 나/ }).waitFor();
  });

  it("merges by itself when another field was changed", async () => {
    const [mine, theirs] = [await start(), await start()];
    const address = `cis/${await ciId(mine, "class=host&q=db-p-023")}/overview`;
    await mine.goto(address);
    await theirs.goto(address);
    await editOwner(mine, "나");
    await theirs.getByRole("button", { name: "Edit Support team" }).click();
    await theirs.getByRole("textbox", { name: "Support team" }).fill("새 팀");
    await theirs.getByRole("button", { name: "Save" }).click();
    await theirs.getByRole("row", { name: /Support team 새 팀/ }).waitFor();
    await mine.getByRole("button", { name: "Save" }).click();
    await mine.getByRole("row", { name: /Owner 나/ }).waitFor();
    await mine.getByRole("row", { name: /Support team 새 팀/ }).waitFor();
  });

  it("makes one by hand with a typed attribute", async () => {
    const page = await start();
    await page.goto("cis");
    await page.getByRole("button", { name: "New CI" }).click();
    await page.getByLabel("Class").selectOption("business_service");
    await page.getByLabel("Name", { exact: true }).fill("새 업무");
    await page.getByLabel("Availability target").fill("많이");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByText("A number is needed").waitFor();
    await page.getByLabel("Availability target").fill("99.9");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "새 업무" }).waitFor();
  });
});

describe("the shell", () => {
  it("changes the language without losing the place or what was typed", async () => {
    const page = await start();
    await page.goto("cis?class=host&q=db-p");
    await settle(page);
    await page.getByRole("button", { name: "Preferences" }).click();
    await page.getByRole("menuitemradio", { name: "한국어" }).click();
    await page.getByRole("heading", { name: "구성 항목" }).waitFor();
    expect(search(page)).toBe("?class=host&q=db-p");
    expect(await page.getByRole("combobox", { name: "구성 항목 검색" }).inputValue()).toBe("db-p");
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("ko");
  });

  it("shows times in the zone of the address, takes it along, and keeps the one that is chosen", async () => {
    const page = await start();
    await page.goto("cis?tz=UTC");
    await page.getByRole("button", { name: "Preferences UTC" }).waitFor();
    await page.getByRole("link", { name: "Software", exact: true }).first().click();
    await page.getByRole("heading", { level: 1, name: "Software" }).waitFor();
    expect(search(page)).toBe("?tz=UTC");
    await page.getByRole("button", { name: "Preferences" }).click();
    await page.getByRole("menuitemradio", { name: "Asia/Seoul (KST)" }).click();
    await page.getByRole("button", { name: "Preferences KST" }).waitFor();
    expect(search(page)).toBe("?tz=Asia%2FSeoul");
    await page.goto("cis?tz=Nowhere/Land");
    await page.getByRole("button", { name: "Preferences KST" }).waitFor();
  });

  it("makes rows higher for whoever wants them so, and still does on the next visit", async () => {
    const page = await start();
    await page.goto("cis");
    await settle(page);
    const row = async () => Math.round((await page.getByRole("row").nth(3).boundingBox())?.height ?? 0);
    expect(await row()).toBe(28);
    await page.getByRole("button", { name: "Preferences" }).click();
    await page.getByRole("menuitemradio", { name: "Comfortable" }).click();
    await expect.poll(row).toBe(34);
    await page.reload();
    await settle(page);
    expect(await row()).toBe(34);
  });

  it("jumps to a CI by name with the keyboard alone", async () => {
    const page = await start();
    await page.goto("");
    await settle(page);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Search or jump to…" }).fill("postgresql@db-p-002");
    await page.getByRole("option", { name: /postgresql@db-p-002/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "postgresql@db-p-002" }).waitFor();
  });

  it("does not take letters for shortcuts while something is typed", async () => {
    const page = await start();
    await page.goto("cis");
    await settle(page);
    await page.keyboard.press("/");
    await page.keyboard.type("gc?c");
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await page.getByRole("combobox", { name: "Search configuration items" }).inputValue()).toBe("gc?c");
  });

  it("shows only what the reader may open, and explains an address that he may not", async () => {
    const page = await start("viewer");
    await page.goto("agents");
    await page.getByRole("heading", { name: "You may not see or do this" }).waitFor();
    const places = await page.getByRole("navigation", { name: "Navigation" }).getByRole("link").allInnerTexts();
    expect(places.map((text) => text.split("\n")[0])).toEqual(["Home", "Configuration items", "Baselines", "Edits", "Possible duplicates", "Health", "Software", "Imports", "Policies", "API tokens", "Identification"]);
  });

  it("says that the server is away, keeps what is shown, and recovers", async () => {
    const page = await start();
    await page.goto("cis?class=host");
    await settle(page);
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "Class", exact: true }).first().click();
    await page.getByText("The server does not answer.").waitFor({ timeout: 30_000 });
    expect(await page.getByRole("region", { name: "Configuration items" }).getByRole("link").count()).toBeGreaterThan(10);
    await page.context().setOffline(false);
    await page.getByText("The server does not answer.").waitFor({ state: "detached", timeout: 30_000 });
  });
});

describe("the neighbourhood", () => {
  it("is walked with the arrows and opened with Enter", async () => {
    const page = await start();
    await page.goto(`cis/${await ciId(page, "class=database_instance&q=db-p-002")}/relations`);
    const picture = page.getByRole("group", { name: "Neighbourhood" });
    await picture.getByRole("link", { name: /postgresql@db-p-002/ }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    const label = (await page.evaluate(() => document.activeElement?.querySelector("title")?.textContent)) ?? "";
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: label.split(" ").at(-1) ?? "" }).waitFor();
    expect(page.url()).toContain("/relations");
  });
});

describe("people", () => {
  it("hands out a one-time link for a new user", async () => {
    const page = await start();
    await page.goto("users");
    await page.getByRole("button", { name: "New user" }).click();
    await page.getByLabel("Login").fill("admin");
    await page.getByRole("button", { name: "Create user" }).click();
    await page.getByText("Already in use").waitFor();
    await page.getByLabel("Login").fill("newcomer");
    await page.getByRole("button", { name: "Create user" }).click();
    await page.getByText("/set-password?token=").waitFor();
  });

  it("shows the secret of a new token once", async () => {
    const page = await start();
    await page.goto("tokens");
    await page.getByRole("button", { name: "New token" }).first().click();
    await page.getByLabel("Name").fill("nightly report");
    await page.getByRole("button", { name: "Create token" }).click();
    await page.getByText("ter_pat_").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
    await page.getByRole("cell", { name: "nightly report" }).waitFor();
    expect(await page.getByText("ter_pat_").count()).toBe(0);
  });

  it("asks for the password again where it decides who may do what, and goes on with what was typed", async () => {
    const page = await start();
    await page.context().addCookies([{ name: "mock_confirm", value: "1", url: inject("address") }]);
    await page.goto("users");
    await page.getByRole("button", { name: "New user" }).click();
    await page.getByLabel("Login").fill("confirmed");
    await page.getByRole("button", { name: "Create user" }).click();
    const question = page.getByRole("dialog", { name: "Type your password again" });
    await question.getByLabel("Password").fill("wrong");
    await page.keyboard.press("Enter");
    await question.getByRole("alert").waitFor();
    await question.getByLabel("Password").fill("correct horse battery");
    await page.keyboard.press("Enter");
    await page.getByText("/set-password?token=").waitFor();
    expect(await question.count()).toBe(0);
  });

  it("changes nothing when the password is not typed again", async () => {
    const page = await start();
    await page.context().addCookies([{ name: "mock_confirm", value: "1", url: inject("address") }]);
    await page.goto("organisations");
    await page.getByRole("button", { name: "New organisation" }).click();
    const form = page.getByRole("dialog", { name: "New organisation" });
    await form.getByLabel("Name").fill("Unconfirmed");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Type your password again" }).getByRole("button", { name: "Cancel" }).click();
    await form.getByRole("alert").filter({ hasText: "nothing was changed" }).waitFor();
    expect(await form.getByLabel("Name").inputValue()).toBe("Unconfirmed");
  });

  it("makes an organisation, renames it, and deletes it again, but none that something belongs to", async () => {
    const page = await start();
    await page.goto("organisations");
    await page.getByRole("button", { name: "New organisation" }).click();
    await page.getByLabel("Name").fill("한빛카드");
    await page.keyboard.press("Enter");
    await page.getByText("Already in use").waitFor();
    await page.getByLabel("Name").fill("Hanbit Motors");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Edit Hanbit Motors" }).click();
    await page.getByLabel("Name").fill("Hanbit Mobility");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Delete Hanbit Mobility" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "Delete Hanbit Mobility" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Delete 한빛카드" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("Something still belongs to it").waitFor();
  });

  it("removes a second factor and sets up another one", async () => {
    const page = await start();
    await page.goto("account");
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: "Set up a second factor" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByRole("img", { name: "QR code with the secret" }).evaluate((picture: HTMLImageElement) => picture.decode().then(() => picture.naturalWidth))).toBeGreaterThan(200);
    await dialog.getByLabel("Code", { exact: true }).fill("654321");
    await dialog.getByRole("button", { name: "Activate" }).click();
    await dialog.getByRole("alert").filter({ hasText: "The code is wrong" }).waitFor();
    await dialog.getByLabel("Code", { exact: true }).fill("123456");
    await dialog.getByRole("button", { name: "Activate" }).click();
    await page.getByRole("dialog", { name: "Recovery codes" }).getByText("MOCK-1000").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
    await page.getByText("10 recovery codes left").waitFor();
  });

  it("ends the other places where one is signed in", async () => {
    const page = await start();
    await page.goto("account");
    await page.getByRole("button", { name: "End", exact: true }).first().click();
    await page.getByText("192.0.2.8").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "End all others" }).click();
    await page.getByText("192.0.2.9").waitFor({ state: "detached" });
    await page.getByText("this one").waitFor();
  });

  it("verifies the audit chain", async () => {
    const page = await start();
    await page.goto("audit");
    await page.getByRole("button", { name: "Verify the chain" }).click();
    await page.getByText("260 rows, unbroken").waitFor();
  });
});
