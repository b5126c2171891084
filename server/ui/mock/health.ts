import type { DueAttestation, Health, HealthCheck, Policy, PolicyBody, PolicyRun, Silence } from "../src/api/health";
import { classes } from "./classes.ts";
import * as estate from "./estate.ts";
import type { Stored } from "./estate.ts";
import { needs, permissionsOf } from "./guard.ts";
import { Refusal, page, type Answer, type Request } from "./http.ts";
import { checkQuery, matchesQuery } from "./search.ts";

const DAY = 86_400;
const refuse = (field: string, code: string) => new Refusal(422, "validation_failed", "Validation failed", [{ field, code }]);

type Check = HealthCheck["check"];
const isOver = (ci: Stored) => ci.lifecycle === "retired" || ci.lifecycle === "disposed";
const isSilent = (ci: Stored) => !isOver(ci) && ci.observation.state === "silent";

/** What of an item fails; areas are made of these. */
const flaws: [Check, HealthCheck["area"], (ci: Stored) => boolean][] = [
  ["silent", "correctness", isSilent],
  ["orphan", "correctness", (ci) => !isOver(ci) && ci.class === "printer"],
  ["duplicate", "correctness", (ci) => ci.name.endsWith("7")],
  ["returned", "correctness", (ci) => isOver(ci) && ci.observation.state === "live"],
  ["required", "completeness", () => false],
  ["recommended", "completeness", (ci) => !isOver(ci) && !ci.attributes["serial_number"]],
  ["owner", "compliance", (ci) => !isOver(ci) && !ci.owner],
  ["criticality", "compliance", (ci) => !isOver(ci) && !ci.criticality],
  ["environment", "compliance", (ci) => !isOver(ci) && !ci.environment],
  ["refused", "compliance", (ci) => ci.findings.length > 0],
  ["unattested", "compliance", (ci) => !isOver(ci) && ci.criticality === 1],
];
const areas = ["correctness", "completeness", "compliance"] as const;

function tally(cis: readonly Stored[], fails: (ci: Stored) => boolean) {
  const failing = cis.filter(fails).length;
  return { judged: cis.length, failing, percent: cis.length === 0 ? null : Math.floor(((cis.length - failing) * 1000) / cis.length) / 10 };
}

const failsIn = (area: HealthCheck["area"]) => (ci: Stored) => flaws.some(([, of, fails]) => of === area && fails(ci));
const areasOf = (cis: readonly Stored[]) => areas.map((area) => ({ check: area, ...tally(cis, failsIn(area)) }));

function below(name: string): string[] {
  return [name, ...classes.filter((one) => one.parent === name).flatMap((one) => below(one.name))];
}

function matching(request: Request): Stored[] {
  const q = request.query.get("q");
  checkQuery(q);
  const wanted = request.query.getAll("class").flatMap(below);
  const organisations = request.query.getAll("organisation");
  return [...estate.cis.values()].filter((ci) => (wanted.length === 0 || wanted.includes(ci.class)) && (organisations.length === 0 || organisations.includes(ci.organisation.id)) && (!q || matchesQuery(ci, q)));
}

function health(request: Request): Answer {
  needs(request, "ci.read");
  const cis = matching(request);
  const check = (name: Check, area: HealthCheck["area"], fails: (ci: Stored) => boolean): HealthCheck => ({ check: name, area, is_area: name === area, ...tally(cis, fails), query: `health:${name}`, judged_query: `judged:${name}`, of_today: false });
  const unique = (values: readonly string[]) => [...new Set(values)].sort();
  const body: Health = {
    as_of: null,
    items: cis.length,
    checks: areas.flatMap((area) => [check(area, area, failsIn(area)), ...flaws.filter(([, of]) => of === area).map(([name, , fails]) => check(name, area, fails))]),
    attributes: [{ attribute: "serial_number", label: { en: "Serial number", ko: "일련번호" }, ...tally(cis, (ci) => !ci.attributes["serial_number"]), query: "missing:serial_number" }],
    classes: classes.map((one) => ({ one, own: cis.filter((ci) => below(one.name).includes(ci.class)) })).filter(({ own }) => own.length > 0).map(({ one, own }) => ({ class: one.name, items: own.length, areas: areasOf(own) })),
    teams: unique(cis.map((ci) => ci.support_team ?? "")).map((team) => ({ team: team || null, query: team ? `team:"${team}"` : "team:none", own: cis.filter((ci) => (ci.support_team ?? "") === team) })).map(({ own, ...rest }) => ({ ...rest, items: own.length, areas: areasOf(own) })),
    organisations: unique(cis.map((ci) => ci.organisation.id)).map((id) => cis.filter((ci) => ci.organisation.id === id)).map((own) => ({ id: own[0]?.organisation.id ?? "", name: own[0]?.organisation.name ?? "", items: own.length, areas: areasOf(own) })),
  };
  return { body };
}

