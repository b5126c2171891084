// From the set-up link to the second host, in both languages, against a real server and a real agent.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { after, before, describe, test } from "node:test";
import { hold, launch, open } from "./browser.mjs";
import { inside, setUp, typePassword } from "./people.mjs";
import { startServer } from "./terrier.mjs";
import { words } from "./words.mjs";

const host = hostname();
/** Each language in both widths and both schemes; the two together in all four pairs of them. */
const SCREENS = {
  en: [[390, "light"], [1440, "dark"]],
  ko: [[390, "dark"], [1440, "light"]],
};

/** What can be opened without looking for anything first. */
const PLACES = [
  "/", "/cis", "/cis/changes", "/baselines", "/edits", "/duplicates", "/health", "/software", "/agents", "/imports", "/organisations", "/users", "/tokens", "/audit", "/account",
  "/admin/classes", "/admin/sources", "/admin/policies", "/admin/identification",
];

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** A package that this very machine has, by its own package manager. */
function anyPackage() {
  const query = spawnSync("dpkg-query", ["--show", "--showformat", "${Package} ${Version}\n", "libc6"], { encoding: "utf8" });
  const [name, version] = query.status === 0 ? query.stdout.trim().split(" ") : [];
  return name ? { name, version } : null;
}

/** Something of this very host that each tab of its page has to show. */
function contentOfTabs(page, t) {
  const cell = (name) => page.getByRole("cell", { name, exact: true });
  const [networkInterface] = Object.keys(networkInterfaces()).filter((name) => name !== "lo");
  return {
    hardware: page.getByRole("heading", { name: t("section.cpu") }),
    software: anyPackage() ? page.getByRole("row").nth(1).getByRole("link") : page.getByText(t("software.none_here")),
    services: page.getByRole("button", { name: t("services.listeners") }),
    storage: cell("/"),
    network: networkInterface ? cell(networkInterface) : cell("lo"),
    relations: page.getByRole("group", { name: t("relations.direction") }),
    history: page.getByRole("list").getByText(t("change.added")),
    // A host that has just come has no five minutes to show yet.
    utilisation: page.getByRole("heading", { name: t("utilisation.none") }),
    faults: page.getByText(t("faults.none")).or(page.getByText(t("faults.intro"))),
  };
}

