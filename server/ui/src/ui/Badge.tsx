import type { CSSProperties, ReactNode } from "react";
import styles from "./Badge.module.css";
import { classes } from "./classes";

export type Tone = "neutral" | "accent" | "critical" | "warning" | "ok";
/** The shape before the word, so that a state is told apart without colour. */
export type Mark = "round" | "square" | "ring" | "half" | "cross";

/** A short state word. */
export function Badge({ tone = "neutral", mark, children, title }: { tone?: Tone; mark?: Mark; children: ReactNode; title?: string }) {
  return (
    <span className={classes(styles.badge, tone !== "neutral" && styles[tone])} title={title}>
      {mark && <span className={classes(styles.mark, mark !== "square" && styles[mark])} aria-hidden="true" />}
      {children}
    </span>
  );
}

/** The letter of a class on the colour of its family; decorative, the class's name stands beside it. */
export function ClassLetter({ letter, family, big = false }: { letter: string; family: string; big?: boolean }) {
  const style = { "--family": `var(--${family}, var(--org))` } as CSSProperties;
  return (
    <span className={classes(styles.letter, big && styles.big)} style={style} aria-hidden="true">
      {letter}
    </span>
  );
}
