import { THIN } from "./number";

/** How times are shown: in which language and which zone. */
export interface TimeStyle {
  locale: string;
  zone: string;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(style: TimeStyle, key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const id = `${style.locale}/${style.zone}/${key}`;
  const known = formatters.get(id);
  if (known) return known;
  const made = new Intl.DateTimeFormat(style.locale, { timeZone: style.zone, ...options });
  formatters.set(id, made);
  return made;
}

type Parts = Record<Intl.DateTimeFormatPartTypes, string>;

function parts(date: Date, style: TimeStyle): Parts {
  const made = formatter(style, "parts", {
    year: "numeric",
    month: style.locale === "ko" ? "2-digit" : "short",
    day: "2-digit",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(date);
  return Object.fromEntries(made.map((part) => [part.type, part.type === "month" ? part.value.replace(/[.월]$/, "") : part.value])) as Parts;
}

/** The day: `11-22(토)` or `Sat 22 Nov`, with the year unless it is that of `now`. */
export function formatDay(date: Date, style: TimeStyle, now = new Date()): string {
  const p = parts(date, style);
  const sameYear = p.year === parts(now, style).year;
  if (style.locale === "ko") return `${sameYear ? "" : `${p.year}-`}${p.month}-${p.day}(${p.weekday})`;
  return `${p.weekday} ${Number(p.day)} ${p.month}${sameYear ? "" : ` ${p.year}`}`;
}

/** The time of day: `02:00`, or `02:00:13`. */
export function formatClock(date: Date, style: TimeStyle, seconds = false): string {
  const p = parts(date, style);
  return `${p.hour}:${p.minute}${seconds ? `:${p.second}` : ""}`;
}

/** Day and time of day: `11-22(토) 02:00`. */
export function formatTime(date: Date, style: TimeStyle, now = new Date()): string {
  return `${formatDay(date, style, now)} ${formatClock(date, style)}`;
}

const SHORT_NAMES: Record<string, string> = { "Asia/Seoul": "KST", "Asia/Tokyo": "JST", UTC: "UTC" };

/** A short name of the zone at that time: `KST`, `UTC`, `GMT+1`. */
export function zoneName(zone: string, at = new Date()): string {
  const fixed = SHORT_NAMES[zone];
  if (fixed) return fixed;
  const made = formatter({ locale: "en", zone }, "zone", { timeZoneName: "shortOffset" }).formatToParts(at);
  return made.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How long ago, or in how long: `3 min. ago`, `5분 전`. */
export function formatRelative(date: Date, locale: string, now = new Date()): string {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1000);
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  const style = locale === "ko" ? "long" : "short";
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto", style }).format(Math.trunc(seconds / size), unit);
}

/** A length of time in its two largest units: `2 h 5 min`, `5분`. */
export function formatDuration(seconds: number, locale: string): string {
  const units: [string, string, number][] = [
    ["일", "d", 86_400],
    ["시간", "h", 3_600],
    ["분", "min", 60],
    ["초", "s", 1],
  ];
  const first = units.findIndex(([, , size]) => seconds >= size);
  if (first < 0) return locale === "ko" ? "0초" : `0${THIN}s`;
  let rest = seconds;
  const shown = units.slice(first, first + 2).map(([ko, en, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? "" : locale === "ko" ? `${count}${ko}` : `${count}${THIN}${en}`;
  });
  return shown.filter(Boolean).join(" ");
}

/** The value of a `datetime-local` field, read as wall time in `zone`, as UTC; null if it is no time.
 *
 * In an hour that daylight saving repeats or skips, one of the two readings is taken.
 */
export function fromLocalField(text: string, zone: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return null;
  const wall = Date.parse(`${text.slice(0, 16)}:00Z`);
  if (Number.isNaN(wall)) return null;
  const guess = wall - offsetMs(wall, zone);
  return new Date(wall - offsetMs(guess, zone)).toISOString();
}

/** The moment as wall time in `zone`, for a `datetime-local` field. */
export function toLocalField(iso: string, zone: string): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return "";
  return new Date(at + offsetMs(at, zone)).toISOString().slice(0, 16);
}

function offsetMs(at: number, zone: string): number {
  const made = formatter({ locale: "en-GB", zone }, "offset", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(new Date(at));
  const get = (type: string) => Number(made.find((part) => part.type === type)?.value);
  const wall = Date.UTC(get("year"), get("month") - 1, get("day"), get("hour"), get("minute"), get("second"));
  return wall - Math.floor(at / 1000) * 1000;
}
