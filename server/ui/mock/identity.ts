import type { Explanation, Judgement, Merge, Proposal, ReporterList, Rule, RuleBody, SharedIdentifier, WaitingAgent } from "../src/api/identity";
import { classes } from "./classes.ts";
import * as estate from "./estate.ts";
import type { Stored } from "./estate.ts";
import { needs, permissionsOf } from "./guard.ts";
import { Refusal, page, type Answer, type Request } from "./http.ts";
import { partOf, merges } from "./merges.ts";
import { seeded } from "./random.ts";

const random = seeded(41);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const lacking = (request: Request, permission: string) => (permissionsOf(request).includes(permission) ? null : "needs_permission");
const invalid = (field: string, code: string, limit?: number) => new Refusal(422, "validation_failed", "Validation failed", [{ field, code, ...(limit ? { limit } : {}) }]);
const tag = (version: number) => ({ ETag: `"v${version}"` });

function checkVersion(request: Request, { version }: { version: number }) {
  const sent = request.headers["if-match"];
  if (!sent) throw new Refusal(428, "precondition_required", "If-Match missing");
  if (sent !== `"v${version}"`) throw new Refusal(412, "stale", "The record has changed", [], tag(version));
}

const named = (name: string): Stored => {
  const ci = [...estate.cis.values()].find((one) => one.name === name && classes.find((model) => model.name === one.class)?.parent === "host");
  if (!ci) throw new Error(`the mock has no host ${name}`);
  return ci;
};

/** A second item of a host that is there, made later, that differs from it in `attributes`. */
function twin(original: Stored, name: string, attributes: Record<string, unknown>): Stored {
  const all = { ...original.attributes, hostname: name, fqdn: `${name}.hanbit.example`, ...attributes };
  const own = (values: Stored["values"]) => values.filter((one) => one.source === "agent").map((one) => ({ ...one, value: all[one.attribute as keyof typeof all] ?? one.value }));
  const ci: Stored = { ...original, id: random.uuid(), name, owner: null, support_team: null, attributes: all, values: own(original.values) as Stored["values"], observation: { ...original.observation, first_seen: estate.ago(2 * DAY), last_seen: estate.ago(3 * MINUTE), state: "live" }, agent: null, faults: [], sections: [], version: 1 } as Stored;
  estate.cis.set(ci.id, ci);
  return ci;
}

interface Question {
  older: Stored;
  newer: Stored;
  rule: Proposal["rule"];
  veto: string | null;
  evidence: Proposal["evidence"];
}

const line = (kind: string, older: string[], newer: string[]): Proposal["evidence"][number] => ({ kind, older, newer, finding: older.length === 0 || newer.length === 0 ? "one_sided" : older.some((one) => newer.includes(one)) ? "agrees" : "differs" });
const macs = (at: number, count: number) => Array.from({ length: count }, (_, nth) => `3c:ec:ef:${at.toString(16).padStart(2, "0")}:0${nth}:7a`);

function question(name: string, twinName: string, at: number): Question {
  const older = named(name);
  const newer = twin(older, twinName, at % 3 === 1 ? { os_version: "12.10", cpu_threads: 6 } : { kernel_release: "6.1.0-31-amd64", memory_bytes: 64 * 1024 ** 3 });
  const serial = String(older.attributes["serial"]);
  return {
    older,
    newer,
    ...(at % 3 === 0 ? { rule: { en: "Machine id and host name", ko: "머신 ID와 호스트 이름" }, veto: null } : at % 3 === 1 ? { rule: { en: "Maker and serial number", ko: "제조사와 일련번호" }, veto: "contradicted" } : { rule: { en: "All hardware addresses and the host name", ko: "모든 하드웨어 주소와 호스트 이름" }, veto: null }),
    evidence: [
      line("serial", at % 3 === 1 ? [serial] : [], [at % 3 === 1 ? serial : String(newer.attributes["serial"])]),
      line("machine_id", ["2f1d6f0b7a1c4c55a3c1f1a2b3c4d5e6"], at % 3 === 1 ? ["90aa10e2f1c74e0ab5540c1df3d10b1e"] : ["2f1d6f0b7a1c4c55a3c1f1a2b3c4d5e6"]),
      line("product_uuid", ["4c4c4544-0034-5810-8033-b4c04f4d3533"], []),
      line("mac", macs(at, 3), at % 3 === 1 ? macs(at + 90, 2) : [...macs(at, 2), "52:54:00:12:34:56"]),
      line("hostname", [older.name], [at % 3 === 1 ? newer.name : older.name]),
      line("address", older.attributes["addresses"] as string[], newer.attributes["addresses"] as string[]),
    ],
  };
}

