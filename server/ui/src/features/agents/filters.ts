import { oneOf, text, type RawSearch } from "../../search";

export const agentStates = ["active", "pending", "revoked"] as const;
export const agentViews = ["agents", "tokens"] as const;

/** What the agents page shows, as the address says. */
export interface AgentSearch {
  q?: string | undefined;
  state?: (typeof agentStates)[number] | undefined;
  view?: (typeof agentViews)[number] | undefined;
}

export function readAgentSearch(raw: RawSearch): AgentSearch {
  return { q: text(raw["q"]), state: oneOf(raw["state"], agentStates), view: oneOf(raw["view"], agentViews) };
}
