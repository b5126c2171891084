import { useNow, useTimeStyle } from "../format/TimeContext";
import { formatClock, formatDay, formatRelative, formatTime, zoneName } from "../format/time";

interface TimeProps {
  at: string | null | undefined;
  /** `relative`: "3 minutes ago"; `full`: day, time and zone; `clock`: the time of day. */
  show?: "time" | "relative" | "full" | "clock" | "day";
}

/** A moment in the reader's zone; hovering gives the full time, the zone, UTC and how long ago. Absent times are a dash. */
export function Time({ at, show = "time" }: TimeProps) {
  const style = useTimeStyle();
  const now = useNow();
  const date = at ? new Date(at) : null;
  if (!date || Number.isNaN(date.getTime())) return <span className="muted">—</span>;
  const zone = zoneName(style.zone, date);
  const whole = `${formatDay(date, style, now)} ${formatClock(date, style, true)} ${zone}`;
  const relative = formatRelative(date, style.locale, now);
  const texts = {
    time: formatTime(date, style, now),
    relative,
    full: `${formatTime(date, style, now)} ${zone}`,
    clock: formatClock(date, style),
    day: formatDay(date, style, now),
  };
  return (
    <time className="num nowrap" dateTime={date.toISOString()} title={`${whole}\n${date.toISOString()}\n${relative}`}>
      {texts[show]}
    </time>
  );
}
