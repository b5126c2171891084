import type { Acceptance, Baseline, BaselineFilter, ChangeReport, Differences, ItemChange } from "../src/api/types";
import * as estate from "./estate.ts";
import type { Stored } from "./estate.ts";
import { needs, permissionsOf } from "./guard.ts";
import { Refusal, page, type Answer, type Request } from "./http.ts";
import { seeded } from "./random.ts";

const random = seeded(13);
const DAY = 86_400_000;

interface Kept {
  baseline: Omit<Baseline, "may_change">;
  acceptances: Acceptance[];
  /** What was accepted: CI and topic. */
  accepted: Map<string, Set<string>>;
}

const kept: Kept[] = [
  { baseline: baseline("After the change window of March", { class: ["host"], environment: ["production"] }, 8, "Golden state after CHG-0041"), acceptances: [], accepted: new Map() },
  { baseline: baseline("점검 직후 데이터베이스", { class: ["database_instance"] }, 3, null), acceptances: [], accepted: new Map() },
];

function baseline(name: string, filter: BaselineFilter | null, days: number, note: string | null): Kept["baseline"] {
  const at = estate.ago(days * DAY);
  return { id: random.uuid(), name, note, organisation_id: estate.organisations[0]?.id ?? "", filter: filter as Baseline["filter"], taken_at: at, members: 42, created_by: "김도현", created_at: at, version: 1 };
}

const refuse = (field: string, code: string) => new Refusal(422, "validation_failed", "Validation failed", [{ field, code }]);
const seen = (request: Request, one: Kept): Baseline => ({ ...one.baseline, may_change: permissionsOf(request).includes("ci.write") });

function found(request: Request): Kept {
  needs(request, "ci.read");
  const one = kept.find(({ baseline }) => baseline.id === request.params["id"]);
  if (!one) throw new Refusal(404, "not_found", "No such baseline");
  return one;
}

const CHANGES = ["changed", "changed", "changed", "entered", "left", "created", "changed", "gone"] as const;

function differencesOf(place: number): Differences {
  return {
    attributes: [
      { attribute: "os_version", before: "12.8", after: "12.9" },
      ...(place % 3 === 0 ? [{ attribute: "owner", before: "김도현", after: "이서연" }] : []),
      ...(place % 5 === 0 ? [{ attribute: "lifecycle", before: "in_stock", after: "in_use" }] : []),
    ],
    relations: place % 4 === 0 ? [{ change: "added", type: "depends_on", direction: "out", other: reference([...estate.cis.values()][1] as Stored) }] : [],
    software: place % 2 === 0 ? [{ product_id: 1, name: "openssl", architecture: "amd64", before: ["3.0.14-1~deb12u2"], after: ["3.0.15-1~deb12u1"] }, { product_id: 2, name: "curl", architecture: "amd64", before: [], after: ["7.88.1-10+deb12u8"] }] : [],
  };
}

const reference = ({ id, name, class: kind }: Stored) => ({ id, name, class: kind });

function changeOf(ci: Stored, place: number): ItemChange {
  const change = CHANGES[place % CHANGES.length] ?? "changed";
  const differences = change === "changed" || change === "left" ? differencesOf(place) : { attributes: [], relations: [], software: [] };
  const topics = [
    ...(change === "changed" ? [] : ["membership"]),
    ...differences.attributes.map((one) => `attribute.${one.attribute}`),
    ...(differences.relations.length > 0 ? ["relations"] : []),
    ...(differences.software.length > 0 ? ["software"] : []),
  ];
  return { ci: reference(ci), change, topics, differences, truncated: place === 4 };
}

function count(names: readonly string[]): { name: string; cis: number }[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, cis]) => ({ name, cis }));
}

function report(items: ItemChange[], from: string, to: string, query: URLSearchParams): ChangeReport {
  const [change, topic, kind] = [query.get("change"), query.get("topic"), query.get("class")];
  const shown = items.filter((one) => (!change || one.change === change) && (!topic || one.topics.includes(topic)) && (!kind || one.ci.class === kind));
  const { items: listed, next_cursor } = page(shown, query);
  const totals = { cis: items.length, changes: count(items.map((one) => one.change)), classes: count(items.map((one) => one.ci.class)), topics: count(items.flatMap((one) => one.topics)) };
  return { from, to, items: listed, next_cursor, total: shown.length, totals, filter_fault: null };
}

function drift(request: Request): Answer {
  const one = found(request);
  const wanted = one.baseline.filter?.class?.[0] ?? "host";
  const cis = [...estate.cis.values()].filter((ci) => ci.class === wanted || wanted === "host").slice(0, 40);
  const left = cis.map(changeOf).flatMap((item) => {
    const accepted = one.accepted.get(item.ci.id) ?? new Set();
    const topics = item.topics.filter((topic) => !accepted.has(topic));
    return topics.length > 0 ? [{ ...item, topics }] : [];
  });
  return { body: report(left, one.baseline.taken_at, request.query.get("as_of") ?? estate.ago(0), request.query) };
}

