import type { Change, Changes, Edit, EditItem, EditOutcome } from "../src/api/edits";
import * as estate from "./estate.ts";
import type { Stored } from "./estate.ts";
import { needs, permissionsOf } from "./guard.ts";
import { Refusal, page, type Answer, type Request } from "./http.ts";
import { seeded } from "./random.ts";

const random = seeded(29);
/** How many CIs the invented server edits each time somebody looks. */
const STEP = 40;
const ofAll = ["owner", "support_team", "criticality", "environment", "lifecycle"];

type Route = [string, (request: Request) => Answer];
type Set = (ci: Stored, name: string, value: unknown) => void;

interface Kept {
  edit: Omit<Edit, "allowed_actions">;
  items: EditItem[];
}

const kept: Kept[] = [];

const none = { items: 0, change: 0, same: 0, refused: 0, changed: 0, restored: 0, kept: 0 };

function shown(ci: Stored, name: string): unknown {
  return (ofAll.includes(name) ? ci[name as "owner"] : ci.attributes[name]) ?? null;
}

function after(before: unknown, change: Change): unknown {
  if ("set" in change) return change.set;
  if ("clear" in change) return null;
  const tags = new Set<string>(Array.isArray(before) ? (before as string[]) : []);
  for (const tag of change.remove ?? []) tags.delete(tag.toLowerCase());
  for (const tag of change.add ?? []) tags.add(tag.toLowerCase());
  return tags.size > 0 ? [...tags].sort() : null;
}

function look(ci: Stored, changes: Changes, place: number): EditItem {
  const differences = Object.entries(changes).flatMap(([attribute, change]) => {
    const before = shown(ci, attribute);
    const then = after(before, change);
    return JSON.stringify(before) === JSON.stringify(then) ? [] : [{ attribute, before, after: then }];
  });
  const reference = { id: ci.id, name: ci.name, class: ci.class };
  const over = ci.lifecycle === "retired" || ci.lifecycle === "disposed";
  const why = over ? "retired" : place % 17 === 11 ? "pinned" : null;
  if (differences.length > 0 && why) return { ci: reference, outcome: "refused", faults: [{ field: why === "pinned" ? (differences[0]?.attribute ?? "") : "", code: why, detail: why }], differences: [] };
  return { ci: reference, outcome: differences.length > 0 ? "change" : "same", faults: [], differences };
}

function count({ edit, items }: Kept) {
  edit.totals = { ...none, items: items.length };
  for (const item of items) edit.totals[item.outcome] += 1;
  const reasons = new Map<string, number>();
  for (const item of items.filter((one) => one.outcome === "refused" || one.outcome === "kept")) reasons.set(item.faults[0]?.code ?? "", (reasons.get(item.faults[0]?.code ?? "") ?? 0) + 1);
  edit.refusals = [...reasons].map(([reason, cis]) => ({ reason, cis }));
}

const refuse = (field: string, code: string, limit?: number) => new Refusal(422, "validation_failed", "Validation failed", [{ field, code, ...(limit ? { limit } : {}) }]);

function make(found: Stored[], body: Record<string, unknown>): Kept {
  const changes = body["changes"] as Changes;
  const edit = { id: random.uuid(), state: "preview", changes, filter: body["filter"] ?? null, reason: body["reason"] ?? null, author: "김도현", created_at: new Date().toISOString(), began_at: null, ended_at: null, undone_by: null, undone_at: null, undo_reason: null, totals: none, done: 0, refusals: [] } as unknown as Kept["edit"];
  const one = { edit, items: found.map((ci, place) => look(ci, changes, place)) };
  count(one);
  kept.unshift(one);
  return one;
}

function seen(request: Request, { edit }: Kept): Edit {
  const may = permissionsOf(request).includes("ci.write");
  const possible: Record<string, readonly string[]> = { preview: ["apply"], applying: ["stop"], stopped: ["apply", "undo"], applied: ["undo"] };
  const action = (name: string) => {
    const reason = !may ? "needs_permission" : possible[edit.state]?.includes(name) ? (name === "apply" && edit.totals.change === 0 ? "nothing_to_do" : null) : "not_in_this_state";
    return { action: name, allowed: reason === null, ...(reason ? { reason } : {}) };
  };
  return { ...edit, allowed_actions: ["apply", "stop", "undo"].map(action) } as Edit;
}

