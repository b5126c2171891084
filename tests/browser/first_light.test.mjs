// From the set-up link to the second host, in both languages, against a real server and a real agent.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { hostname, networkInterfaces } from "node:os";
import { after, before, describe, test } from "node:test";
import { hold, launch, open } from "./browser.mjs";
import { startServer } from "./terrier.mjs";
import { words } from "./words.mjs";

const PASSWORD = "a terrier digs things out";
const host = hostname();

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
    utilisation: page.getByRole("heading", { name: t("chart.cpu") }),
    faults: page.getByText(t("faults.none")).or(page.getByText(t("faults.intro"))),
  };
}

async function signIn(page, t) {
  await page.getByLabel(t("sign_in.login")).fill("admin");
  await page.getByLabel(t("sign_in.password")).fill(PASSWORD);
  await page.getByRole("button", { name: t("sign_in.submit") }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
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
      await page.getByLabel(t("user.display_name"), { exact: true }).fill(language === "ko" ? "관리자" : "Administrator");
      await page.getByLabel(t("sign_in.password"), { exact: true }).fill(PASSWORD);
      await page.getByLabel(t("password.again")).fill(PASSWORD);
      await page.getByRole("button", { name: t("setup.submit") }).click();
      await page.waitForURL((url) => url.pathname === "/");
      await page.getByRole("heading", { level: 1 }).waitFor();
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
      await signIn(page, t);
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
      await dialog.getByText(host).first().waitFor({ timeout: 60_000 });
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
      for (const width of [390, 1440]) {
        for (const scheme of ["light", "dark"]) {
          const small = await open(browser, { base: terrier.url, language, scheme, width, storageState });
          for (const place of ["/", "/cis", "/software", "/agents", "/users", "/tokens", "/audit", "/account"]) {
            await small.page.goto(place);
            await small.page.getByRole("heading", { level: 1 }).first().waitFor();
            await hold(small, `${language}-${scheme}-${width}${place === "/" ? "-home" : place.replaceAll("/", "-")}`);
          }
          await small.context.close();
        }
      }
    });
  });
}
