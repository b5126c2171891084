import { createContext, useContext, useMemo, useSyncExternalStore, type ReactNode } from "react";
import { useLocale } from "../i18n";
import type { TimeStyle } from "./time";

/** The browser's own zone. */
export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

const ZoneContext = createContext(browserZone);

function known(zone: string): string {
  try {
    Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return browserZone;
  }
}

/** Says in which zone everything below shows times. */
export function ZoneProvider({ zone, children }: { zone: string; children: ReactNode }) {
  return <ZoneContext.Provider value={known(zone)}>{children}</ZoneContext.Provider>;
}

export function useTimeStyle(): TimeStyle {
  const locale = useLocale();
  const zone = useContext(ZoneContext);
  return useMemo(() => ({ locale, zone }), [locale, zone]);
}

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void) {
  listeners.add(listener);
  now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 15_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, renewed every 15 seconds, for words like "3 minutes ago". */
export function useNow(): Date {
  const at = useSyncExternalStore(subscribe, () => now);
  return useMemo(() => new Date(at), [at]);
}
