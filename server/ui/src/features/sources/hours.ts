/** Seconds in an hour. */
export const HOUR = 3_600;

/** Hours as they were written, in seconds; nothing for never. */
export function seconds(hours: string): number | null {
  return hours.trim() ? Math.round(Number(hours) * HOUR) : null;
}
