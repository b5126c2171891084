import type { Agent, Ci, EnrolmentToken, Session, Token, User } from "../src/api/types";
import { accountRoutes, asksForCode, factor } from "./account.ts";
import { baselineRoutes } from "./baselines.ts";
import { classes } from "./classes.ts";
import { classChange, definitionRoutes } from "./definitions.ts";
import * as estate from "./estate.ts";
import type { Stored } from "./estate.ts";
import { CSRF, confirmed, needs, permissionsOf, signedIn } from "./guard.ts";
import { editRoutes } from "./edits.ts";
import { deadLetterRoutes } from "./deadLetters.ts";
import { healthRoutes } from "./health.ts";
import { importRoutes } from "./imports.ts";
import { identityRoutes } from "./identity.ts";
import { partOf } from "./merges.ts";
import { Refusal, page, type Answer, type Request } from "./http.ts";
import { organisationRoutes } from "./organisations.ts";
import { seeded } from "./random.ts";
import { sourceRoutes } from "./sources.ts";
import { latest, samples } from "./samples.ts";
import { checkQuery, matchesQuery, searchRoutes } from "./search.ts";
import { sectionBody } from "./sections.ts";

const random = seeded(7);
const preferences: Pick<Session["user"], "language" | "time_zone" | "theme"> = { language: "ko", time_zone: "Asia/Seoul", theme: "system" };

function session(request: Request): Session {
  const user = estate.users[0] as User;
  const own = Object.fromEntries((request.headers.cookie ?? "").split("; ").map((pair) => pair.split("=") as [string, string]));
  return {
    user: { id: user.id, login: user.login, display_name: user.display_name, ...preferences, ...(own["mock_language"] === "en" || own["mock_language"] === "ko" ? { language: own["mock_language"] } : {}), ...(own["mock_theme"] === "light" || own["mock_theme"] === "dark" ? { theme: own["mock_theme"] } : {}) },
    permissions: permissionsOf(request),
    grants: user.grants,
    second_factor: { active: factor.activated_at !== null, required: false, advised: true },
    csrf_token: CSRF,
    expires_at: estate.ago(-8 * 3_600_000),
    server: { version: "0.1.0", product: "Terrier" },
  };
}

const cookie = (value: string) => ({ "Set-Cookie": `terrier_mock=${value}; Path=/; HttpOnly; SameSite=Lax` });

function ciOf(request: Request): Stored {
  const ci = estate.cis.get(partOf(request.params["id"] ?? ""));
  if (!ci) throw new Refusal(404, "not_found", "No such CI");
  return ci;
}

const etag = (ci: { version: number }) => ({ ETag: `"v${ci.version}"` });

function checkEtag(request: Request, current: { version: number }) {
  const sent = request.headers["if-match"];
  if (!sent) throw new Refusal(428, "precondition_required", "If-Match missing");
  if (sent !== `"v${current.version}"`) throw new Refusal(412, "stale", "The record has changed", [], etag(current));
}

function below(name: string): string[] {
  return [name, ...classes.filter((one) => one.parent === name).flatMap((one) => below(one.name))];
}

function filterCis(query: URLSearchParams): Stored[] {
  const wanted = query.getAll("class").flatMap(below);
  const q = query.get("q");
  checkQuery(q);
  const any = (name: string, value: unknown) => query.getAll(name).length === 0 || query.getAll(name).includes(String(value));
  const found = [...estate.cis.values()].filter(
    (ci) =>
      partOf(ci.id) === ci.id &&
      (wanted.length === 0 || wanted.includes(ci.class)) &&
      (!q || matchesQuery(ci, q)) &&
      any("lifecycle", ci.lifecycle) &&
      any("observation", ci.observation.state) &&
      any("environment", ci.environment) &&
      any("criticality", ci.criticality) &&
      any("organisation", ci.organisation.id) &&
      [...query.keys()].filter((key) => key.startsWith("attr.")).every((key) => any(key, ci.attributes[key.slice("attr.".length)])),
  );
  const sort = query.get("sort") ?? "name";
  const key = sort.replace("-", "");
  const value = (ci: Stored) => (key === "name" ? ci.name : key === "class" ? ci.class : (ci.observation[key as "last_seen"] ?? ""));
  const sign = sort.startsWith("-") ? -1 : 1;
  return found.sort((a, b) => sign * value(a).localeCompare(value(b)));
}

