import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { answer, api } from "../../../api/client";
import { isUnderWay, type Edit } from "../../../api/edits";
import { useList } from "../../../api/queries";
import { formatNumber } from "../../../format/number";
import { codeText, useLocale, useT } from "../../../i18n";
import { ExportButton } from "../../../layout/ExportButton";
import { ListBody } from "../../../layout/ListBody";
import { FillCard, Page } from "../../../layout/Page";
import { paths } from "../../../paths";
import { buttonClass } from "../../../ui/Button";
import { DataTable, type Column } from "../../../ui/DataTable";
import { Name } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { useAttributeWords } from "../attributeWords";
import { changeText } from "./changeText";
import { StateBadge } from "./StateBadge";

const PAGE = 100;

/** What was said of many CIs at once, the newest first. */
export function EditsPage() {
  const t = useT();
  const list = useList<Edit>(["edits"], (cursor, signal) => answer(api.GET("/cis/edits", { params: { query: { limit: PAGE, cursor } }, signal })), { refetchInterval: 5_000 });
  const columns = useColumns();
  const choose = (
    <Link {...paths.cis()} className={buttonClass()}>
      {t("edits.choose")}
    </Link>
  );
  return (
    <Page
      fill
      title={t("nav.edits")}
      actions={
        <>
          <ExportButton path="/cis/edits" />
          {choose}
        </>
      }
    >
      <FillCard>
        <ListBody list={list} emptyTitle={t("edits.none")} emptyText={t("edits.none_text")} emptyAction={choose}>
          <DataTable label={t("nav.edits")} height="fill" hotkeys columns={columns} rows={list.rows} rowKey={(row) => row.id} onEnd={list.loadMore} />
        </ListBody>
      </FillCard>
    </Page>
  );
}

function useColumns(): Column<Edit>[] {
  const t = useT();
  const locale = useLocale();
  const words = useAttributeWords();
  return useMemo(
    () => [
      {
        id: "what",
        header: t("edits.what"),
        size: 300,
        cell: (row) => (
          <Link {...paths.edit(row.id)} data-row="">
            <Name>{Object.entries(row.changes).map(([name, change]) => changeText(t, words, name, change)).join("; ")}</Name>
          </Link>
        ),
      },
      { id: "state", header: t("edits.state"), size: 140, cell: (row) => <StateBadge state={row.state} /> },
      { id: "changed", header: codeText(t, "edits.outcome", "changed"), size: 120, align: "end", cell: (row) => `${formatNumber(row.totals.changed + row.totals.restored + row.totals.kept, locale)} / ${formatNumber(row.totals.items, locale)}` },
      { id: "refused", header: codeText(t, "edits.outcome", "refused"), size: 100, align: "end", cell: (row) => formatNumber(row.totals.refused, locale) },
      { id: "author", header: t("edits.author"), size: 140, cell: (row) => (row.author ? <Name>{row.author}</Name> : "—") },
      { id: "at", header: t("edits.at"), size: 150, cell: (row) => <Time at={isUnderWay(row.state) ? (row.began_at ?? row.created_at) : row.created_at} /> },
    ],
    [t, locale, words],
  );
}
