import { useRef } from "react";
import { useT } from "../i18n";
import styles from "./DataTable.module.css";

/** Rows that are chosen, to do something with all of them. */
export interface RowSelection<Row> {
  ids: ReadonlySet<string>;
  /** The row's name, for the box that chooses it. */
  name: (row: Row) => string;
  onChange: (ids: ReadonlySet<string>) => void;
}

/** Chooses a row or lets it go; with `range` all from the one that was chosen before to this one. */
export function useSelect<Row>(selection: RowSelection<Row> | undefined, keys: readonly string[]) {
  const anchor = useRef<string | null>(null);
  if (!selection) return undefined;
  return (at: number, range: boolean) => {
    selection.onChange(chosen(selection.ids, keys, range ? anchor.current : null, at));
    anchor.current = keys[at] ?? null;
  };
}

/** `ids` after the row at `at` was chosen or let go, or all from the row `from` to it were chosen. */
export function chosen(ids: ReadonlySet<string>, keys: readonly string[], from: string | null, at: number): ReadonlySet<string> {
  const next = new Set(ids);
  const begin = from === null ? -1 : keys.indexOf(from);
  const key = keys[at];
  if (begin >= 0) for (const one of keys.slice(Math.min(begin, at), Math.max(begin, at) + 1)) next.add(one);
  else if (key !== undefined && !next.delete(key)) next.add(key);
  return next;
}

/** The box that chooses a row. */
export function Tick({ name, checked, onTick }: { name: string; checked: boolean; onTick: (range: boolean) => void }) {
  const t = useT();
  return <input type="checkbox" className={styles.tick} aria-label={t("ui.select", { name })} checked={checked} onChange={(event) => onTick((event.nativeEvent as MouseEvent).shiftKey)} />;
}
