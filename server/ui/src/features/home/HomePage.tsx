import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { CSSProperties } from "react";
import { can } from "../../api/can";
import { useClassBook } from "../../api/classes";
import { answer, api } from "../../api/client";
import { useSession } from "../../api/session";
import type { AuditEntry, Observation } from "../../api/types";
import { formatNumber } from "../../format/number";
import { codeText, useLocale, useT } from "../../i18n";
import { ErrorState } from "../../layout/ErrorState";
import { FleetSilences } from "../../layout/FleetSilences";
import { Page } from "../../layout/Page";
import { SecondFactorNote } from "../../layout/SecondFactorNote";
import { paths } from "../../paths";
import { ClassLetter } from "../../ui/Badge";
import { buttonClass } from "../../ui/Button";
import { Card, RowList, TileBody, Tiles, tileClass } from "../../ui/Card";
import { EmptyState, Skeleton } from "../../ui/States";
import { Name } from "../../ui/Text";
import { Time } from "../../ui/Time";
import styles from "./Home.module.css";

/** The estate at a glance: what there is, what is heard of it, what is new, what changed. */
export function HomePage() {
  const t = useT();
  const session = useSession();
  const reads = can(session, "ci.read");
  return (
    <Page title={t("home.title")} count={t("home.greeting", { name: session.user.display_name })}>
      <SecondFactorNote linked />
      {can(session, "agent.read") && <AgentTiles />}
      <div className={styles.grid}>
        <div className="stack">
          {reads && <ClassCounts />}
          {reads && <CiCard title={t("home.silent")} query={{ class: ["host"], observation: ["silent"], sort: "-last_seen" }} time="last_seen" empty={t("home.none_silent")} />}
        </div>
        <div className="stack">
          {reads && <CiCard title={t("home.newest")} query={{ class: ["host"], sort: "-first_seen" }} time="first_seen" empty={t("home.no_hosts")} />}
          {can(session, "audit.read") && <RecentChanges />}
        </div>
      </div>
    </Page>
  );
}

const PRESENCES = [["live", "ok"], ["late", "warning"], ["silent", "critical"]] as const;

function AgentTiles() {
  const t = useT();
  const locale = useLocale();
  const agents = useQuery({
    queryKey: ["agents", "counts"],
    queryFn: ({ signal }) => answer(api.GET("/agents", { params: { query: { limit: 1 } }, signal })),
    refetchInterval: 30_000,
  });
  if (!agents.data) return null;
  const { counts, silences } = agents.data;
  const number = (value: number) => formatNumber(value, locale);
  return (
    <>
      <FleetSilences silences={silences} />
      <Tiles>
        {PRESENCES.map(([one, tone]) => (
          <Link key={one} {...paths.agents({ presence: one })} className={tileClass(tone)}>
            <TileBody label={t(`presence.${one}`)} value={number(counts[one])} note={t(`agents.${one}_note`)} />
          </Link>
        ))}
        <Link {...paths.agents({ state: "pending" })} className={tileClass("accent")}>
          <TileBody label={t("agent_state.pending")} value={number(counts.pending)} note={t("agents.pending_note")} />
        </Link>
      </Tiles>
    </>
  );
}

function ClassCounts() {
  const t = useT();
  const locale = useLocale();
  const book = useClassBook();
  const rows = book.tops.map((one) => ({ ...one, all: book.count(one.name) })).filter((one) => one.all > 0).sort((a, b) => b.all - a.all);
  const most = Math.max(1, ...rows.map((one) => one.all));
  const total = rows.reduce((sum, one) => sum + one.all, 0);
  return (
    <Card flush title={t("home.classes")} actions={<Link {...paths.cis()}>{t("cis.count", { count: total })}</Link>}>
      {!book.loaded ? (
        <Skeleton label={t("ui.loading")} />
      ) : rows.length === 0 ? (
        <EmptyState title={t("home.nothing_yet")} actions={<Link {...paths.agents()} className={buttonClass("primary")}>{t("agents.add_host")}</Link>}>
          {t("home.nothing_yet_text")}
        </EmptyState>
      ) : (
        <RowList>
          {rows.map((one) => (
            <li key={one.name}>
              <Link {...paths.cis({ class: [one.name] })} className={styles.bar}>
                <ClassLetter {...book.mark(one.name)} />
                <span>{book.label(one.name)}</span>
                <span className={styles.track} aria-hidden="true">
                  <span className={styles.fill} style={{ "--family": `var(--${one.family})`, display: "block", width: `${Math.max(1, (one.all / most) * 100)}%` } as CSSProperties} />
                </span>
                <span className={styles.count}>{formatNumber(one.all, locale)}</span>
              </Link>
            </li>
          ))}
        </RowList>
      )}
    </Card>
  );
}

