import type { CiSearch } from "./filters";

/** The facets of the list and the names of the same filters in a query. */
const FACETS = [
  ["class", "class"],
  ["lifecycle", "lifecycle"],
  ["observation", "observation"],
  ["environment", "env"],
  ["criticality", "criticality"],
  ["organisation", "org"],
] as const;

/** Everything that narrows the list as one query. */
export function queryOf(search: CiSearch): string {
  const filters = FACETS.flatMap(([facet, name]) => {
    const values = search[facet];
    return values && values.length > 0 ? [`${name}:${values.map(quoted).join(",")}`] : [];
  });
  const q = search.q?.trim() ?? "";
  // What is joined by OR stays together.
  const whole = filters.length > 0 && /(^|\s)OR(\s|$)/.test(q) ? `(${q})` : q;
  return [...filters, whole].filter(Boolean).join(" ");
}

function quoted(value: string): string {
  return /[\s,()"]/.test(value) ? `"${value.replace(/\\/g, "\\\\").replace(/"/g, '\\"')}"` : value;
}