const item = ({ id, class: name, name: label, organisation, owner, support_team, criticality, environment, lifecycle, observation, attributes, inherited, parent }: Stored) => ({ id, class: name, name: label, organisation, owner, support_team, criticality, environment, lifecycle, observation, attributes, inherited, parent });

function patchCi(request: Request): Answer {
  needs(request, "ci.write");
  const ci = ciOf(request);
  checkEtag(request, ci);
  const { attributes, ...fields } = request.body as { attributes?: Record<string, unknown>; name?: string };
  if (fields.name === "") throw new Refusal(422, "validation_failed", "Validation failed", [{ field: "name", code: "required" }]);
  Object.assign(ci, fields);
  for (const [name, value] of Object.entries(fields).filter(([name]) => name !== "class")) setAttribute(ci, name, value);
  for (const [name, value] of Object.entries(attributes ?? {})) setAttribute(ci, name, value);
  ci.version += 1;
  return { body: ci as Ci, headers: etag(ci) };
}

/** What every CI has as a field of its own. */
const fieldsOfAll = ["name", "owner", "support_team", "criticality", "environment", "lifecycle"];

function setAttribute(ci: Stored, name: string, value: unknown) {
  const rest = ci.values.filter((one) => one.attribute !== name || one.source !== "person").map((one) => (one.attribute === name ? { ...one, shown: value === null } : one));
  const said = { attribute: name, value, source: "person", since: new Date().toISOString(), said_by: { kind: "user", id: "1", name: "김도현" }, shown: true, inherited_from: null };
  ci.values = (value === null ? rest : [...rest, said]) as Stored["values"];
  const left = ci.values.find((one) => one.attribute === name && one.shown);
  ci.inherited = [...ci.inherited.filter((one) => one !== name), ...(left?.source === "inherited" ? [name] : [])];
  if (left && fieldsOfAll.includes(name)) Object.assign(ci, { [name]: left.value });
  ci.attributes = Object.fromEntries(ci.values.filter((one) => one.shown && !fieldsOfAll.includes(one.attribute)).map((one) => [one.attribute, one.value]));
}

function history(request: Request): Answer {
  const ci = ciOf(request);
  const kinds = ["attribute", "relation", "software", "lifecycle"];
  const samplesOf = [
    { kind: "software", change: "changed", subject: "openssl", subject_detail: "amd64", before: "3.0.14-1~deb12u2", after: "3.0.15-1~deb12u1" },
    { kind: "software", change: "added", subject: "curl", subject_detail: "amd64", before: null, after: "7.88.1-10+deb12u8" },
    { kind: "attribute", change: "changed", subject: "os_version", subject_detail: null, before: "12.8", after: "12.9" },
    { kind: "attribute", change: "changed", subject: "owner", subject_detail: null, before: "김도현", after: "이서연" },
    { kind: "relation", change: "added", subject: "uses", subject_detail: "postgresql@db-p-002", before: null, after: null },
    { kind: "lifecycle", change: "changed", subject: "lifecycle", subject_detail: null, before: "in_stock", after: "in_use" },
    { kind: "software", change: "removed", subject: "telnet", subject_detail: "amd64", before: "0.17+2.4-2", after: null },
  ];
  const all = Array.from({ length: 130 }, (_, at) => {
    const sample = samplesOf[(at * 5) % samplesOf.length] as (typeof samplesOf)[number];
    const time = estate.ago(Math.floor(at / 4) * 9 * 3_600_000 + 60_000);
    const person = sample.kind === "lifecycle" || sample.subject === "owner";
    return { id: `${ci.id}-${at}`, at: time, recorded_at: time, ...sample, source: person ? "person" : "agent", said_by: { kind: person ? "user" : "agent", id: "1", name: person ? "김도현" : ci.name } };
  }).filter((entry) => !request.query.get("kind") || entry.kind === request.query.get("kind"));
  if (!kinds.includes(request.query.get("kind") ?? "attribute")) throw new Refusal(422, "validation_failed");
  return { body: page(all, request.query, false) };
}

