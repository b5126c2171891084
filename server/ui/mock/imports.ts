import type { ImportItem, ImportReport, ImportSummary, InventoryToken, TableMapping } from "../src/api/types";
import * as estate from "./estate.ts";
import { needs } from "./guard.ts";
import { Refusal, page, type Answer, type Request } from "./http.ts";

const user = estate.users[0] as (typeof estate.users)[number];
const maker = { id: user.id, display_name: user.display_name };
const organisation = { id: "0193b5a0-0000-7000-8000-000000000001", name: "Terrier" };

function item(at: number): ImportItem {
  const outcomes = ["created", "changed", "unchanged"] as const;
  const outcome = outcomes[at % outcomes.length] ?? "created";
  const ci = [...estate.cis.values()][at];
  return {
    reporter: `pc-${at}-2026-11-01-08-00-00`,
    name: `pc-${at}`,
    class: "workstation",
    ci_id: outcome === "created" ? null : (ci?.id ?? null),
    outcome,
    reason: outcome === "changed" ? "the same device by maker and serial number" : null,
    own_agent: at === 2,
    created_under: outcome === "created" ? { filesystem: 3, monitor: 2, network_interface: 2 } : {},
    gone: at === 1 ? 1 : 0,
    values: at === 1 ? 4 : 0,
    installed: outcome === "created" ? 812 : 0,
    removed: 0,
    relations: 0,
    taken: { softwares: 812, drives: 3, networks: 4, monitors: 2 },
    not_taken: [
      { path: "networks[0]", name: "lo", count: 1, reason: "loopback" },
      { path: "drives[].free", count: 3, reason: "volatile" },
      { path: "users", count: 2, reason: "personal" },
      { path: "controllers", count: 25, reason: "no_place" },
    ],
  };
}

function report(items: ImportItem[], of: ImportSummary | null, dryRun: boolean): ImportReport {
  const count = (outcome: ImportItem["outcome"]) => items.filter((one) => one.outcome === outcome).length;
  return { dry_run: dryRun, import: of, format: "ocs_xml", totals: { items: items.length, created: count("created"), changed: count("changed"), unchanged: count("unchanged"), not_taken: items.length * 31 }, items };
}

const imports: ImportSummary[] = Array.from({ length: 6 }, (_, at) => ({
  id: `0193b5a0-0000-7000-8000-00000000010${at}`,
  organisation,
  created_at: estate.ago(at * 86_400_000),
  created_by: maker,
  format: at % 2 === 0 ? "ocs_xml" : "glpi_json",
  file_name: at === 3 ? "아주 긴 이름을 가진 인벤토리 파일 2026-11-26 서울 본사 3층 회의실.json" : `pc-${at}.xml`,
  size_bytes: 56_244 * (at + 1),
  totals: { items: 1, created: at === 5 ? 1 : 0, changed: at % 2, unchanged: 0, not_taken: 31 },
}));

let tokens: InventoryToken[] = [
  { id: "0193b5a0-0000-7000-8000-000000000201", name: "서울 본사", organisation, cidrs: ["10.20.0.0/16"], created_at: estate.ago(9 * 86_400_000), created_by: maker, revoked_at: null, last_used_at: estate.ago(300_000), last_used_from: "10.20.4.7" },
  { id: "0193b5a0-0000-7000-8000-000000000202", name: "pilot", organisation, cidrs: [], created_at: estate.ago(30 * 86_400_000), created_by: null, revoked_at: estate.ago(86_400_000), last_used_at: null, last_used_from: null },
];

function create(request: Request): Answer {
  needs(request, "ci.write");
  if ((request.query.get("file_name") ?? "").includes("bad")) throw new Refusal(422, "validation_failed", "Validation failed", [{ field: "file", code: "malformed", detail: "request/content/softwares: it ends in the middle of this element" }]);
  const items = [item(0), item(1), item(2)];
  if (request.query.get("dry_run") === "true") return { body: report(items, null, true) };
  return { status: 201, body: report(items, imports[0] as ImportSummary, false) };
}

function get(request: Request): Answer {
  needs(request, "ci.read");
  const found = imports.find((one) => one.id === request.params["id"]);
  if (!found) throw new Refusal(404, "not_found", "No such import");
  return { body: report([item(1)], found, false) };
}

