import type { Agent, AgentPage, AuditEntry, Ci, CiItem, EnrolmentToken, Organisation, Product, Relation, Token, User } from "../src/api/types";
import { classes } from "./classes.ts";
import { ago } from "./clock.ts";
import { newerSections } from "./inventory.ts";
import { seeded } from "./random.ts";

const random = seeded(20251122);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export { ago, startedAt } from "./clock.ts";

const interval = { agent_interval_s: null, effective_agent_interval_s: 300 };
const group: Organisation = { id: random.uuid(), name: "한빛그룹", parent_id: null, version: 1, ...interval };
export const organisations: Organisation[] = [
  group,
  { id: random.uuid(), name: "한빛카드", parent_id: group.id, version: 1, ...interval },
  { id: random.uuid(), name: "Hanbit Logistics", parent_id: group.id, version: 1, ...interval },
];
const owners = ["김도현", "이서연", "박지훈", "최민아", "정하늘", "Dana Whitfield", null];
const teams = ["플랫폼운영팀", "결제개발팀", "DBA", "네트워크팀", null];
const environments = ["production", "production", "production", "staging", "test", null];
const roles = ["web", "was", "db", "cache", "mq", "batch", "gw"] as const;
const areas = ["결제", "여신", "승인", "고객", "정산"];

/** Names nobody should be able to hurt the page with. */
export const hostileNames = [
  `"><img src=x onerror=alert(1)>`,
  "invoice\u202egnp.exe",
  `호스트-${"가나다라마바사아자차".repeat(30)}`,
  "<script>alert('x')</script>",
  `${"very-long-host-name-".repeat(15)}end`,
  "javascript:alert(document.domain)",
];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** A CI as the mock keeps it: the list's item and what only its page shows. */
export interface Stored extends Mutable<Ci> {}

const stored = new Map<string, Stored>();
export const relations: Relation[] = [];
export const relationOwner = new Map<string, string>();
export const agents: Agent[] = [];

const observationOf = (at: number): CiItem["observation"]["state"] => (at < 12 ? "live" : at < 14 ? "stale" : "silent");

function make(part: { class: string; name: string; parent?: CiItem["parent"]; attributes?: Record<string, unknown>; organisation?: { id: string; name: string }; observed?: boolean }): Stored {
  const age = random.int(400) * DAY;
  const state = part.observed === false ? ("unobserved" as const) : observationOf(random.int(15));
  const lastSeen = state === "live" ? random.int(5) * MINUTE : state === "stale" ? 30 * MINUTE + random.int(20) * HOUR : 3 * DAY + random.int(40) * DAY;
  const attributes = part.attributes ?? {};
  const seen = state === "unobserved" ? null : ago(lastSeen);
  const source: Ci["values"][number]["source"] = state === "unobserved" ? "person" : "agent";
  const ci = {
    id: random.uuid(),
    class: part.class,
    name: part.name,
    organisation: part.organisation ?? { id: organisations[0]?.id ?? "", name: organisations[0]?.name ?? "" },
    owner: random.pick(owners),
    support_team: random.pick(teams),
    criticality: random.pick([1, 2, 3, 3, 4, null]),
    environment: random.pick(environments),
    lifecycle: random.pick(["in_use", "in_use", "in_use", "in_use", "maintenance", "planned", "retired"] as const),
    observation: { state, first_seen: seen ? ago(age + 40 * DAY) : null, last_seen: seen },
    attributes,
    inherited: [] as string[],
    parent: part.parent ?? null,
    values: Object.entries(attributes).map(([name, value]) => ({
      attribute: name,
      value,
      source,
      since: ago(random.int(300) * DAY),
      said_by: { kind: source === "agent" ? "agent" : "user", id: random.uuid(), name: source === "agent" ? `agent@${part.name}` : "김도현" },
      shown: true,
      inherited_from: null,
    })),
    version: 1,
    agent: null,
    faults: [],
    sections: [],
    counts: { software: 0, relations: 0, listeners: 0 },
    findings: part.name.endsWith("-001") ? [{ attribute: "serial", source: "agent", value: "To be filled", since: ago(DAY), code: "no_match", detail: "does not match [A-Z0-9-]+", limit: null, refused: true } as const] : [],
    references: [],
    allowed_actions: [
      { action: "edit", allowed: true },
      { action: "reclassify", allowed: true },
      { action: "change_lifecycle", allowed: true },
      { action: "become_disposed", allowed: false, reason: "no_way_from_lifecycle" },
    ],
  };
  if (part.parent) inherit(ci, part.parent);
  stored.set(ci.id, ci);
  const model = classes.find((one) => one.name === part.class);
  if (model) model.count += 1;
  return ci;
}

