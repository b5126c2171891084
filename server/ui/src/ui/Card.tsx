import type { ReactNode } from "react";
import type { Tone } from "./Badge";
import styles from "./Card.module.css";
import { classes } from "./classes";

interface CardProps {
  title?: ReactNode;
  /** What stands at the right of the title. */
  actions?: ReactNode;
  /** The content brings its own padding: a table or a list. */
  flush?: boolean;
  children: ReactNode;
}

/** A bordered part of a page. */
export function Card({ title, actions, flush = false, children }: CardProps) {
  return (
    <section className={classes(styles.card, flush && styles.flush)}>
      {title !== undefined && (
        <div className={styles.head}>
          <h2>{title}</h2>
          {actions}
        </div>
      )}
      {flush ? children : <div className={styles.body}>{children}</div>}
    </section>
  );
}

/** A row of {@link Tile}s. */
export function Tiles({ children }: { children: ReactNode }) {
  return <div className={styles.tiles}>{children}</div>;
}

/** Class names of a tile, for links that are tiles. */
export function tileClass(tone: Tone = "neutral"): string {
  return classes(styles.tile, tone !== "neutral" && styles[tone]);
}

/** What a tile says: a label, one number, and what it means. */
export function TileBody({ label, value, note }: { label: ReactNode; value: ReactNode; note?: ReactNode }) {
  return (
    <>
      <span className={styles.tileLabel}>{label}</span>
      <span className={styles.tileValue}>{value}</span>
      {note !== undefined && <span className={styles.tileNote}>{note}</span>}
    </>
  );
}

/** A tile that is no link. */
export function Tile({ tone, ...body }: { tone?: Tone; label: ReactNode; value: ReactNode; note?: ReactNode }) {
  return (
    <div className={tileClass(tone)}>
      <TileBody {...body} />
    </div>
  );
}

/** Pairs of a word and its value; absent values show as a dash. */
export function Facts({ items }: { items: readonly (readonly [label: string, value: ReactNode])[] }) {
  return (
    <dl className={styles.facts}>
      {items.map(([label, value]) => (
        <Fact key={label} label={label}>
          {value}
        </Fact>
      ))}
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  const absent = children === null || children === undefined || children === "";
  return (
    <>
      <dt>{label}</dt>
      <dd>{absent ? "—" : children}</dd>
    </>
  );
}

/** A plain list of rows in a flush card. */
export function RowList({ children }: { children: ReactNode }) {
  return <ul className={styles.list}>{children}</ul>;
}