let mappings: { id: string; name: string; mapping: TableMapping }[] = [{ id: "0193b5a0-0000-7000-8000-000000000301", name: "장비 대장", mapping: { class: "physical_server", source: "import", columns: [{ column: "자산번호", to: ["key"] }] } }];

const headings = ["자산번호", "Name", "Serial number", "Rack", "비고"];

const relationTypes = [
  { name: "located_in", label: { en: "located in", ko: "위치" } },
  { name: "runs_on", label: { en: "runs on", ko: "실행 위치" } },
];

function inspectTable(request: Request): Answer {
  needs(request, "ci.write");
  const proposal: TableMapping = {
    columns: [
      { column: "자산번호", to: ["key"] },
      { column: "Name", to: ["name"] },
      { column: "Serial number", to: ["serial_number"] },
    ],
  };
  const sample = [
    ["A-1", "web-1", "S1", "rack-1", "교체 예정"],
    ["A-2", "web-2", "S2", "rack-1", null],
    ["A-3", "아주 긴 이름을 가진 서버 seoul-hq-3f-meeting-room-web-frontend-03.example.com", "S3", "rack-9", ""],
  ];
  return { body: { format: "csv", encoding: "euc-kr", separator: ";", headings, sample, rows: 3, proposal, relation_types: relationTypes } };
}

function importTable(request: Request): Answer {
  needs(request, "ci.write");
  const row = (at: number): ImportItem => ({ ...item(0), reporter: String(at + 2), line: at + 2, name: `web-${at + 1}`, class: "physical_server", ci_id: null, outcome: at === 2 ? "refused" : "created", created_under: {}, installed: 0, not_taken: [], errors: at === 2 ? [{ field: "Serial number", code: "taken", detail: "another item has this value" }] : [] });
  const items = [row(0), row(1), row(2)];
  const dryRun = request.query.get("dry_run") === "true";
  const of = imports[0] as ImportSummary;
  const body = { ...report(items, dryRun ? null : of, dryRun), format: "csv" };
  return { status: dryRun ? 200 : 201, body: { ...body, totals: { items: 3, created: 2, changed: 0, unchanged: 0, not_taken: 1 } } };
}

function keepMapping(request: Request): Answer {
  needs(request, "ci.write");
  const { name, mapping } = request.body as { name: string; mapping: TableMapping };
  const kept = { id: mappings.find((one) => one.name === name)?.id ?? crypto.randomUUID(), name, mapping };
  mappings = [...mappings.filter((one) => one.name !== name), kept];
  return { body: kept };
}

function forgetMapping(request: Request): Answer {
  needs(request, "ci.write");
  mappings = mappings.filter((one) => one.id !== request.params["id"]);
  return { status: 204, body: null };
}

function createToken(request: Request): Answer {
  needs(request, "enrolment.manage");
  const { name, cidrs } = request.body as { name: string; cidrs: string[] };
  if (!name) throw new Refusal(422, "validation_failed", "Validation failed", [{ field: "name", code: "required" }]);
  const token: InventoryToken = { id: crypto.randomUUID(), name, organisation, cidrs, created_at: estate.ago(0), created_by: maker, revoked_at: null, last_used_at: null, last_used_from: null };
  tokens = [token, ...tokens];
  return { status: 201, body: { ...token, secret: `ter_inv_${"0".repeat(32)}_${"a".repeat(64)}` } };
}

function revoke(request: Request): Answer {
  needs(request, "enrolment.manage");
  tokens = tokens.map((one) => (one.id === request.params["id"] ? { ...one, revoked_at: estate.ago(0) } : one));
  return { status: 204, body: null };
}

/** What the page of imports asks for. */
export const importRoutes: [string, (request: Request) => Answer][] = [
  ["GET /imports", (request) => (needs(request, "ci.read"), { body: page(imports, request.query, false) })],
  ["POST /imports", create],
  ["POST /imports/tables", importTable],
  ["POST /imports/tables/inspect", inspectTable],
  ["GET /import-mappings", (request) => (needs(request, "ci.write"), { body: { items: mappings } })],
  ["POST /import-mappings", keepMapping],
  ["DELETE /import-mappings/{id}", forgetMapping],
  ["GET /imports/{id}", get],
  ["GET /inventory-tokens", (request) => (needs(request, "enrolment.manage"), { body: { ...page(tokens, request.query, false), url: "https://terrier.example:9443/inventory/fusioninventory" } })],
  ["POST /inventory-tokens", createToken],
  ["DELETE /inventory-tokens/{id}", revoke],
];
