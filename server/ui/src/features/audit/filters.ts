import { text, time, type RawSearch } from "../../search";

/** Which audit rows are shown, as the address says. */
export interface AuditSearch {
  actor?: string | undefined;
  action?: string | undefined;
  object?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export function readAuditSearch(raw: RawSearch): AuditSearch {
  return { actor: text(raw["actor"]), action: text(raw["action"]), object: text(raw["object"]), from: time(raw["from"]), to: time(raw["to"]) };
}