const questions = [question("db-p-009", "db-p-009-new", 0), question("web-p-014", "web-p-014b", 1), question("cache-p-010", "cache-p-010-reinstalled-after-the-board-was-swapped", 2), question("mq-p-011", "mq-p-011-restored", 3), question("was-p-015", "was-p-015-b", 4), question("gw-p-013", "gw-p-013-clone", 5), question("batch-p-012", "batch-p-012-old", 6)];

const proposals: (Omit<Proposal, "allowed_actions" | "merged" | "newer" | "older"> & { sides: Question })[] = questions.map(({ rule, veto, evidence, ...sides }, at) => ({
  id: random.uuid(),
  state: at === 5 ? "same" : at === 6 ? "different" : "open",
  rule,
  veto,
  evidence,
  sides: { rule, veto, evidence, ...sides },
  created_at: estate.ago((at + 1) * 7 * HOUR),
  decided_at: at > 4 ? estate.ago(3 * HOUR) : null,
  decided_by: at > 4 ? "이서연" : null,
  note: at === 6 ? "랙에서 직접 확인: 다른 장비" : null,
  version: at > 4 ? 2 : 1,
}));

const [, , , , , answered] = questions;
if (answered) merges.push({ id: random.uuid(), merged: answered.newer.id, survivor: answered.older.id, at: estate.ago(3 * HOUR), by: "이서연", reason: "보드 교체 뒤 재설치", undone_at: null, undone_by: null, undo_reason: null });

const isOne = ({ older, newer }: Question) => partOf(older.id) === partOf(newer.id);
const side = ({ id, name, class: kind }: Stored) => ({ id, name, class: kind });

function proposalView(proposal: (typeof proposals)[number], request: Request): Proposal {
  const { sides, ...rest } = proposal;
  const merged = isOne(sides);
  const reason = lacking(request, "ci.write") ?? (merged ? "already_one" : null);
  return { ...rest, newer: side(sides.newer), older: side(sides.older), merged, allowed_actions: ["answer_same", "answer_different"].map((action) => ({ action, allowed: reason === null, reason })) };
}

function foundProposal(request: Request) {
  const proposal = proposals.find((one) => one.id === request.params["id"]);
  if (!proposal) throw new Refusal(404, "not_found", "No such question");
  return proposal;
}

function listProposals(request: Request): Answer {
  needs(request, "ci.read");
  const state = request.query.get("state");
  const items = proposals.filter((one) => !state || one.state === state).map((one) => proposalView(one, request));
  return { body: { ...page(items, request.query, false), open: proposals.filter((one) => one.state === "open").length } };
}

function answerProposal(request: Request): Answer {
  needs(request, "ci.write");
  const proposal = foundProposal(request);
  checkVersion(request, proposal);
  const { state, survivor, note } = request.body as { state: string; survivor?: string; note?: string };
  const { older, newer } = proposal.sides;
  if (state === "same" && older.organisation.id !== newer.organisation.id) throw invalid("state", "conflict");
  const told = { decided_at: new Date().toISOString(), decided_by: "김도현", note: note ?? null };
  Object.assign(proposal, { state, version: proposal.version + 1, ...(state === "open" ? { decided_at: null, decided_by: null, note: null } : told) });
  if (state === "same") {
    const [stays, goes] = survivor === "newer" ? [newer, older] : [older, newer];
    merges.unshift({ id: random.uuid(), merged: goes.id, survivor: stays.id, at: told.decided_at, by: told.decided_by, reason: told.note, undone_at: null, undone_by: null, undo_reason: null });
  }
  return { body: proposalView(proposal, request), headers: tag(proposal.version) };
}

/** Somebody else answers: what a test asks for to see a conflict. */
function answeredByOther(request: Request): Answer {
  const proposal = foundProposal(request);
  Object.assign(proposal, { state: "different", version: proposal.version + 1, decided_at: new Date().toISOString(), decided_by: "이서연", note: null });
  return { status: 204, body: null };
}