function installed(request: Request): Answer {
  const ci = ciOf(request);
  const q = request.query.get("q")?.toLowerCase();
  const rows = ci.counts.software === 0 ? [] : estate.products.slice(0, ci.counts.software);
  const items = rows
    .filter((product) => !q || product.name.toLowerCase().includes(q))
    .map((product, at) => ({ product: { id: product.id, ecosystem: product.ecosystem, name: product.name }, version: `1.${at % 20}.${at % 7}-${1 + (at % 3)}`, architecture: at % 4 ? "amd64" : "all", source: at % 6 ? null : `${product.name}-src`, vendor: product.vendor, valid_from: estate.ago(at * 86_400_000), valid_to: null }));
  return { body: page(items, request.query) };
}

function findProduct(request: Request) {
  const product = estate.products.find((one) => String(one.id) === request.params["id"]);
  if (!product) throw new Refusal(404, "not_found");
  return product;
}

function productVersions(request: Request) {
  const product = findProduct(request);
  return Array.from({ length: product.versions }, (_, at) => ({ version: `3.0.${17 - at}-1~deb12u${at + 1}`, architecture: "amd64", hosts: Math.max(1, Math.round(product.hosts / 2 ** (at + 1))) }));
}

function installations(request: Request): Answer {
  const versions = productVersions(request);
  const { version, op, q } = Object.fromEntries(request.query);
  const at = versions.findIndex((one) => one.version === version);
  const fits = (index: number) => !version || { eq: index === at, lt: index > at, le: index >= at, gt: index < at, ge: index <= at }[op ?? "eq"];
  const hosts = [...estate.cis.values()].filter((ci) => ci.agent);
  const items = hosts
    .slice(0, findProduct(request).hosts)
    .map((ci, index) => ({ ci: { id: ci.id, name: ci.name, class: ci.class }, at: index % versions.length, architecture: "amd64", since: estate.ago(index * 3_600_000 * 5) }))
    .filter((row) => fits(row.at) && (!q || row.ci.name.includes(q)))
    .map(({ at: index, ...row }) => ({ ...row, version: versions[index]?.version ?? "1.0" }));
  return { body: page(items, request.query) };
}

function counts() {
  const by = (test: (agent: Agent) => boolean) => estate.agents.filter(test).length;
  const active = (presence: string) => by((agent) => agent.state === "active" && agent.presence === presence);
  return { live: active("live"), late: active("late"), silent: active("silent"), pending: by((agent) => agent.state === "pending"), revoked: by((agent) => agent.state === "revoked") };
}

function agentOf(request: Request): Agent {
  const agent = estate.agents.find((one) => one.id === request.params["id"]);
  if (!agent) throw new Refusal(404, "not_found");
  return agent;
}

function setAgentState(request: Request, state: string): Answer {
  needs(request, "agent.manage");
  const agent = agentOf(request);
  if (state === "active" && agent.state !== "pending") throw new Refusal(422, "rule_violated", "Not pending");
  Object.assign(agent, { state, presence: state === "active" ? "live" : agent.presence, allowed_actions: estate.agentActions(state) });
  return { body: agent };
}

