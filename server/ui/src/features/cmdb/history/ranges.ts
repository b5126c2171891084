import { fromLocalField, toLocalField } from "../../../format/time";

const DAY = 86_400_000;

/** Times that people look back to. */
export const quickRanges = ["day", "week", "month", "friday"] as const;
export type QuickRange = (typeof quickRanges)[number];

/** When a quick range begins; a Friday is that of the reader's zone, at the end of its day's work. */
export function rangeStart(range: QuickRange, now: Date, zone: string): string {
  if (range === "friday") return lastFriday(now, zone);
  const days = { day: 1, week: 7, month: 30 }[range];
  return new Date(now.getTime() - days * DAY).toISOString();
}

const EVENING = "18:00";

function lastFriday(now: Date, zone: string): string {
  for (let back = 0; back <= 7; back += 1) {
    const day = toLocalField(new Date(now.getTime() - back * DAY).toISOString(), zone).slice(0, 10);
    const evening = fromLocalField(`${day}T${EVENING}`, zone);
    if (new Date(`${day}T00:00:00Z`).getUTCDay() === 5 && evening && Date.parse(evening) <= now.getTime()) return evening;
  }
  return new Date(now.getTime() - 7 * DAY).toISOString();
}
