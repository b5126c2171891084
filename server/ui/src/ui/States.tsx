import type { CSSProperties, ReactNode } from "react";
import type { Tone } from "./Badge";
import { classes } from "./classes";
import { Icon, type IconName } from "./Icon";
import styles from "./States.module.css";

interface StateProps {
  icon?: IconName;
  title: ReactNode;
  children?: ReactNode;
  /** What can be done about it. */
  actions?: ReactNode;
}

/** Says why there is nothing to show, and what to do. */
export function EmptyState({ icon = "inbox", title, children, actions }: StateProps) {
  return (
    <div className={styles.state}>
      <Icon name={icon} size={26} />
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {actions && <div className={styles.foot}>{actions}</div>}
    </div>
  );
}

const WIDTHS = ["62%", "48%", "71%", "55%", "66%", "43%"];

/** Rows of the real height in place of what is loading; invisible for the first 150 ms. */
export function Skeleton({ rows = 6, label }: { rows?: number; label: string }) {
  return (
    <div className={styles.skeleton} role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={styles.bar} style={{ "--w": WIDTHS[row % WIDTHS.length] } as CSSProperties} />
      ))}
    </div>
  );
}

const ICONS: Record<Tone, IconName> = { neutral: "info", accent: "info", ok: "check", warning: "alert", critical: "alert" };

/** A remark in the flow of a page. */
export function Note({ tone = "neutral", role, children }: { tone?: Tone; role?: "alert" | "status"; children: ReactNode }) {
  return (
    <div className={classes(styles.note, tone !== "neutral" && styles[tone])} role={role}>
      <Icon name={ICONS[tone]} />
      <div className="grow">{children}</div>
    </div>
  );
}
