import { Link } from "@tanstack/react-router";
import { useMemo, type ReactNode } from "react";
import { useClassBook } from "../../../api/classes";
import type { List } from "../../../api/queries";
import type { ChangeReport, ItemChange } from "../../../api/types";
import { formatNumber } from "../../../format/number";
import { codeText, useLocale, useT } from "../../../i18n";
import { ExportButton, type Exported } from "../../../layout/ExportButton";
import { ListBody } from "../../../layout/ListBody";
import { paths } from "../../../paths";
import { Badge, ClassLetter, type Tone } from "../../../ui/Badge";
import { Card } from "../../../ui/Card";
import { DataTable, type Column } from "../../../ui/DataTable";
import { Name } from "../../../ui/Text";
import { DifferencesView } from "./DifferencesView";
import styles from "./History.module.css";
import { changes, type ItemChangeKind, type ReportSearch } from "./search";
import { topicLabel } from "./topics";

/** What a report is narrowed to. */
export interface Narrowed extends ReportSearch {
  class?: string | undefined;
}

interface ReportViewProps {
  label: string;
  list: List<ItemChange>;
  report: ChangeReport | undefined;
  narrowed: Narrowed;
  onNarrow: (part: Narrowed) => void;
  /** Whether the report can be narrowed to a class. */
  byClass?: boolean;
  emptyTitle: string;
  emptyText: string;
  /** What can be done about a row. */
  actions?: (row: ItemChange) => ReactNode;
  /** Where the report is as a file. */
  exported: Exported;
  /** What can be done about all. */
  head?: ReactNode;
}

/** What became of a set of CIs: counted, and one by one. */
export function ReportView(props: ReportViewProps) {
  const { label, list, report, narrowed, onNarrow, head } = props;
  const isNarrowed = Boolean(narrowed.change ?? narrowed.topic ?? (props.byClass ? narrowed.class : undefined));
  const columns = useColumns(report, props.actions);
  return (
    <>
      {report && report.totals.cis > 0 && <Facets totals={report.totals} narrowed={narrowed} onNarrow={onNarrow} byClass={props.byClass === true} />}
      <Card flush title={label} actions={<>{head}<ExportButton {...props.exported} /></>}>
        <ListBody list={list} filtered={isNarrowed} onClear={() => onNarrow({ change: undefined, topic: undefined, ...(props.byClass ? { class: undefined } : {}) })} emptyTitle={props.emptyTitle} emptyText={props.emptyText}>
          <DataTable
            label={label}
            columns={columns}
            rows={list.rows}
            rowKey={(row) => row.ci.id}
            stale={list.stale}
            total={list.total}
            onEnd={list.loadMore}
            detail={{ name: (row) => row.ci.name, show: (row) => <RowDetail row={row} /> }}
          />
        </ListBody>
      </Card>
    </>
  );
}

function RowDetail({ row }: { row: ItemChange }) {
  const t = useT();
  return (
    <>
      <DifferencesView className={row.ci.class} differences={row.differences} />
      {row.truncated && <p className="muted">{t("drift.truncated")}</p>}
    </>
  );
}

const TONES: Record<ItemChangeKind, Tone> = { changed: "accent", created: "ok", entered: "ok", left: "warning", gone: "critical", merged: "neutral" };

function useColumns(report: ChangeReport | undefined, actions: ReportViewProps["actions"]): Column<ItemChange>[] {
  const t = useT();
  const book = useClassBook();
  const [from, to] = [report?.from, report?.to];
  return useMemo(() => {
    const columns: Column<ItemChange>[] = [
      {
        id: "name",
        header: t("ci.name"),
        size: 240,
        cell: (row) => (
          <span className="row">
            <ClassLetter {...book.mark(row.ci.class)} />
            <Link {...paths.ci(row.ci.id, "history", { from, to })} className="grow">
              <Name>{row.ci.name}</Name>
            </Link>
          </span>
        ),
      },
      { id: "class", header: t("ci.class"), size: 140, cell: (row) => book.label(row.ci.class) },
      { id: "change", header: t("drift.change"), size: 130, cell: (row) => <Badge tone={TONES[row.change]}>{codeText(t, "item_change", row.change)}</Badge> },
      {
        id: "topics",
        header: t("drift.topics"),
        size: 320,
        cell: (row) =>
          row.topics
            .filter((topic) => topic !== "membership")
            .map((topic) => topicLabel(t, book, topic, row.ci.class))
            .join(", ") || "—",
      },
    ];
    if (actions) columns.push({ id: "actions", header: t("ui.actions"), size: 100, pinned: true, cell: actions });
    return columns;
  }, [t, book, from, to, actions]);
}

interface FacetsProps {
  totals: ChangeReport["totals"];
  narrowed: Narrowed;
  onNarrow: (part: Narrowed) => void;
  byClass: boolean;
}

function Facets({ totals, narrowed, onNarrow, byClass }: FacetsProps) {
  const t = useT();
  const book = useClassBook();
  const pick = (before: string | undefined, name: string) => (before === name ? undefined : name);
  return (
    <div className={styles.facets}>
      <FacetRow name={t("drift.change")} counts={totals.changes} chosen={narrowed.change} label={(name) => codeText(t, "item_change", name)} onPick={(name) => onNarrow({ change: changes.find((one) => one === pick(narrowed.change, name)) })} />
      <FacetRow name={t("drift.topics")} counts={totals.topics} chosen={narrowed.topic} label={(name) => topicLabel(t, book, name)} onPick={(name) => onNarrow({ topic: pick(narrowed.topic, name) })} />
      <FacetRow name={t("ci.class")} counts={totals.classes} chosen={narrowed.class} label={book.label} onPick={byClass ? (name) => onNarrow({ class: pick(narrowed.class, name) }) : null} />
    </div>
  );
}

interface FacetRowProps {
  name: string;
  counts: ChangeReport["totals"]["topics"];
  chosen: string | undefined;
  label: (name: string) => string;
  /** Without it the counts are only told. */
  onPick: ((name: string) => void) | null;
}

const SHOWN = 12;

function FacetRow({ name, counts, chosen, label, onPick }: FacetRowProps) {
  const locale = useLocale();
  const shown = [...counts].sort((one, other) => other.cis - one.cis).filter((one, place) => place < SHOWN || one.name === chosen);
  if (shown.length === 0) return null;
  return (
    <div className={styles.facet} role="group" aria-label={name}>
      <span className={styles.facetName}>{name}</span>
      {shown.map((one) =>
        onPick ? (
          <button key={one.name} type="button" className={styles.chip} aria-pressed={one.name === chosen} onClick={() => onPick(one.name)}>
            {label(one.name)}
            <span>{formatNumber(one.cis, locale)}</span>
          </button>
        ) : (
          <Badge key={one.name}>
            {label(one.name)} {formatNumber(one.cis, locale)}
          </Badge>
        ),
      )}
    </div>
  );
}