function find(request: Request, permission: string): Kept {
  needs(request, permission);
  const one = kept.find(({ edit }) => edit.id === request.params["id"]);
  if (!one) throw new Refusal(404, "not_found", "No such edit");
  return one;
}

/** The server goes on with an edit; here it does so when somebody looks. */
function goOn(one: Kept, set: Set) {
  const { edit, items } = one;
  const undoing = edit.state === "undoing";
  if (!undoing && edit.state !== "applying") return;
  const [from, to]: [EditOutcome, EditOutcome] = undoing ? ["changed", "restored"] : ["change", "changed"];
  for (const item of items.slice(edit.done, edit.done + STEP)) {
    const ci = estate.cis.get(item.ci.id);
    if (item.outcome !== from || !ci) continue;
    for (const { attribute, before, after: then } of item.differences) {
      const value = undoing ? before : then;
      if (ofAll.includes(attribute)) Object.assign(ci, { [attribute]: value });
      set(ci, attribute, value ?? null);
    }
    item.outcome = to;
  }
  edit.done = Math.min(items.length, edit.done + STEP);
  if (edit.done >= items.length) edit.state = undoing ? "undone" : "applied";
  count(one);
}

/** Edits, and the tags that they and the form complete. */
export function editRoutes(filterCis: (query: URLSearchParams) => Stored[], set: Set): Route[] {
  const every = filterCis(new URLSearchParams("class=business_service"));
  const first = make(every, { changes: { owner: { set: "이서연" }, tags: { add: ["금융"] } }, reason: "CHG-0102", filter: { class: ["business_service"] } });
  first.edit.state = "applying";
  goOn(first, set);
  make(filterCis(new URLSearchParams("class=database_instance")).slice(0, 30), { changes: { lifecycle: { set: "maintenance" } } });
  const begin = (one: Kept, state: Edit["state"]) => Object.assign(one.edit, { state, done: state === "stopped" ? one.edit.done : one.edit.state === "stopped" && state === "applying" ? one.edit.done : 0 });
  return [
    ["GET /tags", (r) => (needs(r, "ci.read"), { body: { items: tags(r.query.get("prefix") ?? "") } })],
    ["GET /cis/edits", (r) => (needs(r, "ci.read"), { body: page(kept.map((one) => (goOn(one, set), seen(r, one))), r.query, false) })],
    [
      "POST /cis/edits",
      (r) => {
        needs(r, "ci.write");
        const ids = r.body["ci_ids"] as string[] | undefined;
        const filter = new URLSearchParams(Object.entries((r.body["filter"] ?? {}) as Record<string, string | string[]>).flatMap(([key, value]) => [value].flat().map((one) => [key, String(one)])));
        const found = ids ? ids.flatMap((id) => estate.cis.get(id) ?? []) : filterCis(filter);
        const wrong = Object.entries(r.body["changes"] as Changes).find(([, change]) => "add" in change && change.add?.some((tag) => tag.length > 64));
        if (wrong) throw refuse(`changes.${wrong[0]}`, "too_long", 64);
        if (found.length > 20_000) throw refuse("filter", "too_long", 20_000);
        return { status: 201, body: seen(r, make(found, r.body)) };
      },
    ],
    ["GET /cis/edits/{id}", (r) => ({ body: (goOn(find(r, "ci.read"), set), seen(r, find(r, "ci.read"))) })],
    ["GET /cis/edits/{id}/items", (r) => ({ body: page(find(r, "ci.read").items.filter((one) => !r.query.get("outcome") || one.outcome === r.query.get("outcome")), r.query, false) })],
    ["POST /cis/edits/{id}/apply", (r) => (begin(find(r, "ci.write"), "applying"), { body: seen(r, find(r, "ci.write")) })],
    ["POST /cis/edits/{id}/stop", (r) => (begin(find(r, "ci.write"), "stopped"), { body: seen(r, find(r, "ci.write")) })],
    ["POST /cis/edits/{id}/undo", (r) => (begin(find(r, "ci.write"), "undoing"), { body: seen(r, find(r, "ci.write")) })],
  ];
}

function tags(prefix: string): { tag: string; cis: number }[] {
  const counts = new Map<string, number>([["web", 3], ["백업", 2]]);
  for (const ci of estate.cis.values()) for (const tag of (ci.attributes["tags"] as string[] | undefined) ?? []) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].filter(([tag]) => tag.startsWith(prefix.toLowerCase())).map(([tag, cis]) => ({ tag, cis }));
}
