import type { ReactNode } from "react";
import { useT } from "../i18n";
import styles from "./DataTable.module.css";
import { Icon } from "./Icon";

/** What a row opens to show. */
export interface RowDetail<Row> {
  /** The row's name, for the button that opens it. */
  name: (row: Row) => string;
  show: (row: Row) => ReactNode;
}

/** A line of a table: a row, or what it opened to show. */
export interface Item<R> {
  row: R;
  isDetail: boolean;
}

export const none: ReadonlySet<string> = new Set();

/** The rows, each opened one followed by its detail. */
export function withDetails<R extends { id: string }>(rows: readonly R[], opened: ReadonlySet<string>): Item<R>[] {
  return rows.flatMap((row) => (opened.has(row.id) ? [{ row, isDetail: false }, { row, isDetail: true }] : [{ row, isDetail: false }]));
}

export const itemKey = (item: Item<{ id: string }> | undefined) => (item?.isDetail ? `${item.row.id} detail` : (item?.row.id ?? ""));

/** `opened` with `id` in it or, if it was, without. */
export function toggled(opened: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(opened);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** The button that opens a row. */
export function Toggle({ name, open, onToggle }: { name: string; open: boolean; onToggle: () => void }) {
  const t = useT();
  return (
    <button type="button" className={styles.toggle} aria-expanded={open} aria-label={t("ui.details_of", { name })} data-row="" onClick={onToggle}>
      <Icon name={open ? "down" : "right"} size={12} />
    </button>
  );
}