function createEnrolmentToken(request: Request): Answer {
  needs(request, "enrolment.manage");
  const body = request.body as { name?: string; mode?: string; uses?: number; expires_in_minutes?: number; cidrs?: string[] };
  const bad = (body.cidrs ?? []).findIndex((cidr) => !/^[0-9a-f.:]+\/\d+$/i.test(cidr));
  if (bad >= 0) throw new Refusal(422, "validation_failed", "Validation failed", [{ field: `cidrs[${bad}]`, code: "invalid" }]);
  const token = { ...(estate.enrolmentTokens[0] as EnrolmentToken), id: random.uuid(), name: body.name ?? null, mode: body.mode ?? "auto", uses: body.uses ?? 1, uses_left: body.uses ?? 1, cidrs: body.cidrs ?? [], created_at: new Date().toISOString(), expires_at: new Date(Date.now() + (body.expires_in_minutes ?? 60) * 60_000).toISOString(), state: "usable" } as EnrolmentToken;
  estate.enrolmentTokens.unshift(token);
  setTimeout(() => arrive(token, body.mode ?? "auto"), 6_000).unref();
  const secret = "ter1.eyJzIjoiaHR0cHM6Ly90ZXJyaWVyLmhhbmJpdC5leGFtcGxlOjg0NDMifQ.k3yv9m2f";
  return {
    status: 201,
    body: {
      ...token,
      secret,
      agent_url: "https://terrier.hanbit.example:8443",
      commands: [
        { id: "deb", command: `sudo apt-get install ./terrier-agent.deb\necho '${secret}' | sudo terrier-agent enrol --server https://terrier.hanbit.example:8443\nsudo systemctl enable --now terrier-agent` },
        { id: "binary", command: `echo '${secret}' | sudo ./terrier-agent enrol --server https://terrier.hanbit.example:8443 && sudo ./terrier-agent run` },
      ],
    },
  };
}

/** Somebody runs the command: a host appears. */
function arrive(token: EnrolmentToken, mode: string) {
  token.uses_left -= 1;
  const like = estate.agents[3] as Agent;
  const state = mode === "approve" ? "pending" : "active";
  estate.agents.unshift({ ...like, id: random.uuid(), hostname: "new-host-01", state, presence: state === "pending" ? "never" : "live", enrolled_at: new Date().toISOString(), last_seen_at: state === "pending" ? null : new Date().toISOString(), allowed_actions: estate.agentActions(state) } as Agent);
}

const COMMON = ["password1234", "qwertyuiop12", "123456789012"];

function checkPassword(password: unknown, field: string) {
  const text = String(password ?? "");
  if (text.length < 12) throw new Refusal(422, "validation_failed", "Validation failed", [{ field, code: "too_short", limit: 12 }]);
  if (COMMON.includes(text)) throw new Refusal(422, "validation_failed", "Validation failed", [{ field, code: "too_common" }]);
}

function saveUser(request: Request): Answer {
  needs(request, "user.manage");
  const user = estate.users.find((one) => one.id === request.params["id"]);
  if (!user) throw new Refusal(404, "not_found");
  checkEtag(request, user);
  const { grants, ...rest } = request.body as { grants?: { role: string; organisation_id: string }[] };
  Object.assign(user, rest, grants ? { grants: named(grants) } : {}, { version: user.version + 1 });
  user.allowed_actions = user.allowed_actions.map((one) => (one.action === "disable" ? { ...one, allowed: user.enabled } : one.action === "enable" ? { ...one, allowed: !user.enabled } : one));
  return { body: user, headers: etag(user) };
}

function named(grants: { role: string; organisation_id: string }[]): User["grants"] {
  return grants.map((one) => ({ role: one.role, organisation: { id: one.organisation_id, name: estate.organisations.find((org) => org.id === one.organisation_id)?.name ?? "?" } })) as User["grants"];
}

