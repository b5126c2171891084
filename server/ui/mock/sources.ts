import type { Account, Source, SourceOrder, SourcePreview } from "../src/api/types";
import { classes } from "./classes.ts";
import * as estate from "./estate.ts";
import type { Stored } from "./estate.ts";
import { needs, permissionsOf } from "./guard.ts";
import { Refusal, type Answer, type Request } from "./http.ts";

const HOUR = 3_600;
const source = (name: string, kind: Source["kind"], en: string, ko: string, hours: number | null): Source => ({
  name,
  kind,
  label: { en, ko },
  enabled: true,
  stale_after_s: hours === null ? null : hours * HOUR,
  can_be_disabled: kind !== "agent" && kind !== "person",
  can_go_stale: kind !== "person" && kind !== "inherited",
  can_be_ordered: kind !== "inherited",
  version: 1,
});

const sources: Source[] = [
  source("agent", "agent", "Agent", "에이전트", 24),
  source("glpi_inventory", "inventory", "GLPI inventory", "GLPI 인벤토리", 168),
  source("import", "import", "Import", "가져오기", 2_160),
  source("inherited", "inherited", "Inherited", "상속", null),
  source("netbox", "integration", "NetBox", "NetBox", 720),
  source("ocs_inventory", "inventory", "OCS inventory", "OCS 인벤토리", 168),
  source("person", "person", "Person", "사람", null),
];
const measured = ["agent", "glpi_inventory", "ocs_inventory", "person", "netbox", "import"];
const decided = ["person", "import", "netbox", "agent", "glpi_inventory", "ocs_inventory"];
const common = ["name", "owner", "support_team", "criticality", "environment", "lifecycle"];
const orders: SourceOrder[] = [{ class: "ci", attribute: null, sources: measured, can_be_removed: false }, ...common.map((attribute) => ({ class: "ci", attribute, sources: decided, can_be_removed: true }))];

interface Pinned {
  value: unknown;
  reason: string;
  expires_at: string | null;
  source: string | null;
}
const pins = new Map<string, Pinned>();

const refuse = (field: string, code: string) => new Refusal(422, "validation_failed", "Validation failed", [{ field, code }]);

function found(request: Request): Stored {
  const ci = estate.cis.get(request.params["id"] ?? "");
  if (!ci) throw new Refusal(404, "not_found", "No such CI");
  return ci;
}

function orderOf(attribute: string): SourceOrder {
  return orders.find((one) => one.attribute === attribute) ?? (orders[0] as SourceOrder);
}

function accountOf(request: Request, ci: Stored, attribute: string): Account {
  const order = orderOf(attribute);
  const pin = pins.get(`${ci.id}/${attribute}`);
  const pinned = pin ? [{ attribute, source: "pin", value: pin.value, since: estate.ago(60_000), said_by: { kind: "user" as const, id: null, name: "김하늘" }, shown: true, inherited_from: null }] : [];
  const rank = (name: string) => (name === "pin" ? -1 : name === "inherited" ? order.sources.length : order.sources.indexOf(name));
  const said = [...pinned, ...ci.values.filter((one) => one.attribute === attribute)].sort((a, b) => rank(a.source) - rank(b.source));
  const allowed = permissionsOf(request).includes("ci.write");
  const action = (name: string, reason: string | null) => ({ action: name, allowed: allowed && !reason, ...(allowed && !reason ? {} : { reason: allowed ? reason : "needs_permission" }) });
  return {
    attribute,
    rule: said.length === 0 ? null : pin ? "pinned" : said[0]?.source === "inherited" ? "inherited" : said.length > 1 ? "first" : "only",
    ambiguous: false,
    order: { class: order.class, attribute: order.attribute ?? null, sources: order.sources },
    pin: pin ? { expires_at: pin.expires_at, reason: pin.reason, source: pin.source } : null,
    statements: said.map((one, place) => ({ source: one.source, value: one.value, since: one.since, confirmed_at: one.source === "agent" ? estate.ago(120_000) : one.since, stale_since: null, said_by: one.said_by, reason: null, shown: place === 0, enabled: true, inherited_from: one.inherited_from ?? null })),
    allowed_actions: [action("pin", attribute === "lifecycle" ? "moves_along_its_life" : null), action("unpin", pin ? null : "not_pinned"), action("withdraw", said.some((one) => one.source === "person") ? null : "not_said_by_a_person")],
  };
}

function values(request: Request): Answer {
  needs(request, "ci.read");
  const ci = found(request);
  const own = classes.find((one) => one.name === ci.class)?.attributes.map((one) => one.name) ?? [];
  const names = new Set([...ci.values.map((one) => one.attribute), ...[...pins.keys()].filter((key) => key.startsWith(ci.id)).map((key) => key.slice(ci.id.length + 1)), ...common, ...own]);
  return { body: { items: [...names].map((name) => accountOf(request, ci, name)), version: ci.version } };
}

