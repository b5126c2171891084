// What agents send is text to a browser, whatever it looks like: in every string of every section, on every page.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { request } from "node:https";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { launch, open, settle } from "./browser.mjs";
import { inside, setUp } from "./people.mjs";
import { binary, startServer } from "./terrier.mjs";
import { words } from "./words.mjs";

const RUN = "globalThis.hasRun=1";
const PAYLOADS = [
  `"><img src=x onerror=${RUN}>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
  `</script><script>${RUN}</script>`,
  `javascript:${RUN}//`,
  `' onmouseover='${RUN}`,
  `{{constructor.constructor('${RUN}')()}}\${${RUN}}`,
  `<a href="data:text/html,<script>${RUN}</script>">`,
  "__proto__",
];
/** The payload in the n-th string of a section. */
const text = (n) => `${PAYLOADS[n % PAYLOADS.length]} ${n}`;
/** Items of a list are enough of a kind; a page shows no more at once. */
const ITEMS = 40;
const fixtures = new URL("../../agent/tests/fixtures/", import.meta.url).pathname;

/** All sections of this host, and of the hosts that the agent's own tests know, as if they were one. */
function inventory() {
  const roots = [[], ...readdirSync(fixtures).map((name) => ["--root", fixtures + name])];
  const all = {};
  for (const root of roots) {
    const { stdout, status } = spawnSync(binary("agent"), ["inventory", ...root], { encoding: "utf8", maxBuffer: 1 << 28 });
    if (status === 0) merge(all, JSON.parse(stdout).sections);
  }
  return all;
}

function merge(into, from) {
  for (const [key, value] of Object.entries(from)) {
    const there = into[key];
    if (Array.isArray(there) && Array.isArray(value)) into[key] = [...there, ...value].slice(0, ITEMS);
    else if (there && value && typeof there === "object" && typeof value === "object") merge(there, value);
    else if (there === undefined || there === null) into[key] = Array.isArray(value) ? value.slice(0, ITEMS) : value;
  }
}

/** The same with a payload in every string but those at `kept`, which the server takes as one of few words only. */
function hostile(value, kept, path, count) {
  // What is no UTF-8 comes as bytes, where a text may stand as well.
  if (typeof value === "string" || typeof value?.b64 === "string") {
    if (kept.has(path)) return value;
    count.strings += 1;
    return text(count.strings);
  }
  if (Array.isArray(value)) return value.map((item) => hostile(item, kept, `${path}[]`, count));
  if (value && typeof value === "object") {
    const entries = Object.entries(value).map(([key, inner]) => [key, hostile(inner, kept, `${path}.${key}`, count)]);
    return Object.fromEntries(entries);
  }
  return value;
}

/** Speaks as the agent with these credentials. */
function speaker(credentials) {
  let seq = 0;
  return async (section, body) => {
    seq += 1;
    const written = JSON.stringify(body);
    const report = {
      epoch: "00000000000000ff",
      seq,
      kind: "full",
      section,
      hash: createHash("sha256").update(written).digest("hex"),
      at_wall_ms: Date.now(),
      at_mono_ms: 2_000_000 + seq,
      body,
    };
    const batch = {
      boot_id: "b0070000-0000-4000-8000-0000000000ff",
      sent_wall_ms: Date.now(),
      sent_mono_ms: 2_000_000 + seq,
      agent_version: "0.1.0",
      reports: [report],
    };
    const answer = await post(credentials, gzipSync(JSON.stringify(batch)));
    return answer.results[0];
  };
}

function post(credentials, body) {
  const { hostname, port } = new URL(credentials.server);
  const options = {
    host: hostname,
    port,
    path: "/agent/v1/reports",
    method: "POST",
    cert: credentials.certificate_pem,
    key: credentials.key_pem,
    ca: credentials.authorities_pem,
    headers: {
      "content-type": "application/json",
      "content-encoding": "gzip",
      "content-length": body.length,
      "content-digest": `sha-256=:${createHash("sha256").update(body).digest("base64")}:`,
      "terrier-protocol": "1",
    },
  };
  return new Promise((done, failed) => {
    const asked = request(options, (answer) => {
      let said = "";
      answer.on("data", (chunk) => (said += chunk));
      answer.on("end", () => (answer.statusCode === 200 ? done(JSON.parse(said)) : failed(new Error(`${answer.statusCode}: ${said}`))));
    });
    asked.on("error", failed);
    asked.end(body);
  });
}

/** Sends a section with payloads in all strings that may hold any text; gives how many those are. */
async function send(say, section, body) {
  const kept = new Set();
  for (;;) {
    const count = { strings: 0 };
    const { outcome, why } = await say(section, hostile(body, kept, section, count));
    if (outcome === "stored") return count.strings;
    const path = pathIn(section, why);
    assert.ok(path && !kept.has(path), `${section}: ${outcome}: ${why}`);
    kept.add(path);
  }
}