const reference = (id: string) => {
  const ci = estate.cis.get(id);
  return { id, name: ci?.name ?? "?", class: ci?.class ?? "host" };
};
const mergeView = (merge: (typeof merges)[number]): Merge => ({ ...merge, merged: reference(merge.merged), survivor: reference(merge.survivor) });

function mergesOf(id: string): Merge[] {
  const end = partOf(id);
  return merges.filter((one) => partOf(one.survivor) === end || one.survivor === id).map(mergeView);
}

function merge(request: Request): Answer {
  needs(request, "ci.write");
  const { with: other, reason } = request.body as { with: string; reason?: string };
  const [survivor, merged] = [estate.cis.get(partOf(request.params["id"] ?? "")), estate.cis.get(partOf(other))];
  if (!survivor || !merged) throw new Refusal(404, "not_found", "No such CI");
  if (survivor === merged || survivor.organisation.id !== merged.organisation.id || survivor.parent || merged.parent) throw invalid("with", "invalid");
  if (survivor.lifecycle === "retired" || survivor.lifecycle === "disposed") throw invalid("with", "conflict");
  merges.unshift({ id: random.uuid(), merged: merged.id, survivor: survivor.id, at: new Date().toISOString(), by: "김도현", reason: reason ?? null, undone_at: null, undone_by: null, undo_reason: null });
  return { body: { items: mergesOf(survivor.id) } };
}

function undo(request: Request): Answer {
  needs(request, "ci.write");
  const found = merges.find((one) => one.id === request.params["id"]);
  if (!found) throw new Refusal(404, "not_found", "No such merge");
  if (found.undone_at) throw invalid("id", "conflict");
  Object.assign(found, { undone_at: new Date().toISOString(), undone_by: "김도현", undo_reason: (request.body["reason"] as string | undefined) ?? null });
  return { body: mergeView(found) };
}

const shipped: [string, string, string, string, string[], string[], string][] = [
  ["host", "cloud_instance", "Cloud instance id", "클라우드 인스턴스 ID", ["cloud_instance"], ["retired", "live"], "match"],
  ["host", "tpm_key", "TPM key", "TPM 키", ["tpm_key"], ["retired", "live", "contradicted"], "match"],
  ["host", "maker_and_serial", "Maker and serial number", "제조사와 일련번호", ["maker_and_serial"], ["retired", "live", "contradicted"], "match"],
  ["host", "machine_id_and_uuid", "Machine id and firmware UUID", "머신 ID와 펌웨어 UUID", ["machine_id", "product_uuid"], ["retired", "live"], "match"],
  ["host", "uuid_and_mac", "Firmware UUID and a hardware address", "펌웨어 UUID와 하드웨어 주소", ["product_uuid", "any_mac"], ["retired", "live", "other_serial"], "match"],
  ["host", "machine_id_and_mac", "Machine id and a hardware address", "머신 ID와 하드웨어 주소", ["machine_id", "any_mac"], ["retired", "live", "other_serial", "other_product_uuid"], "match"],
  ["host", "macs_and_hostname", "All hardware addresses and the host name", "모든 하드웨어 주소와 호스트 이름", ["all_macs", "hostname"], ["retired", "live", "other_serial"], "propose"],
  ["host", "machine_id_and_hostname", "Machine id and host name", "머신 ID와 호스트 이름", ["machine_id", "hostname"], ["retired", "live", "other_serial", "other_product_uuid"], "propose"],
  ["physical_server", "", "Serial number of the asset register", "자산대장의 일련번호", ["serial"], ["retired"], "propose"],
];
let rules: Rule[] = shipped.map(([kind, name, en, ko, own, vetoes, outcome], at) => ({ id: random.uuid(), class: kind, label: { en, ko }, needs: own, vetoes, outcome, enabled: at !== 4, shipped: name !== "", version: 1 }));
const needWords = ["cloud_instance", "maker_and_serial", "serial", "machine_id", "product_uuid", "any_mac", "all_macs", "hostname", "fqdn", "any_address"];
const vetoWords = ["retired", "live", "contradicted", "other_serial", "other_machine_id", "other_product_uuid", "other_macs"];

