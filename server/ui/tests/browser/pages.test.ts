import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { violations } from "./axe";
import { ciId, launch, settle, visit } from "./open";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** The id of an item that became part of another. */
async function mergedId(page: Page): Promise<string> {
  const body = (await (await page.request.get("api/v1/proposals?state=same")).json()) as { items: { newer: { id: string } }[] };
  return body.items[0]?.newer.id ?? "";
}

async function baselineId(page: Page): Promise<string> {
  const body = (await (await page.request.get("api/v1/baselines")).json()) as { items: { id: string }[] };
  return body.items[0]?.id ?? "";
}

async function editId(page: Page): Promise<string> {
  const body = (await (await page.request.get("api/v1/cis/edits")).json()) as { items: { id: string }[] };
  return body.items[0]?.id ?? "";
}

/** What only newer agents report. */
const newerTabs = ["services?view=schedules", "software?view=updates", "software?view=products", "containers", "containers?view=guests", "security", "security?view=accounts", "security?view=groups", "security?view=kernel"];

async function addresses(page: Page): Promise<string[]> {
  const host = await ciId(page, "class=host&q=was-p-008");
  const database = await ciId(page, "class=database_instance&q=db-p-002");
  const hostile = await ciId(page, "q=very-long-host-name&class=host");
  const physical = await ciId(page, "class=host&q=web-p-035");
  const unread = await ciId(page, "class=host&q=mq-p-004");
  const older = await ciId(page, "class=host&q=mq-p-032");
  const product = ((await (await page.request.get("api/v1/software?q=openssl&limit=1")).json()) as { items: { id: string }[] }).items[0]?.id;
  const tabs = ["overview", "hardware", "software", "services", "services?view=listeners", "services?view=connections", "services?view=processes", "storage", "network", "relations", "history", "utilisation", "utilisation?table=1", "faults", ...newerTabs];
  return [
    "",
    "cis",
    "cis?class=host&observation=silent&sort=-last_seen",
    "cis?q=nothing-has-this-name",
    ...tabs.map((tab) => `cis/${host}/${tab}`),
    ...["hardware", "storage", "network", ...newerTabs].map((tab) => `cis/${physical}/${tab}`),
    `cis/${unread}/security`,
    `cis/${older}/hardware`,
    `cis/${older}/software?view=updates`,
    `cis/${database}/relations`,
    `cis/${hostile}/overview`,
    "cis/00000000-0000-7000-8000-000000000000/overview",
    ...["", "?view=same", "?view=different", "?view=waiting"].map((view) => `duplicates${view}`),
    ...["", "?view=identifiers", "?view=explain"].map((view) => `admin/identification${view}`),
    `cis/${await mergedId(page)}/overview`,
    "cis/changes",
    "cis/changes?class=host&change=changed&topic=software",
    `cis/${host}/overview?as_of=${new Date(Date.now() - 90_000_000).toISOString()}`,
    `cis/${host}/history?from=${new Date(Date.now() - 90_000_000).toISOString()}`,
    "baselines",
    `baselines/${await baselineId(page)}`,
    "baselines/00000000-0000-7000-8000-000000000000",
    "edits",
    `edits/${await editId(page)}`,
    `edits/${await editId(page)}?outcome=same`,
    "edits/00000000-0000-7000-8000-000000000000",
    "software",
    `software/${product}?version=3.0.17-1~deb12u1&op=le`,
    "agents",
    "agents?view=tokens",
    "imports",
    "imports?view=agents",
    "agents?view=dead_letters",
    "agents?view=dead_letters&cause=poison",
    "users",
    "tokens",
    "organisations",
    ...["", "?view=silent", "?view=attest&all=1", "?class=host"].map((view) => `health${view}`),
    "admin/policies",
    "admin/sources",
    "admin/classes",
    "admin/classes?class=database_instance",
    "cis?class=database_instance&attr.tier=front",
    "audit",
    "account",
    "no-such-page",
  ];
}

const publicPages = ["sign-in", "setup?token=abc", "setup", "set-password?token=abc", "set-password"];
/** Each language in both themes and both widths; the two together in all four pairs of them. */
const views = {
  ko: [{ theme: "light", width: 1440 }, { theme: "dark", width: 390 }],
  en: [{ theme: "dark", width: 1440 }, { theme: "light", width: 390 }],
} as const;
type Language = keyof typeof views;
const ELEMENTS = 2500;

/** What is wrong with one page in every theme and width of the language: nothing, when all is well. */
async function faults(page: Page, troubles: string[], language: Language, address: string): Promise<string[]> {
  await page.goto(address);
  await settle(page);
  const found: string[] = [];
  for (const { theme, width } of views[language]) {
    await page.setViewportSize({ width, height: 844 });
    await page.evaluate(async (name) => {
      document.documentElement.dataset["theme"] = name;
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      // Colours that are still on their way from one theme to the other belong to neither.
      await Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished));
    }, theme);
    const wide = await page.evaluate(() => [document.documentElement, document.querySelector("main")].some((box) => box && box.scrollWidth > box.clientWidth));
    const elements = await page.evaluate(() => document.querySelectorAll("*").length);
    const where = `${theme} ${width}`;
    if (wide) found.push(`${where}: scrolls sideways`);
    if (elements > ELEMENTS) found.push(`${where}: ${elements} elements`);
    found.push(...(await violations(page)).map((text) => `${where}: ${text}`));
  }
  return [...found, ...troubles.splice(0)];
}

describe.each(["ko", "en"] as const)("in %s", (language) => {
  async function soundness(role: "1" | "viewer" | null, list: (page: Page) => Promise<string[]>) {
    const { page, troubles } = await visit(browser, { language, theme: "light", width: 1440 }, role);
    const found: Record<string, string[]> = {};
    for (const address of await list(page)) {
      const wrong = await faults(page, troubles, language, address);
      if (wrong.length > 0) found[address] = wrong;
    }
    await page.context().close();
    return found;
  }

  it("every page is sound, accessible, and as wide as the window, light and dark, on a desk and on a phone", async () => {
    expect(await soundness("1", addresses)).toEqual({});
  }, 900_000);

  it("so are the pages before sign-in", async () => {
    expect(await soundness(null, async () => publicPages)).toEqual({});
  }, 300_000);

  it("so are the pages of a reader without rights", async () => {
    expect(await soundness("viewer", async () => ["", "cis", "cis/changes", "baselines", "agents", "imports", "duplicates", "admin/identification", "admin/identification?view=identifiers", "users", "audit"])).toEqual({});
  }, 300_000);
});
