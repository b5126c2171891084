import { Menu as Base } from "@base-ui/react/menu";
import type { ReactNode } from "react";
import { Icon } from "./Icon";
import styles from "./Menu.module.css";
import type { TriggerElement } from "./OnDemand";

/** A menu of actions, open from the start; render it by `OnDemand`. */
export function Menu({ trigger, children, align = "end" }: { trigger: TriggerElement; children: ReactNode; align?: "start" | "end" }) {
  return (
    <Base.Root modal={false} defaultOpen>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} sideOffset={4} align={align}>
          <Base.Popup className={styles.popup}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface ItemProps {
  onClick?: () => void;
  /** Why the item cannot be chosen; shown below it. */
  reason?: string | null | undefined;
  children: ReactNode;
  /** An element to draw the item as, for a link. */
  render?: TriggerElement;
}

export function MenuItem({ onClick, reason, children, render }: ItemProps) {
  return (
    <Base.Item className={styles.item} onClick={onClick} disabled={Boolean(reason)} {...(render ? { render } : {})}>
      <span>
        {children}
        {reason && <span className={styles.note}>{reason}</span>}
      </span>
    </Base.Item>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly (readonly [Value, ReactNode])[];
  onChange: (value: Value) => void;
}

/** A titled group of which one is chosen. */
export function MenuChoice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <Base.Group>
      <Base.GroupLabel className={styles.label}>{label}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={(next: Value) => onChange(next)}>
        {options.map(([option, text]) => (
          <Base.RadioItem key={option} value={option} className={styles.item} closeOnClick>
            <span className={styles.tick}>
              <Base.RadioItemIndicator>
                <Icon name="check" size={14} />
              </Base.RadioItemIndicator>
            </span>
            {text}
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  );
}

export function MenuLine() {
  return <div className={styles.line} role="separator" />;
}

export function MenuNote({ children }: { children: ReactNode }) {
  return <div className={styles.label}>{children}</div>;
}
