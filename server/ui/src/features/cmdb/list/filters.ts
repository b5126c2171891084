import type { Lifecycle, Observation, Query } from "../../../api/types";
import { list, someOf, text, type RawSearch } from "../../../search";
import { criticalities, lifecycles, observations } from "../words";

/** Everything that decides which CIs the list shows and how; all of it stands in the address. */
export interface CiSearch {
  class?: string[] | undefined;
  q?: string | undefined;
  lifecycle?: Lifecycle[] | undefined;
  observation?: Observation[] | undefined;
  environment?: string[] | undefined;
  criticality?: string[] | undefined;
  organisation?: string[] | undefined;
  sort?: string | undefined;
  cols?: string | undefined;
  /** Values of an attribute of the class model. */
  [attribute: `attr.${string}`]: string[] | undefined;
}

/** The address's name of a filter by an attribute. */
export function attributeKey(name: string): `attr.${string}` {
  return `attr.${name}`;
}

/** The attributes that the list is filtered by. */
export function filteredAttributes(search: CiSearch): string[] {
  return Object.keys(search)
    .filter((key) => key.startsWith("attr."))
    .map((key) => key.slice("attr.".length));
}

export const DEFAULT_SORT = "name";
const SORTS = ["name", "class", "last_seen", "first_seen"];

/** Reads the address; unknown words are dropped. */
export function readCiSearch(raw: RawSearch): CiSearch {
  const sort = text(raw["sort"]);
  return dropAbsent({
    class: list(raw["class"]),
    q: text(raw["q"]),
    lifecycle: someOf(raw["lifecycle"], lifecycles),
    observation: someOf(raw["observation"], observations),
    environment: list(raw["environment"]),
    criticality: someOf(raw["criticality"], criticalities),
    organisation: list(raw["organisation"]),
    sort: sort && SORTS.includes(sort.replace(/^-/, "")) ? sort : undefined,
    cols: text(raw["cols"]),
    ...Object.fromEntries(
      Object.entries(raw)
        .filter(([key]) => /^attr\.[a-z][a-z0-9_]*$/.test(key))
        .map(([key, value]) => [key, list(value)]),
    ),
  });
}

function dropAbsent<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}

/** What the list looks for as long as nobody filters it: archived is what was disposed of. */
const NOT_ARCHIVED = "-lifecycle:disposed";

/** The filter as the API takes it. */
export function ciQuery(search: CiSearch): NonNullable<Query<"/cis">> {
  const { cols: _cols, criticality, sort, ...filter } = search;
  return { ...(isFiltered(search) ? filter : { q: NOT_ARCHIVED }), ...(criticality ? { criticality: criticality.map(Number) } : {}), sort: sort ?? DEFAULT_SORT };
}

/** Whether anything narrows the list. */
export function isFiltered(search: CiSearch): boolean {
  const { sort: _sort, cols: _cols, ...filter } = search;
  return Object.keys(dropAbsent(filter)).length > 0;
}