const reference = (ci: Stored) => ({ id: ci.id, name: ci.name, class: ci.class });

/** Silent hosts take turns in what is likely of them. */
function silenceOf(ci: Stored): Silence | null {
  const hosts = [...estate.cis.values()].filter((one) => below("host").includes(one.class));
  const silent = hosts.filter(isSilent);
  const place = silent.indexOf(ci);
  if (place < 0) return null;
  const [first, second] = hosts.filter((one) => one.observation.state === "live");
  const since = ci.observation.last_seen ?? estate.ago(90_000_000);
  const nothing = { since, sightings: [], seen_by: 0, watchers: place % 2, moved: [], question: null };
  if (place % 4 === 0 && first) return { ...nothing, verdict: "agent_broken", seen_by: 7, watchers: 9, sightings: [{ by: reference(first), host: second ? reference(second) : null, at: estate.ago(240_000), ports: [443, 8443] }], remedies: [{ remedy: "restart_agent", command: "sudo systemctl restart terrier-agent" }] };
  if (place % 4 === 1 && second) return { ...nothing, verdict: "re_imaged", moved: [{ kind: "serial", value: "CZ20410A7B", to: reference(second), at: estate.ago(7_200_000) }], remedies: [{ remedy: "merge", command: null }, { remedy: "retire", command: null }] };
  if (place % 4 === 2) return { ...nothing, verdict: "not_judged", remedies: [{ remedy: "wait", command: null }] };
  return { ...nothing, verdict: "probably_gone", remedies: [{ remedy: "retire", command: null }] };
}

function ciOf(request: Request): Stored {
  const ci = estate.cis.get(request.params["id"] ?? "");
  if (!ci) throw new Refusal(404, "not_found", "No such CI");
  return ci;
}

function silences(request: Request): Answer {
  needs(request, "ci.read");
  const silent = matching(request).filter((ci) => isSilent(ci) && below("host").includes(ci.class));
  const items = silent.map((ci) => ({ ci, silence: silenceOf(ci) }));
  return { body: page(items, request.query) };
}

const policy = (id: number, shipped: string | null, name: string, query: string, action: Policy["action"], days: number, more: Partial<Policy> = {}): Policy => ({ id: `00000000-0000-7000-8000-00000000010${id}`, name, shipped_name: shipped, can_be_deleted: shipped === null, query, whole_query: `(${query})`, action, grace_s: days * DAY, renew_s: action === "attest" ? 365 * DAY : null, enabled: false, version: 1, waiting: 0, due: 0, done: 0, ...more });
let policies: Policy[] = [
  policy(1, "archive_retired", "Archive what was retired a year ago", "lifecycle:retired", "archive", 365),
  policy(2, "attest_critical", "Confirm critical items every year", "criticality:1,2", "attest", 30, { enabled: true, waiting: 3, due: 1 }),
  policy(3, "retire_endpoints", "Retire endpoints that nobody talks to", "class:external_endpoint health:orphan", "retire", 30),
  policy(4, "retire_silent", "Retire hosts silent for 90 days", "class:host stale:>90d", "retire", 14, { enabled: true, waiting: 12, done: 2 }),
];
const mayUndo = (reason: string | null): PolicyRun["allowed_actions"] => [{ action: "undo", allowed: reason === null, ...(reason ? { reason } : {}) }];
const runs: PolicyRun[] = [
  { id: "00000000-0000-7000-8000-000000000201", policy_id: policies[3]?.id ?? "", policy_name: "Retire hosts silent for 90 days", action: "retire", began_at: estate.ago(3_600_000), items: 41, undone_at: null, undone_by: null, allowed_actions: mayUndo(null) },
  { id: "00000000-0000-7000-8000-000000000202", policy_id: policies[3]?.id ?? "", policy_name: "Retire hosts silent for 90 days", action: "retire", began_at: estate.ago(90_000_000), items: 2, undone_at: estate.ago(80_000_000), undone_by: "김도현", allowed_actions: mayUndo("already_undone") },
  { id: "00000000-0000-7000-8000-000000000203", policy_id: "00000000-0000-7000-8000-000000000109", policy_name: "Forget what was disposed of", action: "delete", began_at: estate.ago(190_000_000), items: 7, undone_at: null, undone_by: null, allowed_actions: mayUndo("deleted_for_good") },
];

function checked(body: Partial<PolicyBody>): Partial<Policy> {
  if (body.name?.trim() === "") throw refuse("name", "required");
  if (body.query?.trim() === "") throw refuse("query", "required");
  if (body.query?.includes("hue:")) throw refuse("query", "unknown");
  if ((body.grace_s ?? 0) < (body.action === "delete" ? DAY : 0)) throw refuse("grace_s", "out_of_range");
  return body as Partial<Policy>;
}

