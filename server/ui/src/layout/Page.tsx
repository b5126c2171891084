import { useEffect, type ReactNode } from "react";
import { classes } from "../ui/classes";
import styles from "./Shell.module.css";

interface PageProps {
  /** The page's heading, also the document's title. */
  title: string;
  /** How many things the page lists. */
  count?: ReactNode;
  actions?: ReactNode;
  /** The last child fills the window and scrolls within. */
  fill?: boolean;
  narrow?: boolean;
  /** Replaces the heading, for records with more to say at the top. */
  header?: ReactNode;
  children: ReactNode;
}

/** A page: its title in the document, its heading, its actions. */
export function Page({ title, count, actions, fill = false, narrow = false, header, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Terrier`;
  }, [title]);
  return (
    <div className={classes(styles.page, fill && styles.fill, narrow && styles.narrow)}>
      {header ?? (
        <div className={styles.head}>
          <h1>{title}</h1>
          {count !== undefined && <span className={styles.count}>{count}</span>}
          {actions && <div className={styles.actions}>{actions}</div>}
        </div>
      )}
      {children}
    </div>
  );
}

/** A card that takes the rest of the page and hands its height on. */
export function FillCard({ children }: { children: ReactNode }) {
  return <div className={styles.fillCard}>{children}</div>;
}
