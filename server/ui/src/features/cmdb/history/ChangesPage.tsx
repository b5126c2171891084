import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { answer, api } from "../../../api/client";
import { useList } from "../../../api/queries";
import type { ChangeReport, ItemChange } from "../../../api/types";
import { useTimeStyle } from "../../../format/TimeContext";
import { fromLocalField, toLocalField, zoneName } from "../../../format/time";
import { useT } from "../../../i18n";
import { Page } from "../../../layout/Page";
import { Button } from "../../../ui/Button";
import { Field } from "../../../ui/Field";
import { FilterBar } from "../list/FilterBar";
import { ciQuery } from "../list/filters";
import styles from "./History.module.css";
import { quickRanges, rangeStart, type QuickRange } from "./ranges";
import { ReportView, type Narrowed } from "./ReportView";
import type { ChangesSearch } from "./search";

const route = getRouteApi("/app/cis/changes");
const PAGE = 100;

/** What changed, appeared and went of the CIs that the filter finds, since a time or between two. */
export function ChangesPage() {
  const t = useT();
  const { zone } = useTimeStyle();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback((part: Partial<ChangesSearch>) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true }), [navigate]);
  const clear = useCallback(() => void navigate({ search: ({ from, to }) => ({ from, to }) }), [navigate]);
  // A week back from when the page was opened; it stays while the page is open, so that its cursors go on.
  const week = useMemo(() => rangeStart("week", new Date(), zone), [zone]);
  const from = search.from ?? week;
  const query = useMemo(() => {
    const { from: _from, to, change: kind, topic, ...filter } = search;
    const { sort: _sort, ...wanted } = ciQuery(filter);
    return { ...wanted, from, ...(to ? { to } : {}), ...(kind ? { change: kind } : {}), ...(topic ? { topic } : {}) };
  }, [search, from]);
  const list = useList<ItemChange, ChangeReport>(["changes", query], (cursor, signal) => answer(api.GET("/cis/changes", { params: { query: { ...query, limit: PAGE, cursor } }, signal })));
  const narrow = ({ class: _class, ...part }: Narrowed) => change(part);
  return (
    <Page title={t("changes.title")} count={list.first ? t("changes.count", { count: list.first.totals.cis }) : undefined}>
      <FilterBar search={search} onChange={change} onClear={clear} />
      <Times from={from} to={search.to} onChange={change} />
      <ReportView label={t("changes.title")} list={list} report={list.first} narrowed={{ change: search.change, topic: search.topic }} onNarrow={narrow} exported={{ path: "/cis/changes", params: query }} emptyTitle={t("changes.empty")} emptyText={t("changes.empty_text")} />
    </Page>
  );
}

function Times({ from, to, onChange }: { from: string; to: string | undefined; onChange: (part: Partial<ChangesSearch>) => void }) {
  const t = useT();
  const { zone } = useTimeStyle();
  const quick = (range: QuickRange) => onChange({ from: rangeStart(range, new Date(), zone), to: undefined });
  const field = (text: string) => fromLocalField(text, zone) ?? undefined;
  return (
    <div className={styles.controls}>
      <Field label={t("changes.from", { zone: zoneName(zone) })}>
        {(control) => <input type="datetime-local" {...control} key={from} defaultValue={toLocalField(from, zone)} onBlur={(event) => event.target.value !== toLocalField(from, zone) && onChange({ from: field(event.target.value) })} />}
      </Field>
      <Field label={t("changes.to", { zone: zoneName(zone) })}>
        {(control) => <input type="datetime-local" {...control} key={to ?? "now"} defaultValue={to ? toLocalField(to, zone) : ""} onBlur={(event) => event.target.value !== (to ? toLocalField(to, zone) : "") && onChange({ to: field(event.target.value) })} />}
      </Field>
      <div className="row wrap" role="group" aria-label={t("changes.quick")}>
        {quickRanges.map((range) => (
          <Button key={range} small onClick={() => quick(range)}>
            {t(`changes.${range}`)}
          </Button>
        ))}
      </div>
    </div>
  );
}
