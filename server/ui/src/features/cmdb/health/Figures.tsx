import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useClassBook } from "../../../api/classes";
import { healthQuery, type Area, type Health, type HealthCheck } from "../../../api/health";
import { formatNumber } from "../../../format/number";
import { codeText, useLocale, useT } from "../../../i18n";
import { ErrorState } from "../../../layout/ErrorState";
import { paths } from "../../../paths";
import { Card } from "../../../ui/Card";
import { EmptyState, Skeleton } from "../../../ui/States";
import { Name, UsageBar, visibleText } from "../../../ui/Text";
import { healthFilter, listSearch, type HealthSearch } from "./filters";
import styles from "./Health.module.css";

type Tally = Pick<HealthCheck, "judged" | "failing" | "percent">;

/** Three areas with what belongs to each, then the same by class, team and organisation. Every number leads to its list. */
export function Figures({ search }: { search: HealthSearch }) {
  const t = useT();
  const health = useQuery(healthQuery(healthFilter(search)));
  if (health.error) return <ErrorState error={health.error} onRetry={() => void health.refetch()} />;
  if (!health.data) return <Skeleton rows={12} label={t("ui.loading")} />;
  if (health.data.items === 0) return <EmptyState title={t("figures.empty")}>{t("figures.empty_text")}</EmptyState>;
  return (
    <div className="stack">
      <div className={styles.areas}>
        {health.data.checks
          .filter((one) => one.is_area)
          .map((area) => (
            <AreaCard key={area.check} area={area} health={health.data} search={search} />
          ))}
      </div>
      <Groups health={health.data} search={search} />
    </div>
  );
}

/** A share as a bar with its number; a dash where nothing was judged. */
function Share({ tally, label }: { tally: Tally; label: string }) {
  const locale = useLocale();
  if (typeof tally.percent !== "number") return <span className="muted">—</span>;
  return (
    <span className={styles.cell}>
      <span className="num">{formatNumber(tally.percent, locale, 1)} %</span>
      <span className={styles.bar}>
        <UsageBar calm ratio={tally.percent / 100} label={label} />
      </span>
    </span>
  );
}

function AreaCard({ area, health, search }: { area: HealthCheck; health: Health; search: HealthSearch }) {
  const t = useT();
  const book = useClassBook();
  const locale = useLocale();
  const title = codeText(t, "health_check", area.check);
  const parts = health.checks.filter((one) => one.area === area.area && !one.is_area && one.judged > 0);
  return (
    <Card title={title}>
      <div className="stack">
        <div className={styles.figure}>
          <span className={styles.percent}>{typeof area.percent === "number" ? `${formatNumber(area.percent, locale, 1)} %` : "—"}</span>
          <span className={styles.bar}>
            <UsageBar calm ratio={(area.percent ?? 0) / 100} label={title} />
          </span>
          <Failing whole tally={area} query={area.query} search={search} name={title} />
        </div>
        <ul className={styles.checks}>
          {parts.map((one) => (
            <CheckLine key={one.check} name={codeText(t, "health_check", one.check)} tally={one} query={one.query} search={search} remedy={codeText(t, "health_remedy", one.check)} />
          ))}
          {area.area === "completeness" &&
            health.attributes
              .filter((one) => one.failing > 0)
              .map((one) => <CheckLine key={one.attribute} name={t("figures.missing", { attribute: one.label ? book.text(one.label) : one.attribute })} tally={one} query={one.query} search={search} />)}
        </ul>
      </div>
    </Card>
  );
}

interface CheckLineProps {
  name: string;
  tally: Tally;
  query: string;
  search: HealthSearch;
  /** What can be done about those that fail. */
  remedy?: string;
}

function CheckLine({ name, tally, query, search, remedy }: CheckLineProps) {
  return (
    <li className={styles.check}>
      <span>{name}</span>
      <Failing tally={tally} query={query} search={search} name={name} />
      <span className={styles.wide}>
        <Share tally={tally} label={name} />
      </span>
      {remedy && tally.failing > 0 && <span className={`${styles.wide} muted`}>{remedy}</span>}
    </li>
  );
}

/** How many fail, as a link to them. */
function Failing({ tally, query, search, name, whole = false }: { tally: Tally; query: string; search: HealthSearch; name: string; whole?: boolean }) {
  const t = useT();
  const locale = useLocale();
  const number = (value: number) => formatNumber(value, locale);
  const text = t(whole ? "figures.failing_area" : "figures.failing", { failing: number(tally.failing), judged: number(tally.judged) });
  if (tally.failing === 0) return <span className="num muted">{text}</span>;
  return (
    <Link className="num" aria-label={`${name}: ${text}`} {...paths.cis(listSearch(search, query))}>
      {text}
    </Link>
  );
}

interface Row {
  key: string;
  name: ReactNode;
  label: string;
  narrowed: HealthSearch;
  items: number;
  areas: readonly Area[];
}

function Groups({ health, search }: { health: Health; search: HealthSearch }) {
  const t = useT();
  const book = useClassBook();
  const classes: Row[] = health.classes
    .filter((one) => book.classes.find((known) => known.name === one.class)?.parent)
    .map((one) => ({ key: one.class, name: book.label(one.class), label: book.label(one.class), narrowed: { ...search, class: one.class }, items: one.items, areas: one.areas }));
  const teams: Row[] = health.teams.map((one) => {
    const label = one.team ?? t("figures.no_team");
    return { key: one.query, name: one.team ? <Name>{one.team}</Name> : t("figures.no_team"), label, narrowed: { ...search, q: search.q ? `(${search.q}) ${one.query}` : one.query }, items: one.items, areas: one.areas };
  });
  const organisations: Row[] = health.organisations.map((one) => ({ key: one.id, name: <Name>{one.name}</Name>, label: one.name, narrowed: { ...search, organisation: one.id }, items: one.items, areas: one.areas }));
  return (
    <>
      <GroupTable title={t("figures.by_class")} first={t("ci.class")} rows={classes} />
      <GroupTable title={t("figures.by_team")} first={t("ci.support_team")} rows={teams} />
      <GroupTable title={t("figures.by_organisation")} first={t("ci.organisation")} rows={organisations} />
    </>
  );
}

function GroupTable({ title, first, rows }: { title: string; first: string; rows: readonly Row[] }) {
  const t = useT();
  const locale = useLocale();
  const areas = ["correctness", "completeness", "compliance"] as const;
  return (
    <Card flush title={title}>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={title}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{first}</th>
              <th scope="col">{t("figures.items")}</th>
              {areas.map((area) => (
                <th key={area} scope="col">
                  {codeText(t, "health_check", area)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                <th scope="row">
                  <Link {...paths.health(row.narrowed)}>{row.name}</Link>
                </th>
                <td className={`${styles.number} num`}>{formatNumber(row.items, locale)}</td>
                {areas.map((area) => {
                  const tally = row.areas.find((one) => one.check === area);
                  return <td key={area}>{tally ? <Share tally={tally} label={`${visibleText(row.label)}: ${codeText(t, "health_check", area)}`} /> : "—"}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
