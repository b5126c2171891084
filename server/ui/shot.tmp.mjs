import { chromium } from "playwright-core";
const B = "http://127.0.0.1:4711/";
const only = process.argv[2];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox","--disable-gpu"] });
const looks = [["en","light",1440],["ko","dark",1440],["ko","light",390],["en","dark",390],["ko","light",1440],["en","light",390]].slice(0, Number(process.argv[3] ?? 4));
for (const [language, theme, width] of looks) {
  const context = await browser.newContext({ baseURL: B, viewport: { width, height: width < 500 ? 844 : 900 }, locale: language, timezoneId: "Asia/Seoul" });
  await context.addCookies(Object.entries({ mock_language: language, mock_theme: theme, terrier_mock: "1" }).map(([name, value]) => ({ name, value, url: B })));
  await context.addInitScript(([l, t]) => { localStorage.setItem("terrier.language", l); localStorage.setItem("terrier.theme", t); }, [language, theme]);
  const page = await context.newPage();
  page.on("pageerror", (e) => console.log("ERR", e.message));
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && console.log(m.type(), m.text().slice(0, 300)));
  const settle = async () => { await page.waitForLoadState("networkidle"); await page.waitForTimeout(350); };
  const shot = async (name, full = false) => {
    if (full) { const h = await page.evaluate(() => { const m = document.querySelector("main"); return m ? m.scrollHeight + 60 : 900; }); await page.setViewportSize({ width, height: Math.min(2600, Math.max(h, 844)) }); await page.waitForTimeout(200); }
    await page.screenshot({ path: `/tmp/shots/${name}-${language}-${theme}-${width}.png` });
    if (full) await page.setViewportSize({ width, height: width < 500 ? 844 : 900 });
  };
  const steps = {
    async dup() { await page.goto("duplicates"); await settle(); await shot("dup"); const list = (await (await page.request.get("api/v1/proposals?state=open")).json()).items; await page.goto(`duplicates?id=${list[1].id}`); await settle(); await shot("dup-detail", true); },
    async same() { await page.goto("duplicates?view=same"); await settle(); const list = (await (await page.request.get("api/v1/proposals?state=same")).json()).items; await page.goto(`duplicates?view=same&id=${list[0].id}`); await settle(); await shot("dup-same", width < 500); },
    async waiting() { await page.goto("duplicates?view=waiting"); await settle(); await shot("waiting"); },
    async rules() { await page.goto("admin/identification"); await settle(); await shot("rules", true); },
    async rule() { await page.goto("admin/identification"); await settle(); await page.keyboard.press("c"); await page.waitForTimeout(500); const d = page.getByRole("dialog"); await d.locator("button[type=submit]").click(); await settle(); await shot("rule-new"); },
    async shared() { await page.goto("admin/identification?view=identifiers"); await settle(); await shot("shared"); await page.keyboard.press("c"); await page.waitForTimeout(500); await shot("shared-new"); },
    async explain() { await page.goto("admin/identification?view=explain"); await settle(); await shot("explain-empty"); await page.locator("textarea").fill(JSON.stringify({ agent_version: "0.1.0", sections: { identity: { hostname: "db-p-009" }, network: {} }, faults: {} })); await page.locator("main form button[type=submit]").click(); await settle(); await shot("explain", true); },
    async ci() { const p = (await (await page.request.get("api/v1/proposals?state=same")).json()).items[0]; await page.goto(`cis/${p.newer.id}`); await settle(); await shot("ci-part", width < 500); await page.locator("header button", { hasText: "…" }).last().click(); await page.waitForTimeout(500); await page.getByRole("dialog").locator("input").fill("db-p"); await page.waitForTimeout(700); await shot("merge-find"); await page.getByRole("dialog").getByRole("listitem").first().getByRole("button").click(); await settle(); await shot("merge-confirm"); },
  };
  for (const [name, run] of Object.entries(steps)) if (!only || only.split(",").includes(name)) { try { await run(); } catch (e) { console.log(name, language, width, e.message.slice(0, 300)); } }
  await context.close();
}
await browser.close();