/** Which strings a refusal is about: its path without the places in lists. */
function pathIn(section, why) {
  const named = /^[\w.[\]]+/.exec(why ?? "")?.[0];
  if (!named) return undefined;
  const path = named.replaceAll(/\[\d+\]/g, "[]").replace(/\.$/, "");
  return path.startsWith(section) ? path : `${section}.${path}`;
}

describe("text of agents", () => {
  const t = words("en");
  let browser;
  let terrier;
  let view;
  const foreign = [];
  before(async () => {
    browser = await launch();
    terrier = await startServer();
    view = await open(browser, { base: terrier.url, language: "en" });
    view.page.on("request", (one) => {
      if (!one.url().startsWith(terrier.url) && !/^(data|blob):/.test(one.url())) foreign.push(one.url());
    });
    view.page.on("dialog", (dialog) => {
      foreign.push(`a dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    const link = new URL(terrier.setupLink);
    await view.page.goto(link.pathname + link.search);
    await setUp(view.page, t, PAYLOADS[0]);
    await inside(view.page);
  });
  after(async () => {
    await view?.context.close();
    await terrier?.stop();
    await browser?.close();
  });

  /** Nothing of it is markup, nothing of it has run, nothing of it was fetched. */
  async function isInert(place) {
    await settle(view.page);
    const found = await view.page.evaluate(() => {
      const markup = "img[src=x], animate, [onerror], [onbegin], [onmouseover], a[href^=javascript], a[href^=data], body script:not([src])";
      return { hasRun: globalThis.hasRun, markup: [...document.querySelectorAll(markup)].map((one) => one.outerHTML) };
    });
    assert.deepEqual(found, { hasRun: undefined, markup: [] }, place);
    assert.deepEqual(view.errors, [], `errors on ${place}`);
    assert.deepEqual(foreign, [], `requests of ${place}`);
  }

  const shown = () => view.page.evaluate((payloads) => payloads.filter((one) => document.body.innerText.includes(one)).length, PAYLOADS);

  test("is text on every page, however much it looks like a program", async () => {
    terrier.agent(terrier.server("enrolment-token", "create").trim());
    const say = speaker(terrier.credentials());
    const sent = {};
    for (const [section, body] of Object.entries(inventory())) {
      if (body) sent[section] = await send(say, section, body);
    }
    const strings = Object.values(sent).reduce((sum, count) => sum + count, 0);
    assert.ok(strings > 1_000, `${strings} strings`);
    const { page } = view;
    const host = await arrived(page, Object.keys(sent).filter((section) => sent[section] > 0));
    let seen = 0;
    const tabs = ["", "hardware", "software", "services", "storage", "network", "relations", "history", "utilisation", "faults"];
    for (const tab of tabs) {
      await page.goto(tab ? `/cis/${host}/${tab}` : `/cis/${host}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await isInert(`the host's page: ${tab}`);
      seen += (await shown()) > 0;
      // What opens on a click, and what shows under the pointer.
      for (const button of await page.getByRole("button", { expanded: false }).all()) await button.click({ timeout: 2_000 }).catch(() => {});
      for (const row of (await page.getByRole("row").all()).slice(0, 12)) await row.hover({ timeout: 1_000 }).catch(() => {});
      await isInert(`the host's page, opened: ${tab}`);
    }
    assert.ok(seen >= 7, `the payloads stand on ${seen} tabs only`);
    for (const place of ["/", "/cis", "/software", "/agents", "/agents/dead-letters", "/organisations", "/users", "/tokens", "/audit"]) {
      await page.goto(place);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await isInert(place);
    }
    for (const payload of PAYLOADS) {
      for (const place of ["/cis", "/software", "/agents"]) {
        // Over the list of items stands a query, in which a text is a phrase in quotes.
        const q = place === "/cis" ? `"${payload.replace(/[\\"]/g, "\\$&")}"` : payload;
        await page.goto(`${place}?q=${encodeURIComponent(q)}`);
        await page.getByRole("heading", { level: 1 }).first().waitFor();
        await isInert(`${place} filtered by ${payload}`);
      }
    }
    await page.goto("/software");
    await page.getByRole("table").getByRole("link").first().click();
    await page.getByRole("heading", { level: 1 }).waitFor();
    await isInert("a product's page");
  });
});

/** The id of the host once these sections of it are in the register as they were sent last. */
async function arrived(page, sections) {
  const until = Date.now() + 60_000;
  const get = async (path) => (await page.request.get(`/api/v1/cis${path}`)).text();
  for (;;) {
    const hosts = JSON.parse(await get("?class=host")).items;
    // The host's name is the first string that was sent.
    const host = hosts.find((one) => one.name === text(1));
    // Packages are kept as software.
    const path = (section) => (section === "software" ? "software" : `sections/${section}`);
    const bodies = host ? await Promise.all(sections.map((section) => get(`/${host.id}/${path(section)}`))) : [];
    const missing = sections.filter((_, at) => !PAYLOADS.some((payload) => bodies[at]?.includes(JSON.stringify(payload).slice(1, -1))));
    if (missing.length === 0) return host.id;
    assert.ok(Date.now() < until, `not in the register: ${missing}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
