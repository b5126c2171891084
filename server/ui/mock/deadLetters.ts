import type { DeadLetter } from "../src/api/types";
import * as estate from "./estate.ts";
import { needs, permissionsOf } from "./guard.ts";
import { Refusal, page, type Answer, type Request } from "./http.ts";

const KEPT_MS = 30 * 86_400_000;
const REASONS: [DeadLetter["cause"], string | null, string][] = [
  ["rejected", "memory", "memory.total_bytes: invalid value: integer `-1`, expected u64"],
  ["quarantined", "software", "the same epoch and seq came before with another body"],
  ["poison", "network", "the database refused the section"],
  ["rejected", null, "window_start_ms: invalid type: string \"<img src=x onerror=alert(1)>\", expected i64"],
];

let letters = Array.from({ length: 9 }, (_, at) => {
  const [cause, section, reason] = REASONS[at % REASONS.length] as (typeof REASONS)[number];
  const agent = estate.agents[at * 5] as (typeof estate.agents)[number];
  return { id: 900 - at, agent: { id: agent.id, hostname: agent.hostname }, cause, section, reason, epoch: "00c0ffee00c0ffee", seq: 40 + at, received_at: estate.ago(at * 7_200_000), kept_until: estate.ago(at * 7_200_000 - KEPT_MS) };
});

const kinds = ["rejected", "quarantined", "poison"] as const;

function view(letter: (typeof letters)[number], request: Request): DeadLetter {
  const may = permissionsOf(request).includes("agent.manage");
  const lacking = may ? {} : { reason: "needs_permission" };
  const asking = may && !letter.section ? { reason: "no_section" } : lacking;
  return { ...letter, allowed_actions: [{ action: "discard", allowed: may, ...lacking }, { action: "ask_again", allowed: may && letter.section !== null, ...asking }] };
}

function found(request: Request) {
  const letter = letters.find((one) => String(one.id) === request.params["id"]);
  if (!letter) throw new Refusal(404, "not_found", "No such report");
  return letter;
}

function list(request: Request): Answer {
  needs(request, "agent.read");
  const named = letters.filter((one) => one.agent.hostname.includes(request.query.get("q") ?? ""));
  const cause = request.query.get("cause");
  const items = named.filter((one) => !cause || one.cause === cause).map((one) => view(one, request));
  const counts = Object.fromEntries(kinds.map((kind) => [kind, named.filter((one) => one.cause === kind).length]));
  return { body: { ...page(items, request.query, false), counts } };
}

function discard(request: Request): Answer {
  needs(request, "agent.manage");
  const { up_to, q, cause } = request.body as { up_to: number; q?: string | null; cause?: string | null };
  const before = letters.length;
  letters = letters.filter((one) => one.id > up_to || !one.agent.hostname.includes(q ?? "") || (cause && one.cause !== cause));
  return { body: { discarded: before - letters.length } };
}

function remove(request: Request): Answer {
  needs(request, "agent.manage");
  const letter = found(request);
  letters = letters.filter((one) => one !== letter);
  return { status: 204, body: null };
}

/** What the list of reports that were set aside asks for. */
export const deadLetterRoutes: [string, (request: Request) => Answer][] = [
  ["GET /dead-letters", list],
  ["POST /dead-letters/discard", discard],
  ["GET /dead-letters/{id}", (r) => (needs(r, "agent.read"), { body: { ...view(found(r), r), content: '{"total_bytes":-1,"note":"<b>not bold</b>"}', content_bytes: 44 } })],
  ["DELETE /dead-letters/{id}", remove],
  ["POST /dead-letters/{id}/ask-again", (r) => (needs(r, "agent.manage"), { body: view(found(r), r) })],
];
