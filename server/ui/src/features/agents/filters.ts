import type { AgentState, DeadLetter, Presence } from "../../api/types";
import { oneOf, text, type RawSearch } from "../../search";

export const agentStates = ["active", "pending", "revoked"] as const satisfies readonly AgentState[];
/** What active agents are counted as; `silent` includes those never seen. */
export const agentPresences = ["live", "late", "silent"] as const satisfies readonly Presence[];
export const agentViews = ["agents", "dead_letters", "tokens"] as const;
export const deadLetterCauses = ["rejected", "quarantined", "poison"] as const satisfies readonly DeadLetter["cause"][];

/** What the agents page shows, as the address says. */
export interface AgentSearch {
  q?: string | undefined;
  state?: (typeof agentStates)[number] | undefined;
  presence?: (typeof agentPresences)[number] | undefined;
  /** Of reports that were set aside. */
  cause?: (typeof deadLetterCauses)[number] | undefined;
  view?: (typeof agentViews)[number] | undefined;
}

export function readAgentSearch(raw: RawSearch): AgentSearch {
  return { q: text(raw["q"]), state: oneOf(raw["state"], agentStates), presence: oneOf(raw["presence"], agentPresences), cause: oneOf(raw["cause"], deadLetterCauses), view: oneOf(raw["view"], agentViews) };
}