function ruleList(request: Request, items: Rule[]): Answer {
  const reason = lacking(request, "register.configure");
  return { body: { items, needs: needWords, vetoes: vetoWords, allowed_actions: [{ action: "edit", allowed: reason === null, reason }] } };
}

function checkRule({ label, needs: own, vetoes, outcome }: RuleBody) {
  for (const language of ["en", "ko"] as const) {
    if (!label[language].trim()) throw invalid(`label.${language}`, "required");
    if (label[language].length > 200) throw invalid(`label.${language}`, "too_long", 200);
  }
  if (!own.some((need) => !["hostname", "fqdn", "any_address"].includes(need))) throw invalid("needs", "invalid");
  if (outcome === "match" && own.join() === "any_mac") throw invalid("needs", "invalid");
  if (outcome === "match" && !["retired", "live"].every((veto) => vetoes.includes(veto))) throw invalid("vetoes", "invalid");
}

function foundRule(request: Request): Rule {
  const rule = rules.find((one) => one.id === request.params["id"]);
  if (!rule) throw new Refusal(404, "not_found", "No such rule");
  return rule;
}

function addRule(request: Request): Answer {
  needs(request, "register.configure");
  const body = request.body as unknown as RuleBody & { class: string };
  checkRule(body);
  if (!classes.some((one) => one.name === body.class)) throw invalid("class", "unknown");
  const rule: Rule = { ...body, id: random.uuid(), shipped: false, version: 1 };
  const last = rules.map((one) => one.class).lastIndexOf(body.class);
  rules.splice(last < 0 ? rules.length : last + 1, 0, rule);
  return { status: 201, body: rule, headers: tag(1) };
}

function changeRule(request: Request): Answer {
  needs(request, "register.configure");
  const rule = foundRule(request);
  checkVersion(request, rule);
  const body = request.body as unknown as RuleBody;
  checkRule(body);
  Object.assign(rule, body, { version: rule.version + 1 });
  return { body: rule, headers: tag(rule.version) };
}

function deleteRule(request: Request): Answer {
  needs(request, "register.configure");
  const rule = foundRule(request);
  checkVersion(request, rule);
  if (rule.shipped) throw new Refusal(409, "conflict", "A shipped rule can be switched off, not deleted");
  rules = rules.filter((one) => one !== rule);
  return { status: 204, body: null };
}

function orderRules(request: Request): Answer {
  needs(request, "register.configure");
  const { class: kind, order } = request.body as { class: string; order: string[] };
  const own = rules.filter((one) => one.class === kind);
  if (own.length !== order.length || !own.every((one) => order.includes(one.id))) throw invalid("order", "invalid");
  const sorted = [...own].sort((one, other) => order.indexOf(one.id) - order.indexOf(other.id));
  rules = rules.map((one) => (one.class === kind ? (sorted.shift() as Rule) : one));
  return ruleList(request, rules.filter((one) => one.class === kind));
}

const [group, card] = estate.organisations;
const shared: SharedIdentifier[] = (
  [
    ["serial", "VMware-42 1f 00 00 00 00 00 00-00 00 00 00 00 00 00 00", false, 4, null],
    ["product_uuid", "03000200-0400-0500-0006-000700080009", false, 23, null],
    ["machine_id", "d41d8cd98f00b204e9800998ecf8427e", false, 3, null],
    ["mac", "02:42:ac:11:00:02", false, 118, null],
    ["serial", "HANBIT-GOLD-0001", true, 0, "김도현"],
    ["mac", "00:00:5e:00:01:33", false, 0, "이서연 (네트워크팀)"],
  ] as const
).map(([kind, value, trusted, seen_on, decided_by], at) => ({ kind, value, trusted, seen_on, decided_by, organisation_id: (at % 2 ? card : group)?.id ?? "", at: estate.ago(at * 31 * HOUR + 9 * MINUTE) }));

function judge(request: Request): Answer {
  needs(request, "register.configure");
  const body = request.body as unknown as Judgement;
  const value = body.value.trim();
  if (["", "0", "none", "default string", "to be filled by o.e.m."].includes(value.toLowerCase())) throw invalid("value", "invalid");
  const before = shared.findIndex((one) => one.kind === body.kind && one.value === value && one.organisation_id === body.organisation_id);
  if (before >= 0) shared.splice(before, 1);
  shared.unshift({ ...body, value, at: new Date().toISOString(), seen_on: 0, decided_by: "김도현" });
  return { status: 204, body: null };
}