/** What is under a host takes its owner over. */
function inherit(ci: Stored, host: NonNullable<CiItem["parent"]>) {
  ci.owner = stored.get(host.id)?.owner ?? null;
  if (!ci.owner) return;
  const said = { attribute: "owner", value: ci.owner, source: "inherited", since: ago(DAY), said_by: { kind: "system" as const, id: null, name: null }, shown: true, inherited_from: host };
  ci.values = [...ci.values, said];
  ci.inherited = ["owner"];
}

function relate(type: "runs_on" | "uses" | "stored_on", from: Stored, to: Stored, ports?: number[]) {
  const labels = {
    runs_on: [{ en: "runs on", ko: "실행 위치" }, { en: "hosts", ko: "실행 중" }],
    uses: [{ en: "uses", ko: "사용" }, { en: "used by", ko: "사용처" }],
    stored_on: [{ en: "stored on", ko: "저장 위치" }, { en: "stores", ko: "저장 대상" }],
  } as const;
  const [label, inverse] = labels[type];
  const declared = random.int(12) === 0;
  const confidence = declared ? 1 : 0.4 + random.next() * 0.6;
  const base = {
    type,
    type_label: label,
    inverse_label: inverse,
    origin: declared ? "declared" : type === "uses" ? "observed" : "derived",
    confidence: Math.round(confidence * 100) / 100,
    evidence:
      type === "uses" && !declared
        ? { samples: 20 + random.int(4000), first_seen: ago(random.int(90) * DAY + DAY), last_seen: ago(random.int(50) * HOUR), seen_by: random.pick([["source"], ["target"], ["source", "target"]]), ports: ports ?? [] }
        : null,
    valid_from: ago(random.int(200) * DAY),
    valid_to: null,
  };
  const ref = (ci: Stored) => ({ id: ci.id, name: ci.name, class: ci.class, host: ci.parent ? { id: ci.parent.id, name: ci.parent.name } : null });
  for (const [owner, other, direction] of [
    [from, to, "out"],
    [to, from, "in"],
  ] as const) {
    const relation = { ...base, id: random.uuid(), direction, other: ref(other) } as Relation;
    relations.push(relation);
    relationOwner.set(relation.id, owner.id);
    owner.counts = { ...owner.counts, relations: owner.counts.relations + 1 };
  }
}

const hostSections = ["identity", "os", "cpu", "memory", "storage", "network", "software", "services", "processes", "sockets", "connections"];

