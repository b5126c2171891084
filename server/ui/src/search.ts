/** The query part of an address as plain names and texts: `?class=host&class=cache&q=web`. */
export type RawSearch = Record<string, unknown>;

/** Reads the query part; a name that stands twice becomes a list. */
export function parseSearch(text: string): RawSearch {
  const raw: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = raw[name];
    raw[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return raw;
}

/** Writes it back; what is empty or undefined is left out. */
export function stringifySearch(search: RawSearch): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== "") params.append(name, String(one));
    }
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}

/** One text; absent when empty. */
export function text(value: unknown): string | undefined {
  const one = Array.isArray(value) ? value[0] : value;
  return one === undefined || one === null || one === "" ? undefined : String(one);
}

/** A list without doubles; absent when empty. */
export function list(value: unknown): string[] | undefined {
  const all = (Array.isArray(value) ? value : [value]).filter((one) => one !== undefined && one !== null && one !== "");
  return all.length > 0 ? [...new Set(all.map(String))] : undefined;
}

/** One of the known words; anything else counts as absent. */
export function oneOf<Word extends string>(value: unknown, words: readonly Word[]): Word | undefined {
  return words.find((word) => word === text(value));
}

/** Known words only; absent when none is left. */
export function someOf<Word extends string>(value: unknown, words: readonly Word[]): Word[] | undefined {
  const known = words.filter((word) => list(value)?.includes(word));
  return known.length > 0 ? known : undefined;
}

/** A time zone of the IANA database, as browsers know it; anything else counts as absent. */
export function zone(value: unknown): string | undefined {
  const one = text(value);
  try {
    return one && Intl.DateTimeFormat("en", { timeZone: one }) ? one : undefined;
  } catch {
    return undefined;
  }
}

/** A point in time as RFC 3339; anything else counts as absent. */
export function time(value: unknown): string | undefined {
  const one = text(value);
  return one && /^\d{4}-\d{2}-\d{2}T/.test(one) && !Number.isNaN(Date.parse(one)) ? one : undefined;
}
