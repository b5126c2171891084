import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { answer, api } from "../../api/client";
import type { Agent, EnrolmentToken } from "../../api/types";
import { useT } from "../../i18n";
import { paths } from "../../paths";
import { buttonClass } from "../../ui/Button";
import { Name } from "../../ui/Text";
import { AgentActions } from "./AgentActions";
import styles from "./Agents.module.css";
import { AgentBadge } from "./presence";

const POLL_MS = 3_000;
/** So many arrivals are followed until their CI is there. */
const FOLLOWED = 10;

/** Waits for agents that enrol with the token and shows each as it comes. */
export function Arrivals({ token }: { token: Pick<EnrolmentToken, "id" | "created_at" | "uses"> }) {
  const t = useT();
  const poll = useQuery({
    queryKey: ["agents", "arrivals", token.id],
    queryFn: ({ client, queryKey, signal }) => arrivals(token, client.getQueryData<Agent[]>(queryKey) ?? [], signal),
    refetchInterval: POLL_MS,
    staleTime: 0,
  });
  const seen = poll.data ?? [];
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
      {seen.length < token.uses && (
        <div className={styles.waiting}>
          <span className={styles.pulse} aria-hidden="true" />
          <span className="grow">{t(seen.length === 0 ? "add_host.waiting" : "add_host.waiting_more")}</span>
          {poll.error && <span className="muted">{t("connection.retrying")}</span>}
        </div>
      )}
    </div>
  );
}

/** The agents that came so far. The long list of agents is read only when the token says that one more was let in. */
async function arrivals(token: Pick<EnrolmentToken, "id" | "created_at">, known: readonly Agent[], signal: AbortSignal): Promise<Agent[]> {
  const tokens = await answer(api.GET("/enrolment-tokens", { params: { query: { limit: 50 } }, signal }));
  const current = tokens.items.find((one) => one.id === token.id);
  const admitted = current ? current.uses - current.uses_left : 0;
  const all = admitted > known.length ? await agentsSince(token.created_at, signal) : known;
  const fresh = all.slice(0, FOLLOWED).map((agent) => answer(api.GET("/agents/{id}", { params: { path: { id: agent.id } }, signal })));
  return [...(await Promise.all(fresh)), ...all.slice(FOLLOWED)];
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
