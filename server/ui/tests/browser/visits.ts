import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { desktop, launch, visit, type Look } from "./open";

export type Role = "1" | "viewer" | null;

/** Opens pages for the tests of a file, each for a fresh visitor, and closes them after the test. With `quiet`, nothing may have gone wrong in any of them. */
export function visits({ quiet = false } = {}): (role?: Role, look?: Look) => Promise<Page> {
  let browser: Browser;
  let visited: { page: Page; troubles: string[] }[] = [];
  beforeAll(async () => {
    browser = await launch();
  });
  afterEach(async () => {
    const troubles = visited.flatMap((one) => one.troubles);
    await Promise.all(visited.map(({ page }) => page.context().close()));
    visited = [];
    if (quiet) expect(troubles).toEqual([]);
  });
  afterAll(() => browser.close());
  return async (role = "1", look = desktop) => {
    const one = await visit(browser, look, role);
    visited.push(one);
    return one.page;
  };
}
