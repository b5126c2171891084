import { Link, getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { answer, api } from "../../api/client";
import { useList } from "../../api/queries";
import type { Product } from "../../api/types";
import { formatNumber } from "../../format/number";
import { useLocale, useT } from "../../i18n";
import { ExportButton } from "../../layout/ExportButton";
import { ListBody } from "../../layout/ListBody";
import { FillCard, Page } from "../../layout/Page";
import { paths } from "../../paths";
import { DataTable, type Column } from "../../ui/DataTable";
import { Segments } from "../../ui/Field";
import { SearchField } from "../../ui/SearchField";
import { Name } from "../../ui/Text";
import { ecosystems } from "./filters";
import styles from "./Software.module.css";

const route = getRouteApi("/app/software");

/** Every product installed anywhere, and on how many hosts. */
export function SoftwarePage() {
  const t = useT();
  const { q, ecosystem } = route.useSearch();
  const navigate = route.useNavigate();
  const find = (text: string) => void navigate({ search: (before) => ({ ...before, q: text || undefined }), replace: true });
  const list = useList<Product>(["software", q ?? "", ecosystem ?? ""], (cursor, signal) => answer(api.GET("/software", { params: { query: { q, ecosystem, limit: 200, cursor } }, signal })));
  const columns = useColumns();
  const options = [["all", t("ui.all")] as const, ...ecosystems.map((one) => [one, one] as const)];
  return (
    <Page fill title={t("nav.software")} count={list.total === null ? undefined : t("software.products", { count: list.total })} actions={<ExportButton path="/software" params={{ q, ecosystem }} />}>
      <div className={styles.bar}>
        <SearchField hotkey className={styles.search} label={t("software.search")} clearLabel={t("ui.clear")} value={q ?? ""} onSearch={find} />
        <Segments label={t("software.ecosystem")} value={ecosystem ?? "all"} options={options} onChange={(next) => void navigate({ search: (before) => ({ ...before, ecosystem: ecosystems.find((one) => one === next) }) })} />
      </div>
      <FillCard>
        <ListBody list={list} filtered={q !== undefined || ecosystem !== undefined} onClear={() => void navigate({ search: {} })} emptyTitle={t("software.empty")} emptyText={t("software.empty_text")}>
          <DataTable label={t("nav.software")} height="fill" scrollId="software" hotkeys columns={columns} rows={list.rows} rowKey={(row) => String(row.id)} stale={list.stale} total={list.total} onEnd={list.loadMore} onSort={noSort} />
        </ListBody>
      </FillCard>
    </Page>
  );
}

/** The server sorts by name and by nothing else. */
function noSort() {}

function useColumns(): Column<Product>[] {
  const t = useT();
  const locale = useLocale();
  return useMemo(
    () => [
      {
        id: "name",
        header: t("software.name"),
        size: 320,
        cell: (row) => (
          <Link {...paths.product(row.id)} data-row="">
            <Name>{row.name}</Name>
          </Link>
        ),
      },
      { id: "ecosystem", header: t("software.ecosystem"), size: 100, cell: (row) => row.ecosystem },
      { id: "hosts", header: t("software.hosts_column"), size: 90, align: "end", cell: (row) => formatNumber(row.hosts, locale) },
      { id: "versions", header: t("software.versions_column"), size: 90, align: "end", cell: (row) => formatNumber(row.versions, locale) },
      { id: "vendor", header: t("software.vendor"), size: 260, cell: (row) => <Name>{row.vendor ?? "—"}</Name> },
    ],
    [t, locale],
  );
}
