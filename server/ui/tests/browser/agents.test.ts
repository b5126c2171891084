import { describe, expect, it } from "vitest";
import { desktop, settle } from "./open";
import { visits } from "./visits";

const start = visits();

describe("reports that were set aside", () => {
  it("shows why and what is in one, asks for it anew, and throws it away", async () => {
    const page = await start();
    await page.goto("agents?view=dead_letters&cause=rejected");
    const rows = page.getByRole("row");
    await rows.nth(1).waitFor();
    const before = await rows.count();
    await page.getByRole("button", { name: /^Details of report/ }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText('"<b>not bold</b>"').waitFor();
    expect(await dialog.getByText("memory.total_bytes: invalid value").count()).toBe(1);
    await dialog.getByRole("button", { name: "Ask for it anew" }).click();
    await dialog.getByText("The agent is asked for the whole section").waitFor();
    await dialog.getByRole("button", { name: "Throw away" }).click();
    await dialog.getByRole("button", { name: "Really throw away" }).click();
    await dialog.waitFor({ state: "detached" });
    await expect.poll(() => rows.count()).toBe(before - 1);
    await page.getByRole("button", { name: /^Throw away \d+/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Throw away" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "All", exact: true }).or(page.getByRole("radio", { name: "All", exact: true })).first().click();
    await page.getByText("the same epoch and seq came before").first().waitFor();
  });
});

describe("bringing in a host", () => {
  it("makes a token, shows the command, and says when the host is here", async () => {
    const page = await start();
    await page.goto("agents");
    await page.getByRole("button", { name: "Add a host" }).first().click();
    await page.getByLabel("Only from").fill("not-a-network");
    await page.getByRole("button", { name: "Make token" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Only from").fill("10.0.0.0/8");
    await page.getByRole("button", { name: "Make token" }).click();
    await page.getByText("Waiting for the host…").waitFor();
    expect(await page.getByRole("dialog").innerText()).toContain("terrier-agent enrol --server https://");
    await page.getByText("is here").waitFor({ timeout: 30_000 });
    await page.getByRole("dialog").getByRole("link", { name: "Open" }).click();
    await page.getByRole("navigation", { name: "Parts of this CI" }).waitFor();
  });

  it("opens by each number the agents that it counts", async () => {
    const page = await start();
    for (const tile of ["Late", "Silent", "Pending", "Revoked"]) {
      await page.goto("agents");
      await settle(page);
      const link = page.getByRole("main").getByRole("link", { name: new RegExp(`^${tile}`) });
      const count = /\d+/.exec(await link.innerText())?.[0];
      await link.click();
      await page.waitForURL(/presence=|state=/);
      await settle(page);
      await page.getByRole("status").filter({ hasText: `${count} shown` }).waitFor();
    }
  });

  it("asks before it revokes and says why it cannot be done twice", async () => {
    const page = await start();
    await page.goto("agents?q=db-p-030");
    await page.getByRole("button", { name: "Revoke", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    const button = page.getByRole("button", { name: "Revoke", exact: true });
    await expect.poll(() => button.getAttribute("aria-disabled")).toBe("true");
    await button.focus();
    await page.getByRole("tooltip", { name: "" }).filter({ hasText: "Already revoked" }).waitFor();
  });
});

describe("a silence of the fleet", () => {
  const languages = [
    ["en", "1,187 of 1,240 agents fell silent at once", "Still missing: 312"],
    ["ko", "에이전트 1,240대 중 1,187대가 한꺼번에 응답을 멈췄습니다", "아직 응답 없음: 312대"],
  ] as const;
  it.each(languages)("is told on the agents' page and at home (%s)", async (language, what, missing) => {
    const page = await start("1", { ...desktop, language });
    for (const place of ["agents", "./"]) {
      await page.goto(place);
      const note = page.getByRole("status").filter({ hasText: `Hanbit Logistics: ${what}` });
      await note.waitFor();
      expect(await note.innerText()).toContain(missing);
      expect(await note.locator("time").count()).toBe(2);
    }
  });
});

describe("how often agents report", () => {
  it("is set for an organisation and those below it, within what agents take", async () => {
    const page = await start();
    await page.goto("organisations");
    const tree = page.getByRole("list", { name: "Organisations" });
    await tree.getByText("reports every 300 s").first().waitFor();
    const set = async (seconds: string) => {
      await page.getByRole("button", { name: "Edit 한빛그룹" }).click();
      await page.getByLabel("Seconds between two reports").fill(seconds);
      await page.getByRole("button", { name: "Save" }).click();
    };
    await set("30");
    await page.getByRole("alert").filter({ hasText: "limit 60" }).waitFor();
    await page.getByLabel("Seconds between two reports").fill("900");
    await page.getByRole("button", { name: "Save" }).click();
    await tree.getByText("reports every 900 s, set here").waitFor();
    expect(await tree.getByText("reports every 900 s", { exact: true }).count()).toBe(2);
    await set("");
    await expect.poll(() => tree.getByText("reports every 300 s", { exact: true }).count()).toBe(3);
  });
});

describe("machines with the identity of another", () => {
  it.each([
    ["en", "2 copies", /Nothing of what they say is taken/, /Copy of /, "Approve"],
    ["ko", "복제본 2개", /이들이 보내는 내용은 받지 않으며/, /의 복제본/, "승인"],
  ] as const)("are shown at the agent and wait for approval as what they are (%s)", async (language, copies, explained, copyOf, approve) => {
    const page = await start("1", { ...desktop, language });
    await page.goto("agents");
    const name = page.getByRole("row").filter({ has: page.getByRole("button", { name: copies, exact: true }) });
    await name.getByRole("button", { name: copies, exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(explained).waitFor();
    expect(await dialog.getByRole("row").count()).toBe(3);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.goto("agents?state=pending");
    const copy = page.getByRole("row").filter({ hasText: copyOf });
    await copy.getByRole("button", { name: approve, exact: true }).click();
    await page.getByRole("dialog").getByText(language === "en" ? /Once approved it is a host of its own/ : /승인하면 별도의 호스트가 되고/).waitFor();
  });
});
