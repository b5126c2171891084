import type { ReactNode } from "react";
import styles from "./TableFoot.module.css";

/** The line below a table: how many of how many rows are here, and a way to the rest. */
export function TableFoot({ children }: { children: ReactNode }) {
  return <div className={styles.foot}>{children}</div>;
}
