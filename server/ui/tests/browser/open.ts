import { chromium, type Browser, type Page } from "playwright-core";
import { inject } from "vitest";

export interface Look {
  language: "ko" | "en";
  theme: "light" | "dark";
  width: number;
}

export const desktop: Look = { language: "en", theme: "light", width: 1440 };

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: FLAGS });
}

/** A page of a fresh visitor, signed in as `role`, that collects whatever goes wrong in it. */
export async function visit(browser: Browser, look: Look, role: "1" | "viewer" | null = "1"): Promise<{ page: Page; troubles: string[] }> {
  const address = inject("address");
  const context = await browser.newContext({ baseURL: address, viewport: { width: look.width, height: 844 }, locale: look.language === "ko" ? "ko-KR" : "en-GB", timezoneId: "Asia/Seoul" });
  const cookies = { mock_language: look.language, mock_theme: look.theme, ...(role ? { terrier_mock: role } : {}) };
  await context.addCookies(Object.entries(cookies).map(([name, value]) => ({ name, value, url: address })));
  await context.addInitScript(([language, theme]) => {
    if (localStorage.getItem("terrier.language")) return;
    localStorage.setItem("terrier.language", language ?? "");
    localStorage.setItem("terrier.theme", theme ?? "");
  }, [look.language, look.theme]);
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    if (!/status of (401|403|404|412|422|429)/.test(message.text())) troubles.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith("data:")) troubles.push(`asked another host: ${request.url()}`);
  });
  return { page, troubles };
}

/** Waits until nothing is being loaded and no skeleton is left. */
export async function settle(page: Page) {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => !document.querySelector("[class*=skeleton]"), undefined, { timeout: 15_000 });
}

/** The id of a CI of the mock's estate. */
export async function ciId(page: Page, query: string): Promise<string> {
  const response = await page.request.get(`api/v1/cis?${query}&limit=1`);
  const body = (await response.json()) as { items: { id: string }[] };
  return body.items[0]?.id ?? "";
}
