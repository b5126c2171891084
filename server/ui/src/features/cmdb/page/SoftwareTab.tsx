import { Link, getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { answer, api } from "../../../api/client";
import { useList } from "../../../api/queries";
import type { Installed } from "../../../api/types";
import { useT } from "../../../i18n";
import { ListBody } from "../../../layout/ListBody";
import { paths } from "../../../paths";
import { Card } from "../../../ui/Card";
import { DataTable, type Column } from "../../../ui/DataTable";
import { SearchField } from "../../../ui/SearchField";
import { Code, Name } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import styles from "./CiPage.module.css";
import type { TabProps } from "./CiPage";

const route = getRouteApi("/app/cis/$id/$tab");

/** Installed packages, now or as of the chosen moment. */
export default function SoftwareTab({ read }: TabProps) {
  const t = useT();
  const { id } = read.body;
  const { q, as_of } = route.useSearch();
  const navigate = route.useNavigate();
  const find = (text: string) => void navigate({ search: (before) => ({ ...before, q: text || undefined }), replace: true });
  const list = useList<Installed>(["ci", id, "software", q ?? "", as_of ?? ""], (cursor, signal) =>
    answer(api.GET("/cis/{id}/software", { params: { path: { id }, query: { q, as_of, limit: 200, cursor } }, signal })),
  );
  const columns = useColumns();
  const title = list.total === null ? t("tab.software") : t("software.packages", { count: list.total });
  return (
    <Card flush title={title} actions={<SearchField hotkey className={styles.filter} label={t("software.search")} clearLabel={t("ui.clear")} value={q ?? ""} onSearch={find} />}>
      <ListBody list={list} filtered={q !== undefined} onClear={() => find("")} emptyTitle={t("software.none_here")} emptyText={t("software.none_here_text")}>
        <DataTable label={t("tab.software")} columns={columns} rows={list.rows} rowKey={(row) => `${row.product.id}/${row.version}/${row.architecture ?? ""}`} stale={list.stale} total={list.total} onEnd={list.loadMore} hotkeys />
      </ListBody>
    </Card>
  );
}

function useColumns(): Column<Installed>[] {
  const t = useT();
  return useMemo(
    () => [
      {
        id: "name",
        header: t("software.name"),
        size: 220,
        cell: (row) => (
          <Link {...paths.product(row.product.id)} data-row="">
            <Name>{row.product.name}</Name>
          </Link>
        ),
      },
      { id: "version", header: t("software.version"), size: 200, cell: (row) => <Code>{row.version}</Code> },
      { id: "architecture", header: t("software.architecture"), size: 96, cell: (row) => row.architecture ?? "—" },
      { id: "ecosystem", header: t("software.ecosystem"), size: 80, cell: (row) => row.product.ecosystem },
      { id: "source", header: t("software.source"), size: 150, cell: (row) => (row.source ? <Name>{row.source}</Name> : "—") },
      { id: "vendor", header: t("software.vendor"), size: 170, cell: (row) => (row.vendor ? <Name>{row.vendor}</Name> : "—") },
      { id: "since", header: t("ci.since"), size: 110, cell: (row) => <Time at={row.valid_from} show="day" /> },
    ],
    [t],
  );
}