function host(index: number, name: string): Stored {
  const organisation = random.pick(organisations);
  const memory = random.pick([4, 8, 16, 32, 64, 128]) * 1024 ** 3;
  const [osName, osVersion] = random.pick([["Debian GNU/Linux 12 (bookworm)", "12.9"], ["Ubuntu 24.04.3 LTS", "24.04"], ["Rocky Linux 9.5", "9.5"], ["Red Hat Enterprise Linux 8.10", "8.10"]]);
  const ci = make({
    class: index % 5 === 0 ? "physical_server" : index % 7 === 0 ? "container_host" : "virtual_machine",
    name,
    organisation: { id: organisation.id, name: organisation.name },
    attributes: {
      hostname: name,
      fqdn: `${name}.hanbit.example`,
      os_name: osName,
      os_version: osVersion,
      kernel_release: "6.1.0-28-amd64",
      architecture: "x86_64",
      cpu_threads: random.pick([2, 4, 8, 16, 32]),
      memory_bytes: memory,
      serial: `SGH${100000 + index}`,
      addresses: [`10.${index % 200}.${random.int(250)}.${random.int(250)}`, `fd00:${index.toString(16)}::10`],
    },
  });
  ci.sections = hostSections.map((section) => ({ section, hash: random.uuid().replace(/-/g, ""), observed_at: ci.observation.last_seen ?? ago(0), received_at: ci.observation.last_seen ?? ago(0), state: index % 4 === 0 && section === "storage" ? "fault" : "present" })) as Stored["sections"];
  const seen = { observed_at: ci.observation.last_seen ?? ago(0), received_at: ci.observation.last_seen ?? ago(0) };
  ci.sections = [...ci.sections, ...newerSections(index).map((section) => ({ section, hash: section.padEnd(64, "0"), ...seen, state: "present" }))] as Stored["sections"];
  if (index % 8 === 4) neverRead(ci, "certificates", { cause: "permission_denied", detail: "/etc/ssl/private: permission denied" });
  if (index % 4 === 0) {
    ci.faults = [
      ...ci.faults,
      { section: "storage", cause: "permission_denied", detail: "/sys/block/sda/device/vpd_pg80: permission denied", since: ago(5 * HOUR) },
      { section: "processes", cause: "timed_out", detail: "collector used up its 2 s", since: ago(30 * MINUTE) },
    ] as Stored["faults"];
  }
  const presence = ci.observation.state === "live" ? "live" : ci.observation.state === "stale" ? "late" : "silent";
  const agent = newAgent(ci, presence, index);
  ci.agent = { id: agent.id, presence: agent.presence, clock_behind_s: agent.clock_behind_s };
  ci.counts = { software: 412, relations: 0, listeners: 9 };
  ci.values = [
    ...ci.values,
    { attribute: "serial", value: "SGH-스티커-0071", source: "import", since: ago(300 * DAY), said_by: { kind: "user", id: random.uuid(), name: "자산대장 2025-01" }, shown: false },
  ] as Stored["values"];
  return ci;
}

/** A section that could not be read since the agent is here: the server knows of its fault and nothing else. */
function neverRead(ci: Stored, section: string, why: { cause: string; detail: string }) {
  ci.sections = ci.sections.map((one) => (one.section === section ? { ...one, hash: null, observed_at: null, state: "fault" } : one)) as Stored["sections"];
  ci.faults = [...ci.faults, { section, ...why, since: ago(DAY) }] as Stored["faults"];
}

function newAgent(ci: Stored, presence: Agent["presence"], index: number): Agent {
  const state: Agent["state"] = index % 41 === 0 ? "pending" : index % 37 === 0 ? "revoked" : "active";
  const agent = {
    id: random.uuid(),
    hostname: ci.name,
    ci: { id: ci.id, name: ci.name, class: ci.class },
    organisation: ci.organisation,
    state,
    presence: state === "pending" ? "never" : presence,
    version: "0.1.0",
    enrolled_at: ago(random.int(200) * DAY),
    last_seen_at: state === "pending" ? null : ci.observation.last_seen,
    interval_s: 300,
    certificate_expires_at: ago(-30 * DAY),
    generation: 1 + random.int(3),
    address: `10.0.${index % 250}.${random.int(250)}`,
    faults: ci.faults.length,
    pending_reports: index % 50 === 0 ? 12 : 0,
    dropped_reports: index % 100 === 0 ? 3 : 0,
    clock_behind_s: index % 40 === 0 ? 3 * 3600 : null,
    copy_of: null,
    contenders: [],
    allowed_actions: agentActions(state),
  };
  agents.push(agent);
  return agent;
}

/** Copies of the last of them: two that were found out, one of which waits for approval by now. */
function copyAgents() {
  const original = agents.find((agent) => agent.state === "active" && agent.presence === "live");
  if (!original) return;
  const heard = (standing: "copy" | "waiting", address: string, minutes: number) => ({ standing, address, booted_at: ago(6 * HOUR), first_heard_at: ago(2 * HOUR), last_heard_at: ago(minutes * MINUTE) });
  original.contenders = [heard("copy", "10.0.77.12", 4), heard("waiting", "10.0.77.13", 9)];
  agents.push({ ...original, id: random.uuid(), ci: null, state: "pending", presence: "never", generation: 0, last_seen_at: null, certificate_expires_at: null, copy_of: { id: original.id, hostname: original.hostname }, contenders: [], allowed_actions: agentActions("pending") });
}

export function agentActions(state: string): Agent["allowed_actions"] {
  return [
    { action: "approve", allowed: state === "pending", reason: state === "pending" ? null : "not_pending" },
    { action: "revoke", allowed: state !== "revoked", reason: state === "revoked" ? "already_revoked" : null },
  ] as Agent["allowed_actions"];
}

