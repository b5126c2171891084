import { useSyncExternalStore } from "react";

/** How high rows are: 28 or 34 pixels. */
export type Density = "compact" | "comfortable";

const STORED = "terrier.density";
const HEIGHTS: Record<Density, number> = { compact: 28, comfortable: 34 };
const listeners = new Set<() => void>();

function current(): Density {
  return document.documentElement.dataset["density"] === "comfortable" ? "comfortable" : "compact";
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The chosen density; `boot.js` shows it from the first paint on. */
export function useDensity(): Density {
  return useSyncExternalStore(subscribe, current);
}

/** The height of a table's row in pixels. */
export function useRowHeight(): number {
  return HEIGHTS[useDensity()];
}

/** Shows a density now and on the next visit; it belongs to the screen, not to the user. */
export function chooseDensity(density: Density) {
  document.documentElement.dataset["density"] = density;
  try {
    localStorage.setItem(STORED, density);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  for (const listener of listeners) listener();
}