function createUser(request: Request): Answer {
  needs(request, "user.manage");
  const body = request.body as { login: string; display_name: string; language: string; grants: { role: string; organisation_id: string }[] };
  if (!body.login) throw new Refusal(422, "validation_failed", "Validation failed", [{ field: "login", code: "required" }]);
  if (estate.users.some((user) => user.login === body.login)) throw new Refusal(422, "validation_failed", "Validation failed", [{ field: "login", code: "taken" }]);
  const user = { ...(estate.users[1] as User), ...body, id: random.uuid(), enabled: true, grants: named(body.grants), created_at: new Date().toISOString(), last_login_at: null, version: 1 } as User;
  estate.users.push(user);
  return { status: 201, body: { ...user, set_password_link: "https://terrier.hanbit.example/set-password?token=mock-token" } };
}

function createCi(request: Request): Answer {
  needs(request, "ci.write");
  const body = request.body as { class: string; name: string; attributes?: Record<string, unknown> };
  const like = [...estate.cis.values()].find((ci) => ci.observation.state === "unobserved") as Stored;
  const ci: Stored = { ...like, criticality: null, environment: null, owner: null, support_team: null, ...body, id: random.uuid(), version: 1, attributes: {}, values: [], counts: { software: 0, relations: 0, listeners: 0 } } as Stored;
  for (const [name, value] of Object.entries(body.attributes ?? {})) setAttribute(ci, name, value);
  estate.cis.set(ci.id, ci);
  return { status: 201, body: ci, headers: etag(ci) };
}

function findAudit(request: Request): Answer {
  needs(request, "audit.read");
  const { actor, action, object, from, to } = Object.fromEntries(request.query);
  const rows = estate.audit.filter(
    (row) => (!actor || (row.actor.name ?? "").includes(actor)) && (!action || row.action.startsWith(action)) && (!object || row.object.id === object || (row.object.name ?? "").includes(object)) && (!from || row.at >= from) && (!to || row.at < to),
  );
  return { body: page(rows, request.query, false) };
}

/** Every route of the mock: `METHOD /path` and what answers it. */
function cisCsv(r: Request): Answer {
  return { body: `\uFEFFname\r\n${filterCis(r.query).map((ci) => `"${ci.name.replace(/"/g, '""')}"`).join("\r\n")}`, headers: { "Content-Type": "text/csv; charset=utf-8", "Content-Disposition": "attachment; filename=cis.csv" } };
}