const software: Record<(typeof roles)[number], [string, string, number[]]> = {
  web: ["web_server", "nginx", [80, 443]],
  was: ["application_server", "tomcat", [8080]],
  db: ["database_instance", "postgresql", [5432]],
  cache: ["cache", "redis", [6379]],
  mq: ["message_broker", "rabbitmq", [5672]],
  batch: ["generic_process", "batch-runner", [9000]],
  gw: ["web_server", "haproxy", [443]],
};

function build() {
  const byRole = new Map<string, Stored[]>();
  for (let index = 0; index < 420; index += 1) {
    const role = roles[index % roles.length] as (typeof roles)[number];
    const name = hostileNames[index - 100] ?? (index % 29 === 0 ? `${random.pick(areas)}-${role}-${index}` : `${role}-p-${String(index).padStart(3, "0")}`);
    const machine = host(index, name);
    const [className, product, ports] = software[role];
    const parent = { id: machine.id, name: machine.name, class: machine.class };
    const running = make({ class: className, name: `${product}@${machine.name}`, parent, organisation: machine.organisation, attributes: { version: `1.${random.int(30)}.${random.int(9)}`, unit: `${product}.service`, executable: `/usr/sbin/${product}`, ports, tier: random.pick(["front", "back"]) } });
    byRole.set(role, [...(byRole.get(role) ?? []), running]);
    relate("runs_on", running, machine);
    for (const [mount, size] of [["/", 40], ["/var", 120], ["/srv/데이터", 900]] as const) {
      const fs = make({ class: "filesystem", name: `${mount} @ ${machine.name}`, parent, organisation: machine.organisation, attributes: { mount_point: mount, kind: "ext4", size_bytes: size * 1024 ** 3 } });
      if (mount === "/") relate("stored_on", running, fs);
    }
    make({ class: "network_interface", name: `eth0 @ ${machine.name}`, parent, organisation: machine.organisation });
  }
  link(byRole);
  for (const name of ["결제승인", "인터넷뱅킹", "모바일뱅킹", "여신 심사", "정산 배치"]) make({ class: "business_service", name, observed: false, attributes: { availability_target: 99.95, description: "업무 서비스" } });
  for (const name of ["203.0.113.7:443", "apt.hanbit.example", "198.51.100.20:25"]) make({ class: "external_endpoint", name });
}

function link(byRole: Map<string, Stored[]>) {
  const at = (role: string, index: number) => byRole.get(role)?.[index % (byRole.get(role)?.length ?? 1)] as Stored;
  for (let index = 0; index < 60; index += 1) {
    relate("uses", at("web", index), at("was", index), [8080]);
    relate("uses", at("was", index), at("db", index % 6), [5432]);
    relate("uses", at("was", index), at("cache", index % 9), [6379]);
    relate("uses", at("batch", index), at("db", index % 6), [5432]);
    relate("uses", at("gw", index % 4), at("web", index), [443]);
  }
}

build();

export const cis = stored;

export const products: Product[] = Array.from({ length: 640 }, (_, index) => {
  const named = ["openssl", "nginx", "postgresql-16", "redis-server", "bash", "coreutils", "libc6", "systemd", "openssh-server", "curl", "한글-글꼴", `"><b>hostile</b>`][index];
  return {
    id: index + 1,
    ecosystem: index % 5 === 4 ? "rpm" : "deb",
    name: named ?? `lib${random.pick(["ssl", "xml", "json", "gtk", "curl", "av", "png", "usb"])}-${random.pick(["dev", "common", "data", "bin", "perl"])}${index}`,
    vendor: random.pick(["Debian", "Ubuntu Developers", "Rocky Enterprise Software Foundation", null]),
    hosts: 1 + random.int(420),
    versions: 1 + random.int(6),
  };
}).sort((a, b) => a.name.localeCompare(b.name));

const grant = (role: string, at = 0) => ({ role, organisation: { id: organisations[at]?.id ?? "", name: organisations[at]?.name ?? "" } });

