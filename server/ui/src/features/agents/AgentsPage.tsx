import { Link, getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { can } from "../../api/can";
import { answer, api } from "../../api/client";
import { useList } from "../../api/queries";
import { useSession } from "../../api/session";
import type { Agent, AgentPage } from "../../api/types";
import { formatNumber } from "../../format/number";
import { useLocale, useT } from "../../i18n";
import { ExportButton } from "../../layout/ExportButton";
import { FleetSilences } from "../../layout/FleetSilences";
import { ListBody } from "../../layout/ListBody";
import { FillCard, Page } from "../../layout/Page";
import { paths } from "../../paths";
import { Button } from "../../ui/Button";
import { TileBody, Tiles, tileClass } from "../../ui/Card";
import { ClockBadge } from "../../ui/ClockBadge";
import { DataTable, type Column } from "../../ui/DataTable";
import { Segments } from "../../ui/Field";
import { useKeys } from "../../ui/keys";
import { SearchField } from "../../ui/SearchField";
import { Code, Name } from "../../ui/Text";
import { Time } from "../../ui/Time";
import { AddHostDialog } from "./AddHostDialog";
import { AgentActions } from "./AgentActions";
import styles from "./Agents.module.css";
import { IdentityMark } from "./Contenders";
import { DeadLetters } from "./DeadLetters";
import { EnrolmentTokens } from "./EnrolmentTokens";
import { agentPresences, agentStates, agentViews, type AgentSearch } from "./filters";
import { AgentBadge } from "./presence";

const route = getRouteApi("/app/agents");
const REFRESH_MS = 10_000;

/** Every agent with its state, and the way to bring in more. */
export function AgentsPage() {
  const t = useT();
  const session = useSession();
  const { view = "agents", q, state, presence, cause } = route.useSearch();
  const navigate = route.useNavigate();
  const [adding, setAdding] = useState(false);
  const mayEnrol = can(session, "enrolment.manage");
  useKeys(mayEnrol ? { c: () => setAdding(true) } : {});
  const views = [["agents", t("agents.agents")] as const, ["dead_letters", t("dead_letters.title")] as const, ...(mayEnrol ? [["tokens", t("agents.tokens")] as const] : [])];
  const onAdd = () => setAdding(true);
  return (
    <Page
      fill
      title={t("nav.agents")}
      actions={
        <>
          <Segments label={t("agents.view")} value={view} options={views} onChange={(next) => void navigate({ search: { view: agentViews.find((one) => one === next && one !== "agents") } })} />
          {view === "agents" && <ExportButton path="/agents" params={{ q, state, presence }} />}
          {view === "dead_letters" && <ExportButton path="/dead-letters" params={{ q, cause }} />}
          {view === "tokens" && mayEnrol && <ExportButton path="/enrolment-tokens" />}
          {mayEnrol && (
            <Button tone="primary" icon="plus" onClick={() => setAdding(true)}>
              {t("agents.add_host")}
            </Button>
          )}
        </>
      }
    >
      {view === "tokens" && mayEnrol && <EnrolmentTokens onAdd={onAdd} />}
      {view === "dead_letters" && <DeadLetters />}
      {(view === "agents" || (view === "tokens" && !mayEnrol)) && <AgentList onAdd={mayEnrol ? onAdd : undefined} />}
      {adding && <AddHostDialog onClose={() => setAdding(false)} />}
    </Page>
  );
}

function AgentList({ onAdd }: { onAdd: (() => void) | undefined }) {
  const t = useT();
  const { q, state, presence } = route.useSearch();
  const navigate = route.useNavigate();
  const find = (text: string) => void navigate({ search: (before) => ({ ...before, q: text || undefined }), replace: true });
  const list = useList<Agent, AgentPage>(
    ["agents", q ?? "", state ?? "", presence ?? ""],
    (cursor, signal) => answer(api.GET("/agents", { params: { query: { q, state, presence, limit: 200, cursor } }, signal })),
    { refetchInterval: REFRESH_MS },
  );
  const columns = useColumns();
  const options = [["all", t("ui.all")] as const, ...agentStates.map((one) => [one, t(`agent_state.${one}`)] as const)];
  return (
    <>
      {list.first && <FleetSilences silences={list.first.silences} />}
      {list.first && <Counts counts={list.first.counts} />}
      <div className={styles.bar}>
        <SearchField hotkey className={styles.search} label={t("agents.search")} clearLabel={t("ui.clear")} value={q ?? ""} onSearch={find} />
        <Segments label={t("agents.state")} value={presence ? "active" : (state ?? "all")} options={options} onChange={(next) => void navigate({ search: (before) => ({ ...before, state: agentStates.find((one) => one === next), presence: undefined }) })} />
      </div>
      <FillCard>
        <ListBody
          list={list}
          filtered={q !== undefined || state !== undefined || presence !== undefined}
          onClear={() => void navigate({ search: {} })}
          emptyTitle={t("agents.empty")}
          emptyText={t("agents.empty_text")}
          emptyAction={onAdd && <Button tone="primary" icon="plus" onClick={onAdd}>{t("agents.add_host")}</Button>}
        >
          <DataTable label={t("agents.agents")} height="fill" scrollId="agents" hotkeys columns={columns} rows={list.rows} rowKey={(row) => row.id} stale={list.stale} onEnd={list.loadMore} />
        </ListBody>
      </FillCard>
    </>
  );
}

const TONES = { live: "ok", late: "warning", silent: "critical", pending: "accent", revoked: "neutral" } as const;

/** How many agents there are of each kind; each number opens those it counts. */
function Counts({ counts }: { counts: AgentPage["counts"] }) {
  const t = useT();
  const locale = useLocale();
  const { state, presence } = route.useSearch();
  const tile = (one: keyof typeof TONES, shown: boolean, filter: AgentSearch, label: string) => (
    <Link key={one} {...paths.agents(shown ? {} : filter)} className={tileClass(TONES[one])} aria-current={shown} activeOptions={{ exact: true }}>
      <TileBody label={label} value={formatNumber(counts[one], locale)} note={t(`agents.${one}_note`)} />
    </Link>
  );
  return (
    <Tiles>
      {agentPresences.map((one) => tile(one, presence === one, { presence: one }, t(`presence.${one}`)))}
      {(["pending", "revoked"] as const).map((one) => tile(one, state === one, { state: one }, t(`agent_state.${one}`)))}
    </Tiles>
  );
}

function useColumns(): Column<Agent>[] {
  const t = useT();
  return useMemo(
    () => [
      {
        id: "hostname",
        header: t("agents.hostname"),
        size: 150,
        value: (agent) => agent.hostname,
        cell: (agent) => (
          <span className={styles.host}>
            {agent.ci ? (
              <Link {...paths.ci(agent.ci.id)} data-row="">
                <Name>{agent.hostname}</Name>
              </Link>
            ) : (
              <Name>{agent.hostname}</Name>
            )}
            <IdentityMark agent={agent} />
            <ClockBadge behind={agent.clock_behind_s} />
          </span>
        ),
      },
      {
        id: "state",
        header: t("agents.state"),
        size: 100,
        value: (agent) => `${agent.state}/${agent.presence}`,
        cell: (agent) => <AgentBadge agent={agent} />,
      },
      { id: "seen", header: t("ci.last_seen"), size: 104, value: (agent) => agent.last_seen_at, cell: (agent) => <Time at={agent.last_seen_at} show="relative" /> },
      { id: "faults", header: t("agents.faults"), size: 64, align: "end", value: (agent) => agent.faults, cell: (agent) => <Faults agent={agent} /> },
      { id: "waiting", header: t("agents.pending_reports"), size: 72, align: "end", value: (agent) => agent.pending_reports, cell: (agent) => agent.pending_reports },
      { id: "dropped", header: t("agents.dropped_reports"), size: 72, align: "end", value: (agent) => agent.dropped_reports, cell: (agent) => agent.dropped_reports },
      { id: "address", header: t("agents.address"), size: 112, value: (agent) => agent.address, cell: (agent) => (agent.address ? <Code>{agent.address}</Code> : "—") },
      { id: "version", header: t("ci.version"), size: 70, value: (agent) => agent.version, cell: (agent) => agent.version ?? "—" },
      { id: "organisation", header: t("ci.organisation"), size: 100, value: (agent) => agent.organisation.name, cell: (agent) => <Name>{agent.organisation.name}</Name> },
      { id: "enrolled", header: t("agents.enrolled"), size: 96, value: (agent) => agent.enrolled_at, cell: (agent) => <Time at={agent.enrolled_at} show="day" /> },
      { id: "certificate", header: t("agents.certificate"), size: 104, value: (agent) => agent.certificate_expires_at, cell: (agent) => <Time at={agent.certificate_expires_at} show="day" /> },
      { id: "actions", header: t("ui.actions"), size: 150, pinned: true, cell: (agent) => <AgentActions agent={agent} /> },
    ],
    [t],
  );
}

function Faults({ agent }: { agent: Agent }) {
  if (!agent.ci || agent.faults === 0) return agent.faults;
  return <Link {...paths.ci(agent.ci.id, "faults")}>{agent.faults}</Link>;
}
