import type { BaselineFilter } from "../../../api/types";
import type { CiSearch } from "../list/filters";
import { attributeKey, filteredAttributes } from "../list/filters";
import { queryOf } from "../list/asQuery";

/** The list's filter as a baseline keeps it. */
export function filterOf(search: CiSearch): BaselineFilter {
  const attributes = Object.fromEntries(filteredAttributes(search).map((name) => [name, search[attributeKey(name)] ?? []]));
  const kept = { q: search.q, class: search.class, lifecycle: search.lifecycle, observation: search.observation, organisation: search.organisation, criticality: search.criticality, environment: search.environment };
  const present = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
  return { ...present, ...(Object.keys(attributes).length > 0 ? { attributes } : {}) };
}

/** A baseline's filter as the address of the list. */
export function searchOf(filter: BaselineFilter): CiSearch {
  const { attributes, q, ...lists } = filter;
  const named = Object.fromEntries(Object.entries(attributes ?? {}).map(([name, values]) => [attributeKey(name), values]));
  return { ...(q ? { q } : {}), ...lists, ...named } as CiSearch;
}

/** The filter in one line. */
export function filterText(filter: BaselineFilter): string {
  const attributes = Object.entries(filter.attributes ?? {}).map(([name, values]) => `${name}:${values.join(",")}`);
  return [queryOf(searchOf(filter)), ...attributes].filter(Boolean).join(" ");
}