export const users: User[] = (
  [
    ["admin", "김도현", [grant("administrator")], true],
    ["seoyeon", "이서연", [grant("operator"), grant("asset_manager", 1)], true],
    ["jihun.park", "박지훈", [grant("viewer", 1)], true],
    ["mina", "최민아 (결제서비스 오너)", [grant("auditor")], false],
    ["dana", "Dana Whitfield", [grant("security_admin", 2)], true],
  ] as const
).map(([login, display_name, grants, enabled], index) => ({
  id: random.uuid(),
  login,
  display_name,
  language: login === "dana" ? "en" : "ko",
  enabled,
  grants: [...grants],
  created_at: ago((300 - index * 20) * DAY),
  last_login_at: index === 2 ? null : ago(index * 7 * HOUR + 3 * MINUTE),
  version: 1,
  allowed_actions: [
    { action: "edit", allowed: true },
    { action: "disable", allowed: enabled && index > 0, reason: index === 0 ? "own_account" : enabled ? null : "already_disabled" },
    { action: "enable", allowed: !enabled, reason: enabled ? "already_enabled" : null },
    { action: "reset_password", allowed: index > 0, reason: index === 0 ? "own_account" : null },
  ],
}));

export const tokens: Token[] = [
  { id: random.uuid(), name: "야간 CSV 보고서", scopes: ["ci.read", "software.read"], created_at: ago(40 * DAY), expires_at: ago(-50 * DAY), last_used_at: ago(3 * HOUR), revoked_at: null },
  { id: random.uuid(), name: "ansible-inventory", scopes: ["ci.read"], created_at: ago(100 * DAY), expires_at: ago(10 * DAY), last_used_at: ago(11 * DAY), revoked_at: null },
];

export const enrolmentTokens: EnrolmentToken[] = (["usable", "used_up", "expired", "revoked"] as const).map((state, index) => ({
  id: random.uuid(),
  name: ["서울 IDC 신규 랙", "부산 DR", null, "test"][index] ?? null,
  organisation: { id: organisations[0]?.id ?? "", name: organisations[0]?.name ?? "" },
  mode: index % 2 ? "approve" : "auto",
  uses_left: state === "usable" ? 17 : 0,
  uses: 20,
  expires_at: ago(state === "expired" ? 2 * DAY : -HOUR),
  cidrs: index === 0 ? ["10.0.0.0/8"] : [],
  created_at: ago(index * DAY + HOUR),
  created_by: { id: users[0]?.id ?? "", display_name: "김도현" },
  revoked_at: state === "revoked" ? ago(HOUR) : null,
  state,
}));

export const audit: AuditEntry[] = Array.from({ length: 260 }, (_, index) => {
  const ci = [...stored.values()][random.int(stored.size)] as Stored;
  const [action, kind, name] = random.pick([
    ["ci.edited", "ci", ci.name],
    ["ci.lifecycle_changed", "ci", ci.name],
    ["session.created", "user", "seoyeon"],
    ["agent.approved", "agent", ci.name],
    ["enrolment_token.created", "enrolment_token", "서울 IDC 신규 랙"],
    ["user.changed", "user", "jihun.park"],
  ] as const);
  return {
    seq: 260 - index,
    at: ago(index * 47 * MINUTE),
    actor: random.pick([
      { kind: "user", id: random.uuid(), name: random.pick(["김도현", "이서연", "박지훈"]) },
      { kind: "agent", id: random.uuid(), name: ci.name },
      { kind: "system", id: null, name: "system" },
    ]),
    action,
    object: { kind, id: kind === "ci" ? ci.id : random.uuid(), name },
    details: action === "ci.edited" ? { owner: { before: "김도현", after: "이서연" }, note: `"><img src=x onerror=alert(1)>` } : {},
    request_id: random.uuid(),
    address: "10.0.3.17",
    hash: random.uuid().replace(/-/g, "") + random.uuid().replace(/-/g, ""),
  };
});

/** A silence of the fleet that is not the hosts' own. */
export const silences: AgentPage["silences"] = [
  {
    id: random.uuid(),
    organisation: { id: organisations[2]?.id ?? "", name: organisations[2]?.name ?? "" },
    why: "many_at_once",
    since: ago(40 * MINUTE),
    noticed_at: ago(28 * MINUTE),
    agents: 1240,
    most: 1187,
    missing: 312,
    held_until: ago(-20 * MINUTE),
  },
];

copyAgents();
