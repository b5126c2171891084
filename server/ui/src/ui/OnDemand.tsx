import { Suspense, cloneElement, useState, type ReactElement, type ReactNode } from "react";

/** A button that opens something. */
export type TriggerElement = ReactElement<Record<string, unknown>>;

interface OnDemandProps {
  trigger: TriggerElement;
  kind: "menu" | "dialog";
  /** Starts loading the code when the pointer comes near. */
  preload: () => unknown;
  /** What takes the trigger over, open, once it is wanted. */
  children: (trigger: TriggerElement) => ReactNode;
}

/** A trigger whose menu or panel is loaded when it is first used, so that pages start without it. */
export function OnDemand({ trigger, kind, preload, children }: OnDemandProps) {
  const [wanted, setWanted] = useState(false);
  const plain = cloneElement(trigger, {
    "aria-haspopup": kind,
    "aria-expanded": false,
    onPointerEnter: preload,
    onFocus: preload,
    onClick: () => setWanted(true),
  });
  return wanted ? <Suspense fallback={plain}>{children(trigger)}</Suspense> : plain;
}