for (const language of ["en", "ko"]) {
  describe(`the first day, in ${language}`, () => {
    const t = words(language);
    let terrier;
    let view;
    before(async () => {
      terrier = await startServer();
      view = await open(browser, { base: terrier.url, language });
    });
    after(async () => {
      await view?.context.close();
      await terrier?.stop();
    });

    test("the set-up link makes the first administrator", async () => {
      const { page } = view;
      const link = new URL(terrier.setupLink);
      await page.goto(link.pathname + link.search);
      await page.getByRole("heading", { name: t("setup.title") }).waitFor();
      await hold(view, `${language}-setup`);
      await setUp(page, t, language === "ko" ? "관리자" : "Administrator");
      await hold(view, `${language}-home-empty`);
    });

    test("a used set-up link says so, and signing in works", async () => {
      const { page, context } = view;
      await context.clearCookies();
      const link = new URL(terrier.setupLink);
      await page.goto(link.pathname + link.search);
      await page.getByText(t("setup.already")).waitFor();
      await page.goto("/");
      await page.getByRole("heading", { name: t("sign_in.title") }).waitFor();
      await hold(view, `${language}-sign-in`);
      await typePassword(page, t);
      await inside(page);
    });

    test("adding a host shows a command, and the host appears while one waits", async () => {
      const { page } = view;
      await page.goto("/agents");
      await page.getByRole("button", { name: t("agents.add_host") }).first().click();
      const dialog = page.getByRole("dialog");
      await hold(view, `${language}-add-host`);
      await dialog.getByRole("button", { name: t("add_host.submit") }).click();
      const command = await dialog.getByText(/ter1\./).first().innerText();
      const token = /ter1\.[A-Za-z0-9._-]+/.exec(command)?.[0];
      assert.ok(token, `no token in: ${command}`);
      await hold(view, `${language}-add-host-command`);
      terrier.agent(token);
      // The way to the host's page is there once it has reported.
      await dialog.getByRole("link", { name: t("add_host.open") }).waitFor({ timeout: 60_000 });
      assert.ok(await dialog.getByRole("status").filter({ hasText: host }).isVisible());
      await hold(view, `${language}-add-host-arrived`);
      await dialog.getByRole("button", { name: t("ui.close") }).last().click();
    });

    test("this host stands in the list and on its page with what it really has", async () => {
      const { page } = view;
      await page.goto(`/cis?q=${encodeURIComponent(host)}`);
      await page.getByRole("link", { name: host, exact: true }).first().click();
      await page.getByRole("heading", { level: 1, name: host }).waitFor();
      await page.getByRole("heading", { name: t("ci.attributes") }).waitFor();
      await hold(view, `${language}-host`);
      const tabs = page.getByRole("navigation", { name: t("ci.tabs") });
      for (const [tab, shown] of Object.entries(contentOfTabs(page, t))) {
        await tabs.getByRole("link", { name: t(`tab.${tab}`) }).click();
        await shown.first().waitFor();
        await hold(view, `${language}-host-${tab}`);
      }
    });

    test("an owner that is set stands there with who said so, and goes into the export of what is filtered", async () => {
      const { page } = view;
      const owner = language === "ko" ? "이서연" : "Dana Whitfield";
      const list = `/cis?class=host&q=${encodeURIComponent(host)}`;
      await page.goto(list);
      await page.getByRole("link", { name: host, exact: true }).first().click();
      await page.getByRole("button", { name: t("ci.edit_field").replace("{name}", t("ci.owner")) }).click();
      await page.getByRole("textbox", { name: t("ci.owner") }).fill(owner);
      await page.getByRole("button", { name: t("ui.save") }).click();
      await page.getByRole("row", { name: new RegExp(`${t("ci.owner")} ${owner}.*${t("source.person")}`) }).waitFor();
      await hold(view, `${language}-host-owned`);
      await page.goto(list);
      await page.getByRole("cell", { name: owner }).waitFor();
      await page.getByRole("button", { name: t("exchange.export"), exact: true }).click();
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: t("exchange.as_csv") }).click()]);
      const text = readFileSync(await download.path(), "utf8");
      const lines = text.trimEnd().split("\r\n");
      assert.ok(text.startsWith("\uFEFF"), "no byte order mark, so that spreadsheets take Korean for something else");
      assert.equal(lines.length, 2, "a heading, and the one host of the filter");
      assert.ok(lines[0].includes(t("ci.owner")) && lines[1].includes(owner), text);
    });

    test("software search says which hosts have a package", async (context) => {
      const installed = anyPackage();
      if (!installed) return context.skip("this machine has no dpkg");
      const { page } = view;
      await page.goto(`/software?q=${installed.name}`);
      await hold(view, `${language}-software`);
      await page.getByRole("link", { name: installed.name, exact: true }).click();
      await page.getByRole("heading", { level: 1, name: installed.name }).waitFor();
      await page.getByRole("link", { name: host, exact: true }).first().waitFor();
      await page.getByText(installed.version).first().waitFor();
      await hold(view, `${language}-product`);
    });

    test("every place is usable on a phone and on a desk, in light and in dark", async () => {
      const storageState = await view.context.storageState();
      for (const [width, scheme] of SCREENS[language]) {
        const screen = await open(browser, { base: terrier.url, language, scheme, width, storageState });
        for (const place of PLACES) {
          await screen.page.goto(place);
          await screen.page.getByRole("heading", { level: 1 }).first().waitFor();
          await hold(screen, `${language}-${scheme}-${width}${place === "/" ? "-home" : place.replaceAll("/", "-")}`);
        }
        await screen.context.close();
      }
    });
  });
}
