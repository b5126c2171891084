/** Thin space between a number and its unit. */
export const THIN = "\u2009";

const cache = new Map<string, Intl.NumberFormat>();

function formatter(locale: string, digits: number): Intl.NumberFormat {
  const key = `${locale}/${digits}`;
  const known = cache.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(locale, { maximumFractionDigits: digits });
  cache.set(key, made);
  return made;
}

/** `20,000`, with at most `digits` fraction digits. */
export function formatNumber(value: number, locale: string, digits = 0): string {
  return formatter(locale, digits).format(value);
}

/** A ratio of 0 to 1 as `71 %`. */
export function formatRatio(ratio: number, locale: string): string {
  const percent = ratio * 100;
  return `${formatNumber(percent, locale, Math.abs(percent) < 10 ? 1 : 0)}${THIN}%`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** Bytes in binary units: `15.6 GiB`. */
export function formatBytes(bytes: number, locale: string): string {
  const step = bytes > 0 ? Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10)) : 0;
  const value = bytes / 1024 ** step;
  return `${formatNumber(value, locale, value < 100 && step > 0 ? 1 : 0)}${THIN}${UNITS[step]}`;
}

/** Bytes per second in binary units: `1.2 MiB/s`. */
export function formatByteRate(bytes: number, locale: string): string {
  return `${formatBytes(bytes, locale)}/s`;
}
