import { Suspense, lazy, useState } from "react";
import type { CiItem } from "../../../api/types";
import { useT, withMessages } from "../../../i18n";
import { Button } from "../../../ui/Button";
import { filterOf } from "../history/filterOf";
import { ciQuery, isFiltered, type CiSearch } from "../list/filters";
import styles from "./Edits.module.css";

const EditDialog = lazy(() => withMessages("edits", () => import("./EditDialog")));

interface SelectionProps {
  search: CiSearch;
  rows: readonly CiItem[];
  total: number | null;
  selected: ReadonlySet<string>;
  onClear: () => void;
}

/** What can be done with the CIs that are selected, and with all that the list would show. */
export default function SelectionBar({ search, rows, total, selected, onClear }: SelectionProps) {
  const t = useT();
  const [all, setAll] = useState(false);
  const [editing, setEditing] = useState(false);
  const count = all ? (total ?? selected.size) : selected.size;
  const chosen = all ? rows : rows.filter((row) => selected.has(row.id));
  const filter = isFiltered(search) ? filterOf(search) : { q: String(ciQuery(search).q) };
  return (
    <div className={styles.bar} role="region" aria-label={t("edits.selection")}>
      <strong role="status">{t("edits.selected", { count })}</strong>
      {total !== null && total > selected.size && (
        <Button small aria-pressed={all} onClick={() => setAll(!all)}>
          {all ? t("edits.only_selected", { count: selected.size }) : t("edits.all_matching", { count: total })}
        </Button>
      )}
      <Button small tone="primary" icon="edit" onClick={() => setEditing(true)}>
        {t("edits.edit")}
      </Button>
      <Button small tone="quiet" onClick={onClear}>
        {t("edits.clear")}
      </Button>
      {editing && (
        <Suspense>
          <EditDialog selected={all ? { filter } : { ci_ids: [...selected] }} count={count} classes={chosen.map((row) => row.class)} onClose={() => setEditing(false)} />
        </Suspense>
      )}
    </div>
  );
}
