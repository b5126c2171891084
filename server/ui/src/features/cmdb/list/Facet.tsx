import type { ReactNode } from "react";
import { useT } from "../../../i18n";
import { Button } from "../../../ui/Button";
import { Icon } from "../../../ui/Icon";
import { Popover } from "../../../ui/Popover";
import styles from "./FilterBar.module.css";

export interface FacetOption {
  value: string;
  label: ReactNode;
  /** What stands in the button when it is the only one chosen. */
  short: string;
  count?: string;
  depth?: number;
}

interface FacetProps {
  label: string;
  options: readonly FacetOption[];
  chosen: readonly string[];
  onChange: (values: string[] | undefined) => void;
}

/** One filter: a button that says what is chosen, and a panel of tick boxes. */
export function Facet({ label, options, chosen, onChange }: FacetProps) {
  const t = useT();
  const only = chosen.length === 1 ? (options.find((option) => option.value === chosen[0])?.short ?? chosen[0]) : null;
  const text = chosen.length === 0 ? label : only ? `${label}: ${only}` : `${label}: ${t("ui.chosen", { count: chosen.length })}`;
  function toggle(value: string, on: boolean) {
    const next = on ? [...chosen, value] : chosen.filter((one) => one !== value);
    onChange(next.length > 0 ? next : undefined);
  }
  return (
    <Popover
      label={label}
      trigger={
        <Button className={styles.facet} data-on={chosen.length > 0}>
          {text}
          <Icon name="down" size={12} />
        </Button>
      }
    >
      <div className={styles.options} role="group" aria-label={label}>
        {options.map((option) => (
          <label key={option.value} className={styles.option} style={{ paddingLeft: (option.depth ?? 0) * 18 }}>
            <input type="checkbox" checked={chosen.includes(option.value)} onChange={(event) => toggle(option.value, event.target.checked)} />
            {option.label}
            {option.count !== undefined && <span className={styles.count}>{option.count}</span>}
          </label>
        ))}
        {chosen.length > 0 && (
          <Button small tone="quiet" onClick={() => onChange(undefined)}>
            {t("ui.clear")}
          </Button>
        )}
      </div>
    </Popover>
  );
}