export const routes: [string, (request: Request) => Answer][] = [
  ["GET /setup", (r) => ({ body: { needed: /mock_setup=1/.test(r.headers.cookie ?? "") } })],
  ["POST /setup", (r) => (checkPassword(r.body["password"], "password"), { status: 201, body: session({ ...r, headers: { cookie: `${r.headers.cookie ?? ""}; terrier_mock=1` } }), headers: cookie("1") })],
  ["GET /session", (r) => (signedIn(r), { body: session(r) })],
  [
    "POST /session",
    (r) => {
      if (r.body["password"] === "wrong") throw new Refusal(401, "invalid_credentials", "Invalid credentials");
      if (r.body["password"] === "slow") throw new Refusal(429, "too_many_requests", "Too many requests", [], { "Retry-After": "30" });
      asksForCode(r);
      const role = r.body["login"] === "viewer" ? "viewer" : "1";
      return { body: session({ ...r, headers: { cookie: `${r.headers.cookie ?? ""}; terrier_mock=${role}` } }), headers: cookie(role) };
    },
  ],
  ["DELETE /session", (r) => (signedIn(r), { status: 204, body: null, headers: { "Set-Cookie": "terrier_mock=; Path=/; Max-Age=0" } })],
  ["PATCH /session/preferences", (r) => (signedIn(r), Object.assign(preferences, r.body), { body: { ...session(r), user: { ...session(r).user, ...r.body } } })],
  ["POST /session/password", (r) => (signedIn(r), checkPassword(r.body["new_password"], "new_password"), { status: 204, body: null })],
  ["POST /password", (r) => (checkPassword(r.body["new_password"], "new_password"), { status: 204, body: null })],
  ["GET /users", (r) => (needs(r, "user.manage"), { body: page(estate.users.filter((user) => `${user.login}${user.display_name}`.includes(r.query.get("q") ?? "")), r.query, false) })],
  ["POST /users", (r) => (confirmed(r), createUser(r))],
  ["GET /users/{id}", (r) => (needs(r, "user.manage"), userAnswer(r))],
  ["PATCH /users/{id}", saveUser],
  ["POST /users/{id}/password-reset", (r) => (needs(r, "user.manage"), { body: { set_password_link: "https://terrier.hanbit.example/set-password?token=reset-token", expires_at: estate.ago(-86_400_000) } })],
  ["GET /tokens", (r) => (signedIn(r), { body: { items: estate.tokens } })],
  ["POST /tokens", createToken],
  ["DELETE /tokens/{id}", (r) => (signedIn(r), Object.assign(estate.tokens.find((one) => one.id === r.params["id"]) as Token, { revoked_at: new Date().toISOString() }), { status: 204, body: null })],
  ["GET /audit/verification", (r) => (needs(r, "audit.read"), { body: { ok: true, rows: 10_000, last_seq: 10_412, checkpoints: 12, first_bad_seq: null, detail: null, checkpoint: { seq: 10_400, count: 10_400, hash: "c4a0cb7f51fcade1563a271a0aa21d701e0e22a51572de17709ceb36a80fef30", at: estate.ago(120_000), signature: "", public_key: "" } } })],
  ...accountRoutes,
  ...organisationRoutes,
  ...sourceRoutes,
  ...healthRoutes,
  ["GET /enrolment-tokens", (r) => (needs(r, "enrolment.manage"), { body: page(estate.enrolmentTokens, r.query, false) })],
  ["POST /enrolment-tokens", createEnrolmentToken],
  ["DELETE /enrolment-tokens/{id}", (r) => (needs(r, "enrolment.manage"), Object.assign(estate.enrolmentTokens.find((one) => one.id === r.params["id"]) as EnrolmentToken, { revoked_at: new Date().toISOString(), state: "revoked" }), { status: 204, body: null })],
  ...deadLetterRoutes,
  ...searchRoutes,
  ...importRoutes,
  ...identityRoutes,
  ["GET /agents", (r) => (needs(r, "agent.read"), { body: { ...page(estate.agents.filter((agent) => (!r.query.get("state") || agent.state === r.query.get("state")) && (!r.query.get("presence") || (agent.state === "active" && (agent.presence === r.query.get("presence") || (agent.presence === "never" && r.query.get("presence") === "silent")))) && agent.hostname.includes(r.query.get("q") ?? "")), r.query, false), counts: counts(), silences: estate.silences } })],
  ["GET /agents/{id}", (r) => (needs(r, "agent.read"), { body: agentOf(r) })],
  ["POST /agents/{id}/approve", (r) => setAgentState(r, "active")],
  ["POST /agents/{id}/revoke", (r) => setAgentState(r, "revoked")],
  ["GET /classes", (r) => (needs(r, "ci.read"), { body: { items: classes } })],
  ...definitionRoutes,
  ...baselineRoutes(filterCis),
  ...editRoutes(filterCis, setAttribute),
  ["GET /cis/{id}/class-change", (r) => (needs(r, "ci.write"), { body: classChange(ciOf(r), r.query.get("class") ?? "") })],
  ["GET /cis", (r) => (needs(r, "ci.read"), r.query.get("format") === "csv" ? cisCsv(r) : listCis(r))],
  ["GET /cis.csv", (r) => (needs(r, "ci.read"), cisCsv(r))],
  ["POST /cis", createCi],
  ["GET /cis/{id}", (r) => (needs(r, "ci.read"), { body: ciOf(r), headers: etag(ciOf(r)) })],
  ["PATCH /cis/{id}", patchCi],
  ["POST /cis/{id}/lifecycle", (r) => (needs(r, "ci.write"), checkEtag(r, ciOf(r)), Object.assign(ciOf(r), { lifecycle: r.body["lifecycle"], version: ciOf(r).version + 1 }), { body: ciOf(r), headers: etag(ciOf(r)) })],
  ["GET /cis/{id}/relations", (r) => (needs(r, "ci.read"), { body: page(estate.relations.filter((one) => estate.relationOwner.get(one.id) === r.params["id"] && (!r.query.get("direction") || one.direction === r.query.get("direction")) && (!r.query.get("type") || one.type === r.query.get("type"))), r.query, false) })],
  ["GET /cis/{id}/sections", (r) => (needs(r, "ci.read"), { body: { items: ciOf(r).sections, faults: ciOf(r).faults } })],
  ["GET /cis/{id}/sections/{section}", sectionAnswer],
  ["GET /cis/{id}/software", (r) => (needs(r, "ci.read"), installed(r))],
  ["GET /cis/{id}/history", (r) => (needs(r, "ci.read"), history(r))],
  ["GET /cis/{id}/samples", samplesAnswer],
  ["GET /cis/{id}/samples/latest", (r) => (needs(r, "ci.read"), { body: ciOf(r).agent ? latest(Date.now()) : { at: null, window_s: null, values: [] } })],
  ["GET /software", (r) => (needs(r, "software.read"), { body: page(estate.products.filter((product) => product.name.toLowerCase().includes((r.query.get("q") ?? "").toLowerCase()) && (!r.query.get("ecosystem") || product.ecosystem === r.query.get("ecosystem"))), r.query) })],
  ["GET /software/{id}", (r) => (needs(r, "software.read"), { body: { ...findProduct(r), versions: productVersions(r) } })],
  ["GET /software/{id}/installations", (r) => (needs(r, "software.read"), installations(r))],
  ["GET /audit", findAudit],
  ["GET /audit/verify", (r) => (needs(r, "audit.read"), { body: { ok: true, rows: 260, first_bad_seq: null } })],
];

