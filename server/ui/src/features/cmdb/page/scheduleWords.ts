import { formatDuration } from "../../../format/time";
import type { Translate } from "../../../i18n";
import type { Clock, ClockField, When } from "./schedules";

/** When something runs, in few words; null where only what is written says it right. */
export function scheduleWords(when: When, t: Translate, locale: string): string | null {
  if ("boot" in when) return t("schedule.at_boot");
  if ("after" in when) return t(`schedule.after_${when.after}`, { time: formatDuration(when.seconds, locale) });
  const words = clockWords(when.clock, t, locale);
  return words && when.clock.zone ? `${words} (${when.clock.zone})` : words;
}

function clockWords(clock: Clock, t: Translate, locale: string): string | null {
  const time = timeWords(clock, t);
  if (!time) return null;
  const weekdays = listOf(clock.weekdays);
  const days = listOf(clock.days);
  const months = listOf(clock.months);
  if (weekdays === null || days === null || months === null || (weekdays.length > 0 && days.length > 0)) return null;
  const values = { time, days: ranges(days, String), weekdays: weekdayWords(weekdays, locale), months: months.map((month) => monthName(month, locale)).join(", ") };
  const inMonths = months.length > 0 ? "_months" : "";
  if (weekdays.length > 0) return t(`schedule.weekly${inMonths}`, values);
  if (days.length > 0) return t(`schedule.monthly${inMonths}`, values);
  const daily = isAtTimes(clock) ? t("schedule.daily", { time }) : time;
  return inMonths ? t("schedule.in_months", { months: values.months, time: daily }) : daily;
}

/** The values of a field of dates; empty for any, null for what is not a list. */
const listOf = (field: ClockField) => (field === "any" ? [] : "values" in field ? field.values : null);

const isAtTimes = ({ hours, minutes }: Clock) => hours !== "any" && "values" in hours && minutes !== "any" && "values" in minutes;

const MOST = 6;
const two = (value: number) => String(value).padStart(2, "0");

function timeWords({ hours, minutes }: Clock, t: Translate): string | null {
  if (minutes !== "any" && "values" in minutes) {
    if (minutes.values.length > MOST) return null;
    if (hours === "any") return t("schedule.hourly_at", { minutes: minutes.values.join(", ") });
    if ("every" in hours) return t("schedule.every_hours_at", { count: hours.every, minutes: minutes.values.join(", ") });
    if (hours.values.length * minutes.values.length > MOST) return null;
    return hours.values.flatMap((hour) => minutes.values.map((minute) => `${two(hour)}:${two(minute)}`)).join(", ");
  }
  const every = t("schedule.every_minutes", { count: minutes === "any" ? 1 : minutes.every });
  if (hours === "any") return every;
  const [first, last] = "values" in hours ? [hours.values[0], hours.values.at(-1)] : [];
  if (first === undefined || last === undefined || !("values" in hours) || last - first + 1 !== hours.values.length) return null;
  return t("schedule.between", { every, from: `${two(first)}:00`, until: `${two(last)}:59` });
}

/** `1–5, 9`: neighbours of three and more are drawn together. */
function ranges(values: readonly number[], show: (value: number) => string): string {
  const parts: string[] = [];
  for (let at = 0; at < values.length; at += 1) {
    const from = values[at] as number;
    let end = at;
    while (values[end + 1] === (values[end] as number) + 1) end += 1;
    if (end - at >= 2) {
      parts.push(`${show(from)}–${show(values[end] as number)}`);
      at = end;
    } else parts.push(show(from));
  }
  return parts.join(", ");
}

/** A Monday, from which weekdays are counted for their names. */
const MONDAY = Date.UTC(2024, 0, 1);

function weekdayWords(weekdays: readonly number[], locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { weekday: weekdays.length === 1 ? "long" : "short", timeZone: "UTC" });
  const fromMonday = weekdays.map((day) => (day + 6) % 7).sort((a, b) => a - b);
  return ranges(fromMonday, (day) => format.format(MONDAY + day * 86_400_000));
}

function monthName(month: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { month: "short", timeZone: "UTC" }).format(Date.UTC(2024, month - 1, 1));
}
