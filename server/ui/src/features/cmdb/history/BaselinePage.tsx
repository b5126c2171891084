import { Link, getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { answer, api } from "../../../api/client";
import { useList } from "../../../api/queries";
import type { Baseline, ChangeReport, ItemChange } from "../../../api/types";
import { useTimeStyle } from "../../../format/TimeContext";
import { fromLocalField, toLocalField, zoneName } from "../../../format/time";
import { useT } from "../../../i18n";
import { ErrorState } from "../../../layout/ErrorState";
import { Page } from "../../../layout/Page";
import { paths } from "../../../paths";
import { Button } from "../../../ui/Button";
import { Card, Facts } from "../../../ui/Card";
import { Field } from "../../../ui/Field";
import { Note, Skeleton } from "../../../ui/States";
import { Code, visibleText } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { AcceptDialog, type ToAccept } from "./AcceptDialog";
import { Acceptances } from "./Acceptances";
import { DeleteBaselineDialog, EditBaselineDialog } from "./BaselineDialogs";
import { filterText, searchOf } from "./filterOf";
import styles from "./History.module.css";
import { ReportView, type Narrowed } from "./ReportView";
import { useBaseline } from "./useBaselines";

const route = getRouteApi("/app/baselines/$id");
const PAGE = 100;

/** One baseline: what it is of, what differs from it, and what of that was accepted. */
export function BaselinePage() {
  const t = useT();
  const { id } = route.useParams();
  const baseline = useBaseline(id);
  if (baseline.data) return <Loaded baseline={baseline.data} />;
  return (
    <Page title={t("nav.baselines")}>
      <Card flush>{baseline.error ? <ErrorState error={baseline.error} onRetry={() => void baseline.refetch()} /> : <Skeleton rows={8} label={t("ui.loading")} />}</Card>
    </Page>
  );
}

function Loaded({ baseline }: { baseline: Baseline }) {
  const t = useT();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"edit" | "delete" | null>(null);
  const close = () => setOpen(null);
  const reason = baseline.may_change ? null : t("reason.needs_permission");
  return (
    <Page
      title={visibleText(baseline.name)}
      actions={
        <>
          <Button icon="edit" reason={reason} onClick={() => setOpen("edit")}>
            {t("baseline.edit")}
          </Button>
          <Button tone="danger" reason={reason} onClick={() => setOpen("delete")}>
            {t("baseline.delete")}
          </Button>
        </>
      }
    >
      <About baseline={baseline} />
      <Drift baseline={baseline} />
      <Acceptances baseline={baseline} />
      {open === "edit" && <EditBaselineDialog baseline={baseline} onClose={close} />}
      {open === "delete" && <DeleteBaselineDialog baseline={baseline} onClose={close} onGone={() => void navigate(paths.baselines())} />}
    </Page>
  );
}

function About({ baseline }: { baseline: Baseline }) {
  const t = useT();
  const { filter } = baseline;
  const set = filter ? (
    <Link {...paths.cis(searchOf(filter))}>
      <Code>{filterText(filter) || t("baseline.of_all")}</Code>
    </Link>
  ) : (
    t("baseline.named")
  );
  return (
    <Card>
      <Facts
        items={[
          [t("baseline.set"), set],
          [t("baseline.members"), t("cis.count", { count: baseline.members })],
          [t("baseline.taken_at"), <Time key="at" at={baseline.taken_at} show="full" />],
          [t("baseline.created_by"), baseline.created_by && visibleText(baseline.created_by)],
          [t("baseline.note"), baseline.note && visibleText(baseline.note)],
        ]}
      />
    </Card>
  );
}

function Drift({ baseline }: { baseline: Baseline }) {
  const t = useT();
  const { id } = baseline;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [accepting, setAccepting] = useState<ToAccept | null>(null);
  const list = useList<ItemChange, ChangeReport>(["baselines", id, "drift", search], (cursor, signal) =>
    answer(api.GET("/baselines/{id}/drift", { params: { path: { id }, query: { ...search, limit: PAGE, cursor } }, signal })),
  );
  const narrow = useCallback((part: Narrowed) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true }), [navigate]);
  // What differs now is accepted now; what differed then is looked at only.
  const mayAccept = baseline.may_change && search.as_of === undefined;
  const actions = useMemo(
    () =>
      mayAccept
        ? (row: ItemChange) => (
            <Button small aria-label={t("drift.accept_of", { name: row.ci.name })} onClick={() => setAccepting({ row })}>
              {t("drift.accept")}
            </Button>
          )
        : undefined,
    [mayAccept, t],
  );
  const report = list.first;
  const all = mayAccept && report && report.totals.cis > 0 && (
    <Button small onClick={() => setAccepting({ count: report.totals.cis })}>
      {t("drift.accept_all")}
    </Button>
  );
  return (
    <>
      <When asOf={search.as_of} onChange={(asOf) => void navigate({ search: (before) => ({ ...before, as_of: asOf }), replace: true })} />
      {report?.filter_fault && (
        <Note tone="warning">
          {t("drift.filter_fault")} <bdi>{visibleText(report.filter_fault)}</bdi>
        </Note>
      )}
      <ReportView label={t("drift.title")} list={list} report={report} narrowed={search} onNarrow={narrow} byClass emptyTitle={t("drift.none")} emptyText={t("drift.none_text")} head={all} exported={{ path: `/baselines/${id}/drift`, params: search }} {...(actions ? { actions } : {})} />
      {accepting && report && <AcceptDialog baseline={baseline} what={accepting} seen={report.to} onClose={() => setAccepting(null)} />}
    </>
  );
}

function When({ asOf, onChange }: { asOf: string | undefined; onChange: (asOf: string | undefined) => void }) {
  const t = useT();
  const { zone } = useTimeStyle();
  const shown = asOf ? toLocalField(asOf, zone) : "";
  return (
    <div className={styles.controls}>
      <Field label={t("drift.as_of", { zone: zoneName(zone) })}>
        {(control) => <input type="datetime-local" {...control} key={shown} defaultValue={shown} onBlur={(event) => event.target.value !== shown && onChange(fromLocalField(event.target.value, zone) ?? undefined)} />}
      </Field>
      {asOf && <Button onClick={() => onChange(undefined)}>{t("ci.back_to_now")}</Button>}
    </div>
  );
}
