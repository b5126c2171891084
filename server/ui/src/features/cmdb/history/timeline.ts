/** The times of a CI's history that can be looked at: each when something changed, and now. */
export interface Timeline {
  /** In order, as the server wrote them. */
  moments: readonly string[];
  start: number;
  end: number;
}

export function timelineOf(moments: readonly string[], now: Date): Timeline {
  const first = moments[0];
  return { moments, start: first ? Date.parse(first) : now.getTime(), end: now.getTime() };
}

/** The place of the last moment at or before a time; -1 before the first. Now is the place behind the last. */
export function placeOf({ moments }: Timeline, asOf: string | undefined): number {
  if (asOf === undefined) return moments.length;
  const at = Date.parse(asOf);
  return moments.findLastIndex((one) => Date.parse(one) <= at);
}

/** What is looked at from a place: a moment, or now. */
export function asOfPlace({ moments }: Timeline, place: number): string | undefined {
  return moments[Math.max(0, place)];
}

/** The place that is nearest to a time: where the slider is let go, it stands at a moment or at now. */
export function nearest(timeline: Timeline, time: number): number {
  const times = [...timeline.moments.map((one) => Date.parse(one)), timeline.end];
  return times.reduce((best, one, place) => (Math.abs(one - time) <= Math.abs((times[best] ?? 0) - time) ? place : best), 0);
}

const PAGE = 10;

/** Where a key leads from a place; null for keys that are none of a slider's. */
export function placeAfter(key: string, place: number, last: number): number | null {
  const steps: Partial<Record<string, number>> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -PAGE, PageUp: PAGE, Home: -last - 1, End: last + 1 };
  const step = steps[key];
  return step === undefined ? null : Math.min(last, Math.max(0, place + step));
}

/** The marks of the moments as one path over a width of 1000. */
export function marks({ moments, start, end }: Timeline): string {
  const width = Math.max(1, end - start);
  const places = new Set(moments.map((one) => Math.round(((Date.parse(one) - start) / width) * 1000)));
  return [...places].map((place) => `M${place} 0V8`).join("");
}
