import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { answer, api } from "../../api/client";
import type { Agent } from "../../api/types";
import { useT } from "../../i18n";
import { paths } from "../../paths";
import { buttonClass } from "../../ui/Button";
import { Name } from "../../ui/Text";
import { AgentActions } from "./AgentActions";
import styles from "./Agents.module.css";
import { AgentBadge } from "./presence";

const POLL_MS = 3_000;

/** Waits for agents that enrol from now on and shows each as it comes. */
export function Arrivals({ since }: { since: string }) {
  const t = useT();
  const [seen, setSeen] = useState<readonly Agent[]>([]);
  const poll = useQuery({
    queryKey: ["agents", "arrivals", since],
    queryFn: async ({ signal }) => {
      const arrived = await agentsSince(since, signal);
      setSeen(arrived);
      return arrived.length;
    },
    refetchInterval: POLL_MS,
    staleTime: 0,
  });
  return (
    <div role="status" className="stack">
      {seen.map((agent) => (
        <div key={agent.id} className={styles.waiting}>
          <AgentBadge agent={agent} />
          <strong className="grow">
            <Name>{agent.hostname}</Name>
          </strong>
          {t("add_host.here")}
          {agent.state === "pending" && <AgentActions agent={agent} />}
          {agent.ci && (
            <Link {...paths.ci(agent.ci.id)} className={buttonClass("primary", true)}>
              {t("add_host.open")}
            </Link>
          )}
        </div>
      ))}
      <div className={styles.waiting}>
        <span className={styles.pulse} aria-hidden="true" />
        <span className="grow">{t(seen.length === 0 ? "add_host.waiting" : "add_host.waiting_more")}</span>
        {poll.error && <span className="muted">{t("connection.retrying")}</span>}
      </div>
    </div>
  );
}

/** Agents enrolled since then, over all pages of the list. */
async function agentsSince(since: string, signal: AbortSignal): Promise<Agent[]> {
  const from = Date.parse(since);
  const found: Agent[] = [];
  let cursor: string | undefined;
  do {
    const page = await answer(api.GET("/agents", { params: { query: { limit: 200, cursor } }, signal }));
    found.push(...page.items.filter((agent) => Date.parse(agent.enrolled_at) >= from));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return found;
}
