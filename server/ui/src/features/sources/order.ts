import type { Source } from "../../api/types";

/** The sources in this order, then those it does not name. */
export function complete(order: readonly string[], sources: readonly Source[]): string[] {
  const ordered = sources.filter((one) => one.can_be_ordered && !order.includes(one.name));
  return [...order, ...ordered.map((one) => one.name)];
}

/** The list with the entry at `place` one place further up or down. */
export function moved(list: readonly string[], place: number, by: -1 | 1): string[] {
  const next = [...list];
  const [entry] = next.splice(place, 1);
  if (entry !== undefined) next.splice(place + by, 0, entry);
  return next;
}