function pin(request: Request): Answer {
  needs(request, "ci.write");
  const ci = found(request);
  const body = request.body as { attribute: string; source?: string; value?: unknown; reason: string; expires_at?: string | null };
  if (!body.reason.trim()) throw refuse("reason", "required");
  const said = ci.values.find((one) => one.attribute === body.attribute && one.source === body.source);
  const value = body.source ? said?.value : body.value;
  if (value === undefined || value === "") throw refuse("value", "required");
  const expires = body.expires_at === undefined ? estate.ago(-90 * 86_400_000) : body.expires_at;
  pins.set(`${ci.id}/${body.attribute}`, { value, reason: body.reason, expires_at: expires, source: body.source ?? null });
  ci.version += 1;
  return { body: ci, headers: { ETag: `"v${ci.version}"` } };
}

function unpin(request: Request): Answer {
  needs(request, "ci.write");
  const ci = found(request);
  pins.delete(`${ci.id}/${request.params["attribute"]}`);
  ci.version += 1;
  return { body: ci, headers: { ETag: `"v${ci.version}"` } };
}

const preview = (changed: number): SourcePreview => ({
  changed,
  examples: [...estate.cis.values()].slice(0, Math.min(changed, 2)).map((ci) => ({
    ci: { id: ci.id, name: ci.name, class: ci.class },
    attribute: "os_name",
    before: { source: "agent", value: "Debian GNU/Linux" },
    after: { source: "glpi_inventory", value: "Debian" },
  })),
});

function setOrder(request: Request): Answer {
  needs(request, "register.configure");
  const body = request.body as { class: string; attribute?: string; sources: string[]; dry_run?: boolean };
  if (!body.dry_run) {
    const there = orders.find((one) => one.class === body.class && (one.attribute ?? undefined) === body.attribute);
    if (there) there.sources = body.sources;
    else orders.push({ class: body.class, attribute: body.attribute ?? null, sources: body.sources, can_be_removed: true });
  }
  return { body: preview(37) };
}

function resetOrder(request: Request): Answer {
  needs(request, "register.configure");
  const [name, attribute] = [request.query.get("class"), request.query.get("attribute")];
  const place = orders.findIndex((one) => one.class === name && (one.attribute ?? null) === attribute);
  if (place < 0) throw new Refusal(404, "not_found", "No such order");
  const order = orders[place] as SourceOrder;
  if (order.class === "ci") order.sources = decided;
  else orders.splice(place, 1);
  return { body: preview(0) };
}

function addSource(request: Request): Answer {
  needs(request, "register.configure");
  const { name, kind, label, stale_after_s } = request.body as Pick<Source, "name" | "kind" | "label" | "stale_after_s">;
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(name)) throw refuse("name", "invalid");
  if (sources.some((one) => one.name === name)) throw refuse("name", "taken");
  if (!label.en) throw refuse("label.en", "required");
  if (!label.ko) throw refuse("label.ko", "required");
  const added = { ...source(name, kind, label.en, label.ko, null), stale_after_s: stale_after_s ?? null };
  sources.push(added);
  return { status: 201, body: added, headers: { ETag: '"v1"' } };
}

function changeSource(request: Request): Answer {
  needs(request, "register.configure");
  const one = sources.find((known) => known.name === request.params["name"]);
  if (!one) throw new Refusal(404, "not_found", "No such source");
  const { dry_run: dryRun, ...change } = request.body as Partial<Source> & { dry_run?: boolean };
  if (!dryRun) Object.assign(one, change, { version: one.version + 1 });
  return { body: { source: one, preview: preview(12) }, headers: { ETag: `"v${one.version}"` } };
}

function drop(request: Request): Answer {
  needs(request, "register.configure");
  if (request.query.get("dry_run") !== "true" && !request.query.get("reason")) throw refuse("reason", "required");
  return { body: { statements: 1_204, items: 86, preview: preview(41) } };
}

/** Sources, their orders, and who says what. */
export const sourceRoutes: [string, (request: Request) => Answer][] = [
  ["GET /sources", (r) => (needs(r, "ci.read"), { body: { items: sources } })],
  ["POST /sources", addSource],
  ["PATCH /sources/{name}", changeSource],
  ["DELETE /sources/{name}/statements", drop],
  ["GET /source-orders", (r) => (needs(r, "ci.read"), { body: { items: orders } })],
  ["PUT /source-orders", setOrder],
  ["DELETE /source-orders", resetOrder],
  ["GET /cis/{id}/values", values],
  ["POST /cis/{id}/pins", pin],
  ["DELETE /cis/{id}/pins/{attribute}", unpin],
];
