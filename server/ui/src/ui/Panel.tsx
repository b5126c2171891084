import { Popover as Base } from "@base-ui/react/popover";
import type { ReactNode } from "react";
import { classes } from "./classes";
import styles from "./Menu.module.css";
import type { TriggerElement } from "./OnDemand";

interface PanelProps {
  trigger: TriggerElement;
  label: string;
  children: ReactNode;
  align: "start" | "end";
}

/** The layer of a popover, open from the start. */
export default function Panel({ trigger, label, children, align }: PanelProps) {
  return (
    <Base.Root defaultOpen>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} sideOffset={4} align={align} collisionPadding={8}>
          <Base.Popup className={classes(styles.popup, styles.padded)}>
            <Base.Title className="sr-only">{label}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
