import type { Source } from "../../api/types";

/** The sources in this order, then those it does not name. */
export function complete(order: readonly string[], sources: readonly Source[]): string[] {
  return [...order, ...sources.map((one) => one.name).filter((name) => !order.includes(name))];
}

/** The list with the entry at `place` one place further up or down. */
export function moved(list: readonly string[], place: number, by: -1 | 1): string[] {
  const next = [...list];
  const [entry] = next.splice(place, 1);
  if (entry !== undefined) next.splice(place + by, 0, entry);
  return next;
}