function listCis(request: Request): Answer {
  const found = page(filterCis(request.query), request.query);
  return { body: { ...found, items: found.items.map(item) } };
}

function userAnswer(request: Request): Answer {
  const user = estate.users.find((one) => one.id === request.params["id"]);
  if (!user) throw new Refusal(404, "not_found");
  return { body: user, headers: etag(user) };
}

function createToken(request: Request): Answer {
  signedIn(request);
  const body = request.body as { name: string; scopes: string[]; expires_in_days?: number };
  if (!body.name) throw new Refusal(422, "validation_failed", "Validation failed", [{ field: "name", code: "required" }]);
  const token = { id: random.uuid(), name: body.name, scopes: body.scopes, created_at: new Date().toISOString(), expires_at: new Date(Date.now() + (body.expires_in_days ?? 90) * 86_400_000).toISOString(), last_used_at: null, revoked_at: null } as Token;
  estate.tokens.unshift(token);
  return { status: 201, body: { ...token, secret: "ter_pat_9fK2mock0aaWZ1v" } };
}

function sectionAnswer(request: Request): Answer {
  needs(request, "ci.read");
  const ci = ciOf(request);
  const section = ci.sections.find((one) => one.section === request.params["section"]);
  if (!section) throw new Refusal(404, "not_found");
  const fault = ci.faults.find((one) => one.section === section.section) ?? null;
  return { body: { ...section, fault, body: section.observed_at ? sectionBody(ci, section.section) : null } };
}

function samplesAnswer(request: Request): Answer {
  needs(request, "ci.read");
  const to = Date.parse(request.query.get("to") ?? new Date().toISOString()) / 1000;
  const from = Date.parse(request.query.get("from") ?? new Date((to - 86_400) * 1000).toISOString()) / 1000;
  if (!ciOf(request).agent) return { body: { from: estate.ago(86_400_000), to: estate.ago(0), step_s: 300, series: [] } };
  return { body: samples(request.query.get("metric"), request.query.get("dimension"), from, to, Number(request.query.get("step_s") ?? 300)) };
}
