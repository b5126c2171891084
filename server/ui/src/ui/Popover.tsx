import { lazy, type ReactNode } from "react";
import { OnDemand, type TriggerElement } from "./OnDemand";

const load = () => import("./Panel");
const Panel = lazy(load);

interface PopoverProps {
  trigger: TriggerElement;
  /** What the panel is, read out when it opens. */
  label: string;
  children: ReactNode;
  align?: "start" | "end";
}

/** A small panel beside its trigger. */
export function Popover({ trigger, label, children, align = "start" }: PopoverProps) {
  return (
    <OnDemand trigger={trigger} kind="dialog" preload={load}>
      {(button) => (
        <Panel trigger={button} label={label} align={align}>
          {children}
        </Panel>
      )}
    </OnDemand>
  );
}