const waiting: WaitingAgent[] = ["db-p-023", "web-p-028"].map((name, at) => {
  const ci = named(name);
  return { agent_id: random.uuid(), hostname: name, organisation_id: ci.organisation.id, ci: side(ci), rule: { en: "Machine id and firmware UUID", ko: "머신 ID와 펌웨어 UUID" }, since: estate.ago((2 - at) * 3 * MINUTE), until: estate.ago(-(4 + at) * MINUTE) };
});

/** By the host name: `db-…` is there, `copy…` waits, anything else is new. */
function explain(request: Request): Answer {
  needs(request, "ci.read");
  const sections = (request.body["sections"] ?? {}) as { identity?: { hostname?: string } | string };
  if (typeof sections.identity === "string") throw new Refusal(422, "validation_failed", "Validation failed", [{ field: "sections.identity", code: "invalid", detail: "section identity: invalid type: string, expected struct Identity" } as never]);
  if ("software" in sections) throw new Refusal(413, "payload_too_large", "More than the server takes at once");
  const hostname = sections.identity?.hostname ?? "unknown";
  const verdict = hostname.startsWith("db-") ? "existing" : hostname.startsWith("copy") ? "wait" : "new";
  const [ci, other, third] = [named("db-p-009"), named("web-p-014"), named("was-p-015")].map(side) as [Candidate, Candidate, Candidate];
  const detail = "told in English";
  const own = rules.filter((one) => one.class === "host");
  const deciding = verdict === "new" ? -1 : own.findIndex((one) => one.needs.join() === "machine_id,product_uuid");
  const trace = own.map((rule, at): Explanation["trace"][number] => {
    const asked = rule.enabled && (deciding < 0 || at <= deciding);
    const steps = !asked
      ? []
      : at === deciding
        ? [{ candidate: ci, finding: verdict === "wait" ? "waits" : "decides", veto: null, detail }, { candidate: third, finding: "no_match", veto: null, detail }]
        : at === 0
          ? [{ candidate: null, finding: "no_evidence", veto: null, detail }]
          : at === 1
            ? [{ candidate: other, finding: "vetoed", veto: "contradicted", detail }, { candidate: third, finding: "no_match", veto: null, detail }, { candidate: ci, finding: "no_match", veto: null, detail }]
            : [{ candidate: third, finding: rule.outcome === "propose" ? "proposed" : "no_match", veto: null, detail }];
    return { rule: rule.label, needs: rule.needs, outcome: rule.outcome, asked, steps };
  });
  const decided = own[deciding];
  const body: Explanation = {
    verdict,
    ci: verdict === "new" ? null : ci,
    rule: decided?.label ?? null,
    until: verdict === "wait" ? estate.ago(-6 * MINUTE) : null,
    class: "virtual_machine",
    evidence: { serial: ["CZJ9510B2T"], machine_id: ["2f1d6f0b7a1c4c55a3c1f1a2b3c4d5e6"], mac: macs(0, 2), hostname: [hostname], address: ["10.4.17.9", "fd00:9::10"] },
    left_out: [{ kind: "product_uuid", value: "03000200-0400-0500-0006-000700080009" }],
    trace,
  };
  return { body };
}

type Candidate = NonNullable<Explanation["ci"]>;

type Reporter = ReporterList["reporters"][number];
type Split = ReporterList["splits"][number];
interface StoredSplit extends Omit<Split, "merged" | "allowed_actions"> {
  moved: Reporter;
}
const splits: StoredSplit[] = [];
const parted = new Map<string, string>();

/** Every host with an agent is known to an inventory, too. */
function reportersOf(id: string): Reporter[] {
  const ci = estate.cis.get(id);
  const may = (reason: string | null) => [{ action: "split", allowed: reason === null, ...(reason ? { reason } : {}) }];
  const agents = ci?.agent ? [{ id: ci.agent.id, kind: "agent", source: "agent", name: ci.name, first_reported_at: ci.observation.first_seen, last_reported_at: ci.observation.last_seen, allowed_actions: may(null) }] : [];
  const device = { id: `${id.slice(0, -4)}de0e`, kind: "device", source: "glpi_inventory", name: `${ci?.name ?? "?"}-2024-03-01-10-20-30`, first_reported_at: ci?.observation.first_seen ?? null, last_reported_at: ci?.observation.last_seen ?? null, allowed_actions: may(null) };
  const all = [...agents, ...(agents.length > 0 ? [device] : [])];
  const here = all.filter((one) => !parted.has(one.id) || partOf(parted.get(one.id) ?? "") === id);
  const came = splits.filter((one) => one.separate.id === id).map((one) => ({ ...one.moved, allowed_actions: may("only_reporter") }));
  return [...here, ...came];
}

