import { useMemo, type ReactNode } from "react";
import { readText, type SectionBodies, type WireText } from "../../../api/sections";
import { codeText, useT } from "../../../i18n";
import { Button } from "../../../ui/Button";
import { DataTable, type Column, type RowDetail, type Sort } from "../../../ui/DataTable";
import { EmptyState, Note } from "../../../ui/States";
import { TableFoot } from "../../../ui/TableFoot";
import { Codes } from "./Codes";
import { SectionBody } from "./SectionBody";

interface SectionTableProps<Name extends keyof SectionBodies, Row> extends TableOptions<Row> {
  id: string;
  section: Name;
  /** What the table lists, where that is not the whole section. */
  label?: string;
  /** A function that stays the same, so that rows are made once. */
  rowsOf: (body: SectionBodies[Name]) => readonly Row[];
}

interface TableOptions<Row> {
  q: string;
  onClear: () => void;
  keyOf: (row: Row) => string;
  useColumns: () => Column<Row>[];
  /** What opens below a row. */
  detail?: RowDetail<Row>;
  /** By what it is sorted at first. */
  sort?: Sort;
  /** Further conditions than `q`, from the address as well. */
  keep?: ((row: Row) => boolean) | undefined;
}

/** The list of a section, filtered by what stands in the address; says why when there is nothing to show. */
export function SectionTable<Name extends keyof SectionBodies, Row>({ id, section, label, rowsOf, ...table }: SectionTableProps<Name, Row>) {
  const t = useT();
  return (
    <SectionBody id={id} section={section}>
      {(body) => (
        <>
          {"unread" in body && <Unread files={body.unread ?? []} />}
          <BodyTable {...table} label={label ?? codeText(t, "section", section)} body={body} rowsOf={rowsOf} />
        </>
      )}
    </SectionBody>
  );
}

/** What may be missing from the list, so that nobody takes it for whole. */
function Unread({ files }: { files: readonly WireText[] }) {
  const t = useT();
  if (files.length === 0) return null;
  return (
    <Note tone="warning">
      {t("section.unread", { count: files.length })} <Codes texts={files.map(readText)} />
    </Note>
  );
}

function BodyTable<Body, Row>({ body, rowsOf, ...table }: TableOptions<Row> & { label: string; body: Body; rowsOf: (body: Body) => readonly Row[] }) {
  return <FilteredTable {...table} all={useMemo(() => rowsOf(body), [rowsOf, body])} />;
}

interface FilteredTableProps<Row> extends TableOptions<Row> {
  label: string;
  all: readonly Row[];
}

/** A list that lies in the browser, filtered by `q`. */
export function FilteredTable<Row>({ label, q, onClear, all, keyOf, useColumns, detail, sort, keep }: FilteredTableProps<Row>): ReactNode {
  const t = useT();
  const columns = useColumns();
  const rows = useMemo(() => all.filter((row) => (!keep || keep(row)) && matches(row, q)), [all, q, keep]);
  const seen = useMemo(() => uniqueKeys(rows, keyOf), [rows, keyOf]);
  if (all.length === 0) return <EmptyState title={t("section.empty")}>{t("section.empty_text")}</EmptyState>;
  if (rows.length === 0) {
    return (
      <EmptyState icon="search" title={t("ui.nothing_matches")} actions={<Button onClick={onClear}>{t("ui.clear_filters")}</Button>}>
        {t("ui.nothing_matches_text")}
      </EmptyState>
    );
  }
  return (
    <>
      <DataTable label={label} columns={columns} rows={rows} detail={detail} initialSort={sort} rowKey={(row) => seen.get(row) ?? keyOf(row)} total={rows.length} />
      <TableFoot>
        <span className="num">{t("ui.shown_of", { shown: rows.length, total: all.length })}</span>
      </TableFoot>
    </>
  );
}

/** Whether any text of a row holds `q`, whatever the case. */
function matches(row: unknown, q: string): boolean {
  return q === "" || JSON.stringify(row).toLowerCase().includes(JSON.stringify(q).slice(1, -1).toLowerCase());
}

/** Hostile reports may repeat a row; React needs every key once. */
function uniqueKeys<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<Row, string> {
  const times = new Map<string, number>();
  return new Map(
    rows.map((row) => {
      const key = keyOf(row);
      const time = times.get(key) ?? 0;
      times.set(key, time + 1);
      return [row, time === 0 ? key : `${key}#${time}`];
    }),
  );
}
