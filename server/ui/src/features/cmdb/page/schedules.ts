import { readText, type Schedules } from "../../../api/sections";

/** A field of a schedule: everything, every so many from the first, or these. */
export type ClockField = "any" | { every: number } | { values: number[] };

/** When something runs by the clock; weekdays count from Sunday as 0. */
export interface Clock {
  minutes: ClockField;
  hours: ClockField;
  days: ClockField;
  months: ClockField;
  weekdays: ClockField;
  /** Where it is not the host's own. */
  zone?: string;
}

/** When something runs: by the clock, so long after an event, or at boot. */
export type When = { clock: Clock } | { after: "boot" | "start" | "activation" | "last_run" | "last_end"; seconds: number } | { boot: true };

/** A timer or a job of cron, as one row of a list. */
export interface ScheduleRow {
  kind: "timer" | "cron";
  /** As it is written. */
  original: string[];
  what: string;
  description: string | null;
  user: string | null;
  enablement: string | null;
  place: string;
  persistent: boolean;
  /** How often, where another job says at what time: for the programs of a directory such as `cron.daily`. */
  period: (typeof PERIODS)[keyof typeof PERIODS] | null;
}

const PERIODS = { "@hourly": "hour", "@daily": "day", "@weekly": "week", "@monthly": "month", "@yearly": "year" } as const;

function periodOf(when: string | undefined): ScheduleRow["period"] {
  return Object.entries(PERIODS).find(([name]) => name === when)?.[1] ?? null;
}

export function scheduleRows(body: Schedules): ScheduleRow[] {
  const timers = (body.timers ?? []).map((timer): ScheduleRow => ({
    kind: "timer",
    original: timer.when ?? [],
    what: timer.unit ?? "",
    description: timer.description ?? null,
    user: null,
    enablement: timer.enablement ?? null,
    place: timer.name,
    persistent: timer.persistent === true,
    period: null,
  }));
  const jobs = (body.jobs ?? []).map((job): ScheduleRow => ({
    kind: "cron",
    original: job.when ? [job.when] : [],
    what: readText(job.command),
    description: null,
    user: job.user ?? null,
    enablement: null,
    place: [readText(job.file), job.line].filter((part) => part !== null && part !== undefined).join(":"),
    persistent: false,
    period: job.line === null || job.line === undefined ? periodOf(job.when) : null,
  }));
  return [...timers, ...jobs];
}

export const scheduleKey = (row: ScheduleRow) => `${row.kind}/${row.place}/${row.what}`;

/** What is written, understood; null where it is not of the forms that can be put into few words. */
export function readWhen(kind: ScheduleRow["kind"], text: string): When | null {
  return kind === "cron" ? readCron(text) : readTimer(text);
}

const NICKNAMES: Record<string, string> = { "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *" };

function readCron(text: string): When | null {
  const trimmed = text.trim();
  if (trimmed === "@reboot") return { boot: true };
  const fields = (NICKNAMES[trimmed] ?? trimmed).split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (fields.length !== 5 || !minute || !hour || !day || !month || !weekday) return null;
  return clock(readField(minute, 0, 59, "-"), readField(hour, 0, 23, "-"), readField(day, 1, 31, "-"), readField(month, 1, 12, "-", MONTHS), readField(weekday, 0, 7, "-", WEEKDAYS));
}

const EVENTS: Record<string, "boot" | "start" | "activation" | "last_run" | "last_end"> = { OnBootSec: "boot", OnStartupSec: "start", OnActiveSec: "activation", OnUnitActiveSec: "last_run", OnUnitInactiveSec: "last_end" };

function readTimer(text: string): When | null {
  const at = text.indexOf("=");
  const setting = text.slice(0, at);
  const value = text.slice(at + 1).trim();
  if (setting === "OnCalendar") return readCalendar(value);
  const after = EVENTS[setting];
  const seconds = readSpan(value);
  return after && seconds !== null ? { after, seconds } : null;
}

const CALENDAR: Record<string, string> = {
  minutely: "*-*-* *:*",
  hourly: "*-*-* *:00",
  daily: "*-*-* 00:00",
  weekly: "Mon *-*-* 00:00",
  monthly: "*-*-01 00:00",
  quarterly: "*-01,04,07,10-01 00:00",
  semiannually: "*-01,07-01 00:00",
  yearly: "*-01-01 00:00",
  annually: "*-01-01 00:00",
};

