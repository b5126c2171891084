// Debian's Chromium, and what every page is held to.
import assert from "node:assert/strict";
import { accessSync, constants, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const artefacts = new URL("../artefacts/browser/", import.meta.url).pathname;
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function program() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const paths = process.env.PATH.split(delimiter).flatMap((directory) => names.map((name) => join(directory, name)));
  const found = paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (!found) throw new Error("Chromium is not installed. On Debian: apt-get install chromium");
  return found;
}

export const launch = () => chromium.launch({ executablePath: program(), args: FLAGS });

/**
 * A page in one language, colour scheme and width, which fails the test for every error it raises.
 *
 * `storageState` is a session to begin with.
 */
export async function open(browser, { base, language, scheme = "light", width = 1440, storageState }) {
  const context = await browser.newContext({
    baseURL: base,
    ignoreHTTPSErrors: true,
    locale: language === "ko" ? "ko-KR" : "en-GB",
    timezoneId: "Asia/Seoul",
    colorScheme: scheme,
    viewport: { width, height: width < 600 ? 844 : 900 },
    reducedMotion: "reduce",
    ...(storageState ? { storageState } : {}),
  });
  // Set as the interface itself remembers them, so that the first paint is right.
  await context.addInitScript(
    ([one, other]) => {
      localStorage.setItem("terrier.language", one);
      localStorage.setItem("terrier.theme", other);
    },
    [language, scheme],
  );
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(`page error: ${error.message}`));
  page.on("console", (message) => {
    // An answer of 401 to "who am I" before sign-in is no error of the page.
    if (message.type() === "error" && !/status of 401/.test(message.text())) errors.push(`console: ${message.text()}`);
  });
  page.setDefaultTimeout(15_000);
  return { page, context, errors };
}

/** Waits until nothing is being loaded any more. */
export async function settle(page) {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => !document.querySelector("[class*=skeleton], [aria-busy=true]"));
  await page.evaluate(() => document.fonts.ready);
  // Colours that are still on their way are neither those before nor those after.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished)).then(() => undefined));
}

/** Holds a page to: no errors, no accessibility violation, no sideways scrolling; keeps a picture of it. */
export async function hold({ page, errors }, name) {
  await settle(page);
  mkdirSync(artefacts, { recursive: true });
  await page.screenshot({ path: join(artefacts, `${name}.png`) });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }),
  );
  const told = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`));
  assert.deepEqual(told, [], `accessibility of ${name}`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${name} is ${overflow} pixels wider than the screen`);
  assert.deepEqual(errors, [], `errors on ${name}`);
}
