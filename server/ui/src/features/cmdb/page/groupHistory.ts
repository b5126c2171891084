import type { HistoryEntry } from "../../../api/types";

export interface Moment {
  at: string;
  entries: HistoryEntry[];
}

export interface Day {
  day: string;
  moments: Moment[];
}

/** Entries, newest first, by the day they show under and the moment they happened at. */
export function groupHistory(entries: readonly HistoryEntry[], dayOf: (at: string) => string): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const name = dayOf(entry.at);
    let day = days.at(-1);
    if (day?.day !== name) days.push((day = { day: name, moments: [] }));
    let moment = day.moments.at(-1);
    if (moment?.at !== entry.at) day.moments.push((moment = { at: entry.at, entries: [] }));
    moment.entries.push(entry);
  }
  return days;
}
