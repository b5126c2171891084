import { useEffect, useState, type ReactNode } from "react";
import { useT } from "../i18n";
import { IconButton } from "./Button";
import { classes } from "./classes";
import styles from "./Text.module.css";

const WHOLE_UP_TO = 16;
const TAIL = 8;

/** Shows control and bidirectional-override characters as their code points, so that a name cannot pretend to be another. */
export function visibleText(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, (letter) => {
    return `\u27e8${letter.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
  });
}

/** A name cut in the middle where it does not fit, because names of hosts differ at the end. */
export function Name({ children }: { children: string }) {
  const text = visibleText(children);
  const letters = Array.from(text);
  if (letters.length <= WHOLE_UP_TO) return <bdi>{text}</bdi>;
  return (
    <bdi title={text}>
      <span className="sr-only">{text}</span>
      <span className={styles.middle} aria-hidden="true">
        <span className={styles.head}>{letters.slice(0, -TAIL).join("")}</span>
        <span className={styles.tail}>{letters.slice(-TAIL).join("")}</span>
      </span>
    </bdi>
  );
}

/** Machine text: identifiers, addresses, paths. */
export function Code({ children }: { children: string }) {
  return <bdi className="mono">{visibleText(children)}</bdi>;
}

/** A path or a command, cut in the middle where it does not fit; a dash where there is none. */
export function Path({ text }: { text: string }) {
  if (!text) return "—";
  return (
    <span className="mono">
      <Name>{text}</Name>
    </span>
  );
}

/** Machine text with a button that copies it. */
export function CopyCode({ text, label }: { text: string | null | undefined; label: string }) {
  if (!text) return "—";
  return (
    <span className={styles.copyCode}>
      <Path text={text} />
      <CopyButton text={text} label={label} />
    </span>
  );
}

/** A button that copies `text` and says so. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <IconButton small icon={copied ? "check" : "copy"} label={copied ? t("ui.copied") : label} onClick={() => void copy(text).then(setCopied)} />
      <span className="sr-only" role="status">
        {copied ? t("ui.copied") : ""}
      </span>
    </>
  );
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** A text meant to be copied, as a whole. */
export function CopyLine({ text, label }: { text: string; label: string }) {
  return (
    <div className={styles.copy}>
      <pre>{text}</pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}

/** How full something is, as a bar; the number stands beside it. `calm` where full is as it should be. */
export function UsageBar({ ratio, label, calm = false }: { ratio: number; label: string; calm?: boolean }) {
  const percent = Math.max(0, Math.min(100, ratio * 100));
  const tone = calm ? undefined : percent >= 95 ? styles.critical : percent >= 85 ? styles.warning : undefined;
  return (
    <span className={styles.usage} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(percent)}>
      <span className={classes(styles.fill, tone)} style={{ width: `${percent}%` }} />
    </span>
  );
}

export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className={styles.kbd}>{children}</kbd>;
}