function found(request: Request): Policy {
  const one = policies.find((known) => known.id === request.params["id"]);
  if (!one) throw new Refusal(404, "not_found", "No such policy");
  return one;
}

function create(request: Request): Answer {
  needs(request, "register.configure");
  const made = policy(policies.length + 1, null, "", "", "retire", 0, checked(request.body as Partial<PolicyBody>));
  policies = [...policies, made];
  return { status: 201, body: made, headers: { ETag: '"v1"' } };
}

function change(request: Request): Answer {
  needs(request, "register.configure");
  const one = found(request);
  Object.assign(one, checked(request.body as Partial<PolicyBody>), { version: one.version + 1 });
  return { body: one, headers: { ETag: `"v${one.version}"` } };
}

function remove(request: Request): Answer {
  needs(request, "register.configure");
  const one = found(request);
  policies = policies.filter((other) => other !== one);
  return { status: 204, body: null };
}

function preview(request: Request): Answer {
  needs(request, "ci.read");
  const body = checked(request.body as Partial<PolicyBody>);
  const query = body.query ?? "";
  return { body: { matching: [...estate.cis.values()].filter((ci) => matchesQuery(ci, query)).length, query: `(${query}) lifecycle:in_use` } };
}

function matches(request: Request): Answer {
  needs(request, "ci.read");
  found(request);
  const silent = [...estate.cis.values()].filter(isSilent);
  const states = ["waiting", "due", "done"] as const;
  const items = silent.map((ci, place) => ({ ci: reference(ci), since: estate.ago(86_400_000), due_at: estate.ago(-86_400_000 * place), state: states[place % 3] ?? "waiting", obstacle: place === 2 ? "another item has this value" : null }));
  return { body: page(items, request.query, false) };
}

function undo(request: Request): Answer {
  needs(request, "register.configure");
  const run = runs.find((one) => one.id === request.params["id"]);
  if (!run) throw new Refusal(404, "not_found", "No such run");
  if (!String(request.body["reason"] ?? "").trim()) throw refuse("reason", "required");
  Object.assign(run, { undone_at: new Date().toISOString(), undone_by: "김도현", allowed_actions: mayUndo("already_undone") });
  return { body: { run, restored: run.items - 1, left: [{ name: "web-p-001", why: "it is disposed by now" }] } };
}

const attested = new Map<string, { at: string; note: string | null }>();
const critical = () => [...estate.cis.values()].filter((ci) => ci.criticality === 1 && !isOver(ci) && !attested.has(ci.id)).slice(0, 12);
const attestPolicy = { id: policies[1]?.id ?? "", name: "Confirm critical items every year" };

function dueOf(request: Request, ci: Stored): DueAttestation {
  return { ci: reference(ci), owner: ci.owner, policy: attestPolicy, since: estate.ago(86_400_000 * 9), due_at: estate.ago(-86_400_000 * 21), may_attest: permissionsOf(request).includes("ci.write") };
}

function ofCi(request: Request): Answer {
  needs(request, "ci.read");
  const ci = ciOf(request);
  const done = attested.get(ci.id);
  const due = critical().includes(ci) ? [dueOf(request, ci)] : [];
  const past = done ? [{ policy: attestPolicy, at: done.at, by: "김도현", note: done.note, expires_at: estate.ago(-86_400_000 * 365) }] : [];
  return { body: { due, past, may_attest: permissionsOf(request).includes("ci.write") } };
}

function attest(request: Request): Answer {
  needs(request, "ci.write");
  attested.set(ciOf(request).id, { at: new Date().toISOString(), note: (request.body["note"] as string | undefined) ?? null });
  return ofCi(request);
}

function due(request: Request): Answer {
  needs(request, "ci.read");
  const mine = request.query.get("mine") === "true";
  const items = critical().map((ci) => dueOf(request, ci)).filter((one) => !mine || one.owner === "김도현");
  return { body: page(items, request.query, false) };
}

/** How good the register is, and what is done about it. */
export const healthRoutes: [string, (request: Request) => Answer][] = [
  ["GET /health", health],
  ["GET /silences", silences],
  ["GET /cis/{id}/silence", (r) => (needs(r, "ci.read"), { body: { silence: silenceOf(ciOf(r)) } })],
  ["GET /policies", (r) => (needs(r, "ci.read"), { body: { items: policies, may_change: permissionsOf(r).includes("register.configure") } })],
  ["POST /policies", create],
  ["POST /policies/preview", preview],
  ["PATCH /policies/{id}", change],
  ["DELETE /policies/{id}", remove],
  ["GET /policies/{id}/cis", matches],
  ["GET /policy-runs", (r) => (needs(r, "register.configure"), { body: { items: runs } })],
  ["POST /policy-runs/{id}/undo", undo],
  ["GET /attestations", due],
  ["GET /cis/{id}/attestations", ofCi],
  ["POST /cis/{id}/attestations", attest],
];