function reporterList(id: string): ReporterList {
  const about = splits.filter((one) => [one.original.id, one.separate.id].some((side) => partOf(side) === id));
  const view = ({ moved: _, ...one }: StoredSplit): Split => {
    const merged = partOf(one.separate.id) === partOf(one.original.id);
    return { ...one, merged, allowed_actions: [{ action: "undo", allowed: !merged, ...(merged ? { reason: "already_one" } : {}) }] };
  };
  return { reporters: reportersOf(id), splits: about.map(view) };
}

function split(request: Request): Answer {
  needs(request, "ci.write");
  const { reporter, reason } = request.body as { reporter: string; reason?: string };
  const id = partOf(request.params["id"] ?? "");
  const [original, moved] = [estate.cis.get(id), reportersOf(id).find((one) => one.id === reporter)];
  if (!original) throw new Refusal(404, "not_found", "No such CI");
  if (!moved) throw invalid("reporter", "unknown");
  const separate = { ...original, id: random.uuid(), agent: moved.kind === "agent" ? original.agent : null };
  estate.cis.set(separate.id, separate);
  parted.set(moved.id, separate.id);
  splits.unshift({ id: random.uuid(), original: reference(id), separate: reference(separate.id), source: moved.source, reporter: moved.name, at: new Date().toISOString(), by: "김도현", reason: reason ?? null, moved });
  return { body: reporterList(separate.id).splits[0] };
}

function undoSplit(request: Request): Answer {
  needs(request, "ci.write");
  const found = splits.find((one) => one.id === request.params["id"]);
  if (!found) throw new Refusal(404, "not_found", "No such split");
  if (partOf(found.separate.id) === partOf(found.original.id)) throw invalid("id", "conflict");
  merges.unshift({ id: random.uuid(), merged: found.separate.id, survivor: found.original.id, at: new Date().toISOString(), by: "김도현", reason: (request.body["reason"] as string | undefined) ?? null, undone_at: null, undone_by: null, undo_reason: null });
  return { body: reporterList(found.original.id).splits.find((one) => one.id === found.id) };
}

/** Who is who: questions, merges, splits, rules, identifiers, and what a report would be taken for. */
export const identityRoutes: [string, (request: Request) => Answer][] = [
  ["GET /proposals", listProposals],
  ["GET /proposals/{id}", (r) => (needs(r, "ci.read"), { body: proposalView(foundProposal(r), r), headers: tag(foundProposal(r).version) })],
  ["POST /proposals/{id}/answer", answerProposal],
  ["POST /mock/proposals/{id}/answered-by-other", answeredByOther],
  ["GET /cis/{id}/merges", (r) => (needs(r, "ci.read"), { body: { items: mergesOf(r.params["id"] ?? "") } })],
  ["POST /cis/{id}/merge", merge],
  ["POST /merges/{id}/undo", undo],
  ["GET /cis/{id}/reporters", (r) => (needs(r, "ci.read"), { body: reporterList(partOf(r.params["id"] ?? "")) })],
  ["POST /cis/{id}/split", split],
  ["POST /splits/{id}/undo", undoSplit],
  ["GET /identification/rules", (r) => (needs(r, "ci.read"), ruleList(r, rules))],
  ["POST /identification/rules", addRule],
  ["PUT /identification/rules/order", orderRules],
  ["PUT /identification/rules/{id}", changeRule],
  ["DELETE /identification/rules/{id}", deleteRule],
  ["GET /identification/shared-identifiers", (r) => (needs(r, "ci.read"), { body: { items: shared } })],
  ["POST /identification/shared-identifiers", judge],
  ["GET /identification/waiting", (r) => (needs(r, "agent.read"), { body: { items: waiting } })],
  ["POST /identification/explain", explain],
];
