import type { Organisation } from "../src/api/types";
import * as estate from "./estate.ts";
import { confirmed, needs } from "./guard.ts";
import { Refusal, type Answer, type Request } from "./http.ts";
import { seeded } from "./random.ts";

const random = seeded(29);

function found(request: Request): Organisation {
  const organisation = estate.organisations.find((one) => one.id === request.params["id"]);
  if (!organisation) throw new Refusal(404, "not_found", "No such organisation");
  return organisation;
}

function mayChange(request: Request) {
  needs(request, "organisation.manage");
  confirmed(request);
}

function checkName(name: unknown, parent: unknown, own?: Organisation) {
  const refuse = (code: string, limit?: number): never => {
    throw new Refusal(422, "validation_failed", "Validation failed", [{ field: "name", code, ...(limit ? { limit } : {}) }]);
  };
  const text = String(name ?? "").trim();
  if (!text) refuse("required");
  if (text.length > 100) refuse("too_long", 100);
  if (estate.organisations.some((one) => one !== own && one.name === text && one.parent_id === parent)) refuse("taken");
  return text;
}

function checkInterval(seconds: unknown, organisation: Organisation): number | null {
  if (seconds === undefined) return organisation.agent_interval_s ?? null;
  if (seconds === null) return null;
  const refuse = (limit: number): never => {
    throw new Refusal(422, "validation_failed", "Validation failed", [{ field: "agent_interval_s", code: "out_of_range", limit }]);
  };
  if (Number(seconds) < 60) refuse(60);
  if (Number(seconds) > 86_400) refuse(86_400);
  return Number(seconds);
}

/** What the nearest organisation above says, or else what is configured. */
function effective(id: string | null | undefined): number {
  const organisation = estate.organisations.find((one) => one.id === id);
  return organisation ? (organisation.agent_interval_s ?? effective(organisation.parent_id)) : 300;
}

const broken = (code: string) => new Refusal(422, "rule_violated", "Rule violated", [{ field: "", code }]);

function create(request: Request): Answer {
  mayChange(request);
  const { name, parent_id } = request.body as { name?: string; parent_id: string };
  const organisation: Organisation = { id: random.uuid(), name: checkName(name, parent_id), parent_id, version: 1, agent_interval_s: null, effective_agent_interval_s: effective(parent_id) };
  estate.organisations.push(organisation);
  return { status: 201, body: organisation, headers: { ETag: '"v1"' } };
}

function change(request: Request): Answer {
  mayChange(request);
  const organisation = found(request);
  if (request.headers["if-match"] !== `"v${organisation.version}"`) throw new Refusal(412, "stale", "The record has changed");
  const parent_id = (request.body["parent_id"] as string | undefined) ?? organisation.parent_id ?? null;
  if (isWithin(parent_id, organisation.id)) throw broken("cycle");
  const name = checkName(request.body["name"] ?? organisation.name, parent_id, organisation);
  const agent_interval_s = checkInterval(request.body["agent_interval_s"], organisation);
  Object.assign(organisation, { name, parent_id, agent_interval_s, version: organisation.version + 1 });
  for (const one of estate.organisations) one.effective_agent_interval_s = effective(one.id);
  return { body: organisation, headers: { ETag: `"v${organisation.version}"` } };
}

function isWithin(id: string | null, above: string): boolean {
  return id !== null && (id === above || isWithin(estate.organisations.find((one) => one.id === id)?.parent_id ?? null, above));
}

function remove(request: Request): Answer {
  mayChange(request);
  const { id, parent_id } = found(request);
  if (!parent_id) throw broken("root_organisation");
  const isUsed = [...estate.cis.values()].some((ci) => ci.organisation.id === id) || estate.organisations.some((one) => one.parent_id === id);
  if (isUsed) throw broken("not_empty");
  estate.organisations.splice(estate.organisations.findIndex((one) => one.id === id), 1);
  return { status: 204, body: null };
}

/** The tree of organisations. */
export const organisationRoutes: [string, (request: Request) => Answer][] = [
  ["GET /organisations", (r) => (needs(r, "organisation.read"), { body: { items: estate.organisations } })],
  ["GET /organisations/{id}", (r) => (needs(r, "organisation.read"), { body: found(r), headers: { ETag: `"v${found(r).version}"` } })],
  ["POST /organisations", create],
  ["PATCH /organisations/{id}", change],
  ["DELETE /organisations/{id}", remove],
];
