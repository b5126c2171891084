import type { Agent, AgentState, Presence } from "../../api/types";
import { codeText, useT } from "../../i18n";
import { Badge, type Mark, type Tone } from "../../ui/Badge";

type Look = [Tone, Mark];

const STATES: Partial<Record<AgentState, Look>> = { pending: ["accent", "ring"], revoked: ["neutral", "cross"] };
const PRESENCES: Record<Presence, Look> = { live: ["ok", "round"], late: ["warning", "half"], silent: ["critical", "cross"], never: ["neutral", "ring"] };

/** Whether an agent is awaited, shut out, or how well it keeps reporting. */
export function AgentBadge({ agent }: { agent: Pick<Agent, "state" | "presence"> }) {
  const t = useT();
  const decided = STATES[agent.state];
  const [tone, mark] = decided ?? PRESENCES[agent.presence];
  return (
    <Badge tone={tone} mark={mark}>
      {decided ? codeText(t, "agent_state", agent.state) : codeText(t, "presence", agent.presence)}
    </Badge>
  );
}