function take(request: Request): Answer {
  needs(request, "ci.write");
  const body = request.body as { name: string; note?: string; filter?: BaselineFilter; as_of?: string };
  if (!body.name.trim()) throw refuse("name", "required");
  if (kept.some(({ baseline: { name } }) => name === body.name)) throw refuse("name", "taken");
  const one = { baseline: baseline(body.name, body.filter ?? null, 0, body.note ?? null), acceptances: [], accepted: new Map() };
  kept.push(one);
  return { status: 201, body: seen(request, one), headers: { ETag: '"v1"' } };
}

function change(request: Request): Answer {
  needs(request, "ci.write");
  const one = found(request);
  const body = request.body as { name?: string; note?: string };
  if (body.name?.trim() === "") throw refuse("name", "required");
  one.baseline = { ...one.baseline, ...body, version: one.baseline.version + 1 };
  return { body: seen(request, one), headers: { ETag: `"v${one.baseline.version}"` } };
}

function accept(request: Request): Answer {
  needs(request, "ci.write");
  const one = found(request);
  const body = request.body as { reason: string; as_of?: string; items?: { ci_id: string; topic?: string }[] };
  if (!body.reason.trim()) throw refuse("reason", "required");
  const all = (drift({ ...request, query: new URLSearchParams({ limit: "200" }) }).body as ChangeReport).items;
  const wanted = all.flatMap((item) => item.topics.map((topic) => ({ id: item.ci.id, topic }))).filter(({ id, topic }) => !body.items || body.items.some((asked) => asked.ci_id === id && (!asked.topic || asked.topic === topic)));
  if (wanted.length === 0) throw refuse("items", "unknown");
  for (const { id, topic } of wanted) one.accepted.set(id, new Set([...(one.accepted.get(id) ?? []), topic]));
  const topics = count(wanted.map(({ topic }) => topic)).map(({ name, cis }) => ({ topic: name, cis }));
  const made: Acceptance = { id: random.uuid(), as_of: body.as_of ?? estate.ago(0), reason: body.reason, accepted_by: "김도현", accepted_at: estate.ago(0), undone_by: null, undone_at: null, undo_reason: null, topics };
  one.acceptances.unshift(made);
  return { status: 201, body: made };
}

function undo(request: Request): Answer {
  needs(request, "ci.write");
  const one = found(request);
  const acceptance = one.acceptances.find(({ id }) => id === request.params["acceptance"]);
  if (!acceptance) throw new Refusal(404, "not_found", "No such acceptance");
  Object.assign(acceptance, { undone_by: "김도현", undone_at: estate.ago(0), undo_reason: (request.body["reason"] as string | undefined) ?? null });
  one.accepted.clear();
  return { body: acceptance };
}

function remove(request: Request): Answer {
  needs(request, "ci.write");
  kept.splice(kept.indexOf(found(request)), 1);
  return { status: 204, body: null };
}

function moments(request: Request): Answer {
  needs(request, "ci.read");
  if (!estate.cis.has(request.params["id"] ?? "")) throw new Refusal(404, "not_found", "No such CI");
  const at = Array.from({ length: 33 }, (_, place) => estate.ago((32 - place) * 9 * 3_600_000 + 60_000));
  return { body: { created_at: at[0], moments: at, truncated: false } };
}

function compare(request: Request): Answer {
  needs(request, "ci.read");
  return { body: { from: request.query.get("from"), to: request.query.get("to") ?? estate.ago(0), ...differencesOf(0) } };
}

/** Baselines, and what changed of whatever `find` finds. */
export const baselineRoutes = (find: (query: URLSearchParams) => Stored[]): [string, (request: Request) => Answer][] => [
  ["GET /cis/changes", (r) => (needs(r, "ci.read"), { body: report(find(new URLSearchParams([...r.query].filter(([name]) => name !== "sort"))).slice(0, 60).map(changeOf), r.query.get("from") ?? "", r.query.get("to") ?? estate.ago(0), new URLSearchParams([...r.query].filter(([name]) => name !== "class"))) })],
  ["GET /cis/{id}/moments", moments],
  ["GET /cis/{id}/compare", compare],
  ["GET /baselines", (r) => (needs(r, "ci.read"), { body: { items: kept.map((one) => seen(r, one)) } })],
  ["POST /baselines", take],
  ["GET /baselines/{id}", (r) => ({ body: seen(r, found(r)), headers: { ETag: `"v${found(r).baseline.version}"` } })],
  ["PATCH /baselines/{id}", change],
  ["DELETE /baselines/{id}", remove],
  ["GET /baselines/{id}/drift", drift],
  ["GET /baselines/{id}/acceptances", (r) => ({ body: { items: found(r).acceptances } })],
  ["POST /baselines/{id}/acceptances", accept],
  ["POST /baselines/{id}/acceptances/{acceptance}/undo", undo],
];
