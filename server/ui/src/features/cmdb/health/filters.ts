import type { HealthQuery } from "../../../api/health";
import { oneOf, text, type RawSearch } from "../../../search";

export const healthViews = ["figures", "silent", "attest"] as const;
export type HealthView = (typeof healthViews)[number];

/** What the page of health shows, as the address says. */
export interface HealthSearch {
  view?: Exclude<HealthView, "figures"> | undefined;
  class?: string | undefined;
  organisation?: string | undefined;
  /** A query that narrows it further: a team, or whatever somebody writes. */
  q?: string | undefined;
  /** Of what is to be confirmed, everybody's and not only the reader's own. */
  all?: "1" | undefined;
}

export function readHealthSearch(raw: RawSearch): HealthSearch {
  return {
    view: oneOf(raw["view"], ["silent", "attest"] as const),
    class: text(raw["class"]),
    organisation: text(raw["organisation"]),
    q: text(raw["q"]),
    all: oneOf(raw["all"], ["1"] as const),
  };
}

/** The filter as the API takes it. */
export function healthFilter(search: HealthSearch): HealthQuery {
  return {
    ...(search.class ? { class: [search.class] } : {}),
    ...(search.organisation ? { organisation: [search.organisation] } : {}),
    ...(search.q ? { q: search.q } : {}),
  };
}

/** Two queries that both have to hold; brackets keep an `OR` of either to itself. */
export function both(left: string | undefined, right: string): string {
  return left ? `(${left}) ${right}` : right;
}

/** What lists that part of what the page shows: a search of the list. */
export function listSearch(search: HealthSearch, query: string) {
  return { ...healthFilter(search), q: both(search.q, query) };
}
