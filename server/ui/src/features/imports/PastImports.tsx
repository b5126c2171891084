import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { answer, api } from "../../api/client";
import { useList } from "../../api/queries";
import type { ImportSummary } from "../../api/types";
import { formatBytes, formatNumber } from "../../format/number";
import { codeText, useLocale, useT } from "../../i18n";
import { ErrorState } from "../../layout/ErrorState";
import { ExportButton } from "../../layout/ExportButton";
import { ListBody } from "../../layout/ListBody";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { DataTable, type Column } from "../../ui/DataTable";
import { Dialog } from "../../ui/Dialog";
import { Skeleton } from "../../ui/States";
import { Name } from "../../ui/Text";
import { Time } from "../../ui/Time";
import { ReportView } from "./ReportView";

/** Files that were imported, with what became of each. */
export function PastImports() {
  const t = useT();
  const [open, setOpen] = useState<ImportSummary | null>(null);
  const list = useList<ImportSummary>(["imports"], (cursor, signal) => answer(api.GET("/imports", { params: { query: { limit: 50, cursor } }, signal })));
  const columns = useColumns(setOpen);
  return (
    <Card flush title={t("imports.past")} actions={<ExportButton path="/imports" />}>
      <ListBody list={list} emptyTitle={t("imports.empty")} emptyText={t("imports.empty_text")}>
        <DataTable label={t("imports.past")} columns={columns} rows={list.rows} rowKey={(row) => row.id} onEnd={list.loadMore} />
      </ListBody>
      {open && <ReportDialog summary={open} onClose={() => setOpen(null)} />}
    </Card>
  );
}

function useColumns(open: (one: ImportSummary) => void): Column<ImportSummary>[] {
  const t = useT();
  const locale = useLocale();
  return useMemo(() => {
    const number = (value: number) => formatNumber(value, locale);
    return [
      { id: "at", header: t("imports.at"), size: 140, value: (row) => row.created_at, cell: (row) => <Time at={row.created_at} /> },
      { id: "file", header: t("imports.file"), size: 220, value: (row) => row.file_name, cell: (row) => (row.file_name ? <Name>{row.file_name}</Name> : "—") },
      { id: "format", header: t("imports.format"), size: 150, value: (row) => row.format, cell: (row) => codeText(t, "import_format", row.format) },
      { id: "size", header: t("imports.size"), size: 90, align: "end", value: (row) => row.size_bytes, cell: (row) => formatBytes(row.size_bytes, locale) },
      { id: "created", header: t("import_outcome.created"), size: 90, align: "end", value: (row) => row.totals.created, cell: (row) => number(row.totals.created) },
      { id: "changed", header: t("import_outcome.changed"), size: 90, align: "end", value: (row) => row.totals.changed, cell: (row) => number(row.totals.changed) },
      { id: "left", header: t("imports.not_taken"), size: 100, align: "end", value: (row) => row.totals.not_taken, cell: (row) => number(row.totals.not_taken) },
      { id: "organisation", header: t("ci.organisation"), size: 110, value: (row) => row.organisation.name, cell: (row) => <Name>{row.organisation.name}</Name> },
      { id: "by", header: t("enrolment.created_by"), size: 110, value: (row) => row.created_by?.display_name, cell: (row) => (row.created_by ? <Name>{row.created_by.display_name}</Name> : "—") },
      {
        id: "actions",
        header: t("ui.actions"),
        size: 92,
        pinned: true,
        cell: (row) => (
          <Button small onClick={() => open(row)} aria-label={t("imports.open", { name: row.file_name ?? row.format })}>
            {t("imports.report")}
          </Button>
        ),
      },
    ];
  }, [t, locale, open]);
}

function ReportActions({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT();
  return (
    <>
      <ExportButton path={`/imports/${id}`} />
      <Button onClick={onClose}>{t("ui.close")}</Button>
    </>
  );
}

function ReportDialog({ summary, onClose }: { summary: ImportSummary; onClose: () => void }) {
  const t = useT();
  const report = useQuery({ queryKey: ["imports", summary.id], queryFn: ({ signal }) => answer(api.GET("/imports/{id}", { params: { path: { id: summary.id } }, signal })) });
  return (
    <Dialog wide onClose={onClose} title={summary.file_name ?? codeText(t, "import_format", summary.format)} footer={<ReportActions id={summary.id} onClose={onClose} />}>
      {report.isPending && <Skeleton label={t("ui.loading")} />}
      {report.error && <ErrorState error={report.error} onRetry={() => void report.refetch()} />}
      {report.data && <ReportView report={report.data} />}
    </Dialog>
  );
}
