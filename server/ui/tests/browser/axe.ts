import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Everything axe has against the page, in short. */
export async function violations(page: Page): Promise<string[]> {
  // The page's own policy forbids the tool's way in; its isolated evaluation does not.
  await page.evaluate(axeSource);
  const result = await page.evaluate(async () => {
    const axe = (globalThis as unknown as { axe: { run: (options: unknown) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } }).axe;
    return (await axe.run({ resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })).violations;
  });
  return result.map((one) => `${one.id}: ${one.nodes[0]?.html.slice(0, 160)} (${one.nodes.length}) ${one.nodes[0]?.failureSummary.replace(/\s+/g, " ").slice(0, 200)}`);
}
