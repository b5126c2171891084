import { useId, type ComponentProps, type ReactNode } from "react";
import styles from "./Button.module.css";
import { classes } from "./classes";
import { Icon, type IconName } from "./Icon";

export type ButtonTone = "default" | "primary" | "danger" | "quiet";

export interface ButtonProps extends Omit<ComponentProps<"button">, "disabled"> {
  tone?: ButtonTone;
  icon?: IconName;
  small?: boolean;
  /** The work that the button started is under way: it stays focusable and does nothing. */
  busy?: boolean;
  /** Why it cannot be used now; shown on hover and focus and read out. Any text disables the button. */
  reason?: string | null | undefined;
  children?: ReactNode;
}

/** Class names that make a link look like a button. */
export function buttonClass(tone: ButtonTone = "default", small = false): string {
  return classes(styles.button, tone !== "default" && styles[tone], small && styles.small);
}

/** A button that explains itself when it cannot be used. */
export function Button({ tone = "default", icon, small = false, busy = false, reason, children, className, onClick, type = "button", ...rest }: ButtonProps) {
  const reasonId = useId();
  const blocked = busy || Boolean(reason);
  const button = (
    <button
      {...rest}
      type={blocked ? "button" : type}
      aria-disabled={blocked || undefined}
      aria-busy={busy || undefined}
      aria-describedby={reason ? reasonId : rest["aria-describedby"]}
      className={classes(buttonClass(tone, small), icon && children === undefined && styles.icon, className)}
      onClick={blocked ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <span className={styles.spinner} aria-hidden="true" /> : icon ? <Icon name={icon} size={14} /> : null}
      {children}
    </button>
  );
  if (!reason) return button;
  return (
    <span className={styles.explained}>
      {button}
      <span id={reasonId} className={styles.reason} role="tooltip">
        {reason}
      </span>
    </span>
  );
}

/** A button that shows only an icon; its name is read out and shown on hover. */
export function IconButton({ label, ...rest }: Omit<ButtonProps, "children" | "icon"> & { label: string; icon: IconName }) {
  return <Button tone="quiet" aria-label={label} title={label} {...rest} />;
}
