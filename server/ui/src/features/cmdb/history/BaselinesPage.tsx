import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { can } from "../../../api/can";
import { useSession } from "../../../api/session";
import type { Baseline } from "../../../api/types";
import { formatNumber } from "../../../format/number";
import { useLocale, useT } from "../../../i18n";
import { ErrorState } from "../../../layout/ErrorState";
import { ExportButton } from "../../../layout/ExportButton";
import { Page } from "../../../layout/Page";
import { paths } from "../../../paths";
import { Button, buttonClass } from "../../../ui/Button";
import { Card } from "../../../ui/Card";
import { DataTable, type Column } from "../../../ui/DataTable";
import { EmptyState, Skeleton } from "../../../ui/States";
import { Name } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { filterText } from "./filterOf";
import TakeBaselineDialog from "./TakeBaselineDialog";
import { useBaselines } from "./useBaselines";

/** Sets of CIs as they were at a time. */
export function BaselinesPage() {
  const t = useT();
  const mayTake = can(useSession(), "ci.write");
  const [taking, setTaking] = useState(false);
  const baselines = useBaselines();
  const columns = useColumns();
  const rows = baselines.data?.items ?? [];
  const choose = (
    <Link {...paths.cis()} className={buttonClass()}>
      {t("baseline.choose")}
    </Link>
  );
  return (
    <Page
      title={t("nav.baselines")}
      actions={
        <>
          <ExportButton path="/baselines" />
          {mayTake && (
            <>
              {choose}
              <Button tone="primary" icon="plus" onClick={() => setTaking(true)}>
                {t("baseline.take_all")}
              </Button>
            </>
          )}
        </>
      }
    >
      <p className="muted">{t("baseline.what")}</p>
      <Card flush>
        {baselines.isPending && <Skeleton rows={6} label={t("ui.loading")} />}
        {baselines.error && <ErrorState error={baselines.error} onRetry={() => void baselines.refetch()} />}
        {baselines.data && rows.length === 0 && (
          <EmptyState title={t("baseline.none")} actions={mayTake && choose}>
            {t("baseline.none_text")}
          </EmptyState>
        )}
        {rows.length > 0 && <DataTable label={t("nav.baselines")} columns={columns} rows={rows} rowKey={(row) => row.id} hotkeys />}
      </Card>
      {taking && <TakeBaselineDialog filter={{}} onClose={() => setTaking(false)} />}
    </Page>
  );
}

function useColumns(): Column<Baseline>[] {
  const t = useT();
  const locale = useLocale();
  return useMemo(
    () => [
      {
        id: "name",
        header: t("ci.name"),
        size: 240,
        value: (row) => row.name,
        cell: (row) => (
          <Link {...paths.baseline(row.id)} data-row="">
            <Name>{row.name}</Name>
          </Link>
        ),
      },
      { id: "set", header: t("baseline.set"), size: 240, cell: (row) => <Name>{setText(row, t("baseline.named"), t("baseline.of_all"))}</Name> },
      { id: "members", header: t("baseline.members"), size: 90, align: "end", value: (row) => row.members, cell: (row) => formatNumber(row.members, locale) },
      { id: "taken", header: t("baseline.taken_at"), size: 150, value: (row) => row.taken_at, cell: (row) => <Time at={row.taken_at} /> },
      { id: "by", header: t("baseline.created_by"), size: 130, value: (row) => row.created_by, cell: (row) => (row.created_by ? <Name>{row.created_by}</Name> : "—") },
    ],
    [t, locale],
  );
}

function setText(baseline: Baseline, named: string, all: string): string {
  return baseline.filter ? filterText(baseline.filter) || all : named;
}
