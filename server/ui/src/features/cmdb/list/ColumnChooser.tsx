import { useT } from "../../../i18n";
import { Button, IconButton } from "../../../ui/Button";
import { Check } from "../../../ui/Field";
import { Popover } from "../../../ui/Popover";
import { DEFAULT_COLUMNS } from "./columns";
import styles from "./FilterBar.module.css";

interface ColumnChooserProps {
  columns: readonly { id: string; header: string }[];
  shown: readonly string[];
  onChange: (cols: string | undefined) => void;
}

/** Which columns stand in the table and in which order; works with the keyboard alone. */
export function ColumnChooser({ columns, shown, onChange }: ColumnChooserProps) {
  const t = useT();
  const known = shown.filter((id) => columns.some((column) => column.id === id));
  const hidden = columns.filter((column) => !known.includes(column.id));
  const set = (ids: readonly string[]) => onChange(ids.join() === DEFAULT_COLUMNS.join() ? undefined : ids.join());
  function move(id: string, step: number) {
    const at = known.indexOf(id);
    const rest = known.filter((one) => one !== id);
    rest.splice(Math.max(1, at + step), 0, id);
    set(rest);
  }
  return (
    <Popover align="end" label={t("cis.columns")} trigger={<Button icon="columns">{t("cis.columns")}</Button>}>
      <div className={styles.columns} role="group" aria-label={t("cis.columns")}>
        {known.map((id, index) => {
          const name = columns.find((column) => column.id === id)?.header ?? id;
          return (
            <div key={id} className={styles.column}>
              <Check label={name} checked disabled={id === "name"} onChange={() => set(known.filter((one) => one !== id))} />
              {index > 1 && <IconButton small icon="up" label={t("cis.column_up", { name })} onClick={() => move(id, -1)} />}
              {index > 0 && index < known.length - 1 && <IconButton small icon="down" label={t("cis.column_down", { name })} onClick={() => move(id, 1)} />}
            </div>
          );
        })}
        {hidden.map((column) => (
          <Check key={column.id} label={column.header} checked={false} onChange={() => set([...known, column.id])} />
        ))}
        <Button small tone="quiet" onClick={() => onChange(undefined)}>
          {t("cis.default_columns")}
        </Button>
      </div>
    </Popover>
  );
}