interface CiCardProps {
  title: string;
  query: { class: string[]; observation?: Observation[]; sort: string };
  time: "first_seen" | "last_seen";
  empty: string;
}

function CiCard({ title, query, time, empty }: CiCardProps) {
  const t = useT();
  const book = useClassBook();
  const cis = useQuery({
    queryKey: ["cis", "card", query],
    queryFn: ({ signal }) => answer(api.GET("/cis", { params: { query: { ...query, limit: 8 } }, signal })),
    refetchInterval: 30_000,
  });
  const all = cis.data && cis.data.total > 0 && <Link {...paths.cis(query)}>{t("home.see_all", { count: cis.data.total })}</Link>;
  return (
    <Card flush title={title} actions={all}>
      {cis.error && !cis.data ? (
        <ErrorState error={cis.error} onRetry={() => void cis.refetch()} />
      ) : !cis.data ? (
        <Skeleton rows={8} label={t("ui.loading")} />
      ) : cis.data.items.length === 0 ? (
        <EmptyState title={empty} />
      ) : (
        <RowList>
          {cis.data.items.map((ci) => (
            <li key={ci.id}>
              <ClassLetter {...book.mark(ci.class)} />
              <Link {...paths.ci(ci.id)} className="grow">
                <Name>{ci.name}</Name>
              </Link>
              <span className="muted">{book.label(ci.class)}</span>
              <Time at={ci.observation[time]} show="relative" />
            </li>
          ))}
        </RowList>
      )}
    </Card>
  );
}

function RecentChanges() {
  const t = useT();
  const rows = useQuery({
    queryKey: ["audit", "recent"],
    queryFn: ({ signal }) => answer(api.GET("/audit", { params: { query: { limit: 8 } }, signal })),
    refetchInterval: 30_000,
  });
  return (
    <Card flush title={t("home.changes")} actions={<Link {...paths.audit()}>{t("nav.audit")}</Link>}>
      {rows.error && !rows.data ? (
        <ErrorState error={rows.error} onRetry={() => void rows.refetch()} />
      ) : !rows.data ? (
        <Skeleton rows={8} label={t("ui.loading")} />
      ) : rows.data.items.length === 0 ? (
        <EmptyState title={t("audit.empty")} />
      ) : (
        <RowList>
          {rows.data.items.map((entry) => (
            <ChangeRow key={entry.seq} entry={entry} />
          ))}
        </RowList>
      )}
    </Card>
  );
}

function ChangeRow({ entry }: { entry: AuditEntry }) {
  const t = useT();
  // Who signs in or enrols acts on itself: said once.
  const name = entry.object.id === entry.actor.id ? null : <Name>{entry.object.name || codeText(t, "object_kind", entry.object.kind)}</Name>;
  const actor = entry.actor.kind === "system" ? null : entry.actor.name;
  return (
    <li>
      <span className="nowrap">{actor ?? codeText(t, "actor", entry.actor.kind)}</span>
      <span className="soft nowrap">{codeText(t, "action", entry.action)}</span>
      <span className="grow">{entry.object.kind === "ci" && name ? <Link {...paths.ci(entry.object.id)}>{name}</Link> : name}</span>
      <Time at={entry.at} show="relative" />
    </li>
  );
}
