import type { Body } from "../src/api/types";
import type { SavedSearch, SearchAnswer, SearchHit, SearchSuggestions, TextPart } from "../src/api/types";
import { classes } from "./classes.ts";
import * as estate from "./estate.ts";
import type { Stored } from "./estate.ts";
import { needs } from "./guard.ts";
import { Refusal, type Answer, type Request } from "./http.ts";

const NAMES = ["class", "name", "owner", "team", "env", "criticality", "lifecycle", "observation", "org", "seen", "stale", "serial", "mac", "ip", "host", "os", "software", "group"];

const saved: SavedSearch[] = [
  { id: "0197a000-0000-7000-8000-000000000001", name: "운영 DB", query: "class:host env:production db", shared: true, organisation_id: estate.organisations[0]?.id ?? "", owner: { id: "1", name: "김도현" }, may_change: true, version: 1, created_at: estate.ago(86_400_000) },
];

function parts(text: string, needle: string): TextPart[] {
  const at = needle ? text.toLowerCase().indexOf(needle) : -1;
  if (at < 0) return [{ text, matched: false }];
  const found = [
    { text: text.slice(0, at), matched: false },
    { text: text.slice(at, at + needle.length), matched: true },
    { text: text.slice(at + needle.length), matched: false },
  ];
  return found.filter((part) => part.text);
}

const fault = (query: string) => {
  const unknown = /(?:^|\s)-?([a-z]+):/g;
  for (const match of query.matchAll(unknown)) {
    const name = match[1] ?? "";
    if (!NAMES.includes(name)) return { column: (match.index ?? 0) + (match[0].startsWith(" ") ? 2 : 1), code: "unknown", detail: `there is no filter \`${name}\``, allowed: NAMES };
  }
  return null;
};

/** The part of a mock's query language that the estate is narrowed by: texts, `class:` and `env:`. */
export function matchesQuery(ci: Stored, query: string): boolean {
  const below = (name: string): string[] => [name, ...classes.filter((one) => one.parent === name).flatMap((one) => below(one.name))];
  const text = `${ci.name} ${JSON.stringify(ci.attributes)}`.toLowerCase();
  return query.split(/\s+/).every((word) => {
    const [name, value = ""] = word.split(":", 2);
    if (word.includes(":") && name === "class") return value.split(",").flatMap(below).includes(ci.class);
    if (word.includes(":") && name === "env") return value.split(",").includes(ci.environment ?? "none");
    return word === "" || (word.includes(":") ? true : text.includes(word.toLowerCase().replace(/"/g, "")));
  });
}

export function checkQuery(query: string | null) {
  const wrong = fault(query ?? "");
  if (wrong) throw new Refusal(422, "validation_failed", "Validation failed", [{ field: "q", code: wrong.code }]);
}

function search(request: Request): Answer {
  const q = request.query.get("q") ?? "";
  checkQuery(q);
  const word = q.split(/\s+/).find((one) => !one.includes(":")) ?? "";
  const needle = word.toLowerCase();
  const hit = (id: string, name: string, kind: string, within: string | null = null): SearchHit => ({ id, name: parts(name, needle), class: kind, within, reason: needle ? { rank: name.toLowerCase().startsWith(needle) ? "prefix" : "part", field: "name", text: parts(name, needle) } : null });
  const cis = [...estate.cis.values()].filter((ci) => matchesQuery(ci, q));
  const groups: SearchAnswer["groups"] = [{ kind: "ci", items: cis.slice(0, 8).map((ci) => hit(ci.id, ci.name, ci.class, ci.parent?.name ?? null)), more: cis.length > 8 }];
  if (needle && !q.includes(":")) {
    const products = estate.products.filter((one) => one.name.toLowerCase().includes(needle));
    groups.push({ kind: "software", items: products.slice(0, 8).map((one) => hit(String(one.id), one.name, one.ecosystem)), more: products.length > 8 });
  }
  return { body: { groups: groups.filter((group) => group.items.length > 0), waiting: 0 } satisfies SearchAnswer };
}

function suggest(request: Request): Answer {
  const q = request.query.get("q") ?? "";
  const to = Math.min(Number(request.query.get("cursor") ?? q.length), q.length);
  const word = /[^\s(]*$/.exec(q.slice(0, to))?.[0].replace(/^-/, "") ?? "";
  const [name, value] = word.includes(":") ? word.split(":", 2) : [null, word];
  const values = name === "class" ? classes.map((one) => ({ text: one.name, label: one.label, is_name: false })) : [];
  const names = NAMES.map((one) => ({ text: `${one}:`, label: null, is_name: true }));
  const items = (name === null ? names : values).filter((one) => one.text.startsWith(value ?? ""));
  return { body: { fault: fault(q), from: to - (value ?? "").length, to, items: items.slice(0, 20) } satisfies SearchSuggestions };
}

function find(request: Request): SavedSearch {
  const one = saved.find((each) => each.id === request.params["id"]);
  if (!one) throw new Refusal(404, "not_found");
  return one;
}

function create(request: Request): Answer {
  const body = request.body as Body<"/saved-searches", "post">;
  if (!body.name.trim()) throw new Refusal(422, "validation_failed", "Validation failed", [{ field: "name", code: "required" }]);
  const one: SavedSearch = { ...(saved[0] as SavedSearch), ...body, id: `0197a000-0000-7000-8000-${String(Date.now()).padStart(12, "0").slice(-12)}`, shared: body.shared ?? false, organisation_id: body.organisation_id ?? "", owner: { id: "1", name: "김도현" }, may_change: true, version: 1, created_at: new Date().toISOString() };
  saved.push(one);
  return { status: 201, body: one };
}

export const searchRoutes: [string, (request: Request) => Answer][] = [
  ["GET /search", search],
  ["GET /search/suggestions", suggest],
  ["GET /saved-searches", () => ({ body: { items: [...saved].sort((a, b) => a.name.localeCompare(b.name)) } })],
  ["POST /saved-searches", create],
  [
    "PATCH /saved-searches/{id}",
    (request) => {
      needs(request, "ci.read");
      const one = find(request);
      Object.assign(one, request.body, { version: one.version + 1 });
      return { body: one };
    },
  ],
  [
    "DELETE /saved-searches/{id}",
    (request) => {
      saved.splice(saved.indexOf(find(request)), 1);
      return { status: 204, body: null };
    },
  ],
];