/** systemd.time(7), without years, seconds and days counted from a month's end. */
function readCalendar(text: string): When | null {
  const words = (CALENDAR[text.toLowerCase()] ?? text).split(/\s+/);
  let weekday = "*";
  let date = "*-*-*";
  let time = "00:00";
  let zone: string | undefined;
  for (const [at, word] of words.entries()) {
    if (word.includes(":")) time = word;
    else if (/^[\d*]/.test(word)) date = word;
    else if (at === 0) weekday = word;
    else if (at === words.length - 1) zone = word;
    else return null;
  }
  const parts = date.split("-");
  if (parts.length === 3 && parts.shift() !== "*") return null;
  const [month, day] = parts;
  const [hour, minute, second = "00"] = time.split(":");
  if (parts.length !== 2 || !month || !day || !hour || !minute || !/^0+$/.test(second)) return null;
  return clock(readField(minute, 0, 59, ".."), readField(hour, 0, 23, ".."), readField(day, 1, 31, ".."), readField(month, 1, 12, ".."), readField(weekday.replace(/-/g, ".."), 0, 7, "..", WEEKDAYS), zone);
}

function clock(minutes: ClockField | null, hours: ClockField | null, days: ClockField | null, months: ClockField | null, weekdays: ClockField | null, zone?: string): When | null {
  if (!minutes || !hours || !days || !months || !weekdays) return null;
  const sundays = typeof weekdays === "object" && "values" in weekdays ? { values: [...new Set(weekdays.values.map((one) => one % 7))].sort((a, b) => a - b) } : weekdays;
  return { clock: { minutes, hours, days, months, weekdays: sundays, ...(zone ? { zone } : {}) } };
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** One field: `*`, `5`, `1-5`, `0,30`, and with a step `/n`; ranges are written with `to`. */
function readField(text: string, least: number, most: number, to: "-" | "..", names: readonly string[] = []): ClockField | null {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [base = "", stepText] = part.split("/");
    const step = stepText === undefined ? 1 : Number(stepText);
    if (!Number.isInteger(step) || step < 1) return null;
    if (base === "*" && stepText === undefined) return "any";
    const [fromText = "", untilText] = base === "*" ? [String(least), String(most)] : base.split(to);
    const from = readNumber(fromText, least, names);
    const until = untilText !== undefined ? readNumber(untilText, least, names) : stepText !== undefined ? most : from;
    if (from === null || until === null || from < least || until > most || from > until) return null;
    for (let value = from; value <= until; value += step) values.add(value);
  }
  return evenly([...values].sort((a, b) => a - b), least, most);
}

function readNumber(text: string, least: number, names: readonly string[]): number | null {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const at = names.indexOf(text.slice(0, 3).toLowerCase());
  return at < 0 ? null : at + least;
}

/** Values that come round evenly, from the first, are "every so many". */
function evenly(values: number[], least: number, most: number): ClockField {
  const count = most - least + 1;
  const step = count / values.length;
  if (values.length > 1 && (count === 60 || count === 24) && Number.isInteger(step) && values.every((value, at) => value === at * step)) return step === 1 ? "any" : { every: step };
  return { values };
}

const SPANS: Record<string, number> = { us: 1e-6, ms: 1e-3, "": 1, s: 1, sec: 1, second: 1, seconds: 1, m: 60, min: 60, minute: 60, minutes: 60, h: 3600, hr: 3600, hour: 3600, hours: 3600, d: 86_400, day: 86_400, days: 86_400, w: 604_800, week: 604_800, weeks: 604_800, month: 2_629_800, months: 2_629_800, y: 31_557_600, year: 31_557_600, years: 31_557_600 };

/** A span of time as systemd.time(7) writes it: `15min`, `1h 30min`. */
function readSpan(text: string): number | null {
  if (!/^(\s*\d+(\.\d+)?\s*[a-z]*)+\s*$/i.test(text)) return null;
  let sum = 0;
  for (const [, number, unit = ""] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-zA-Z]*)/g)) {
    const size = SPANS[unit === "M" ? "month" : unit.toLowerCase()];
    if (size === undefined) return null;
    sum += Number(number) * size;
  }
  return sum;
}
