import { oneOf, text, type RawSearch } from "../../../search";

/** `same` and `different` are how questions were answered. */
export const duplicatesViews = ["open", "same", "different", "waiting"] as const;
export type DuplicatesView = (typeof duplicatesViews)[number];

/** What the page of questions shows, as the address says. */
export interface DuplicatesSearch {
  view?: Exclude<DuplicatesView, "open"> | undefined;
  /** The question that stands open. */
  id?: string | undefined;
}

export function readDuplicatesSearch(raw: RawSearch): DuplicatesSearch {
  return { view: oneOf(raw["view"], ["same", "different", "waiting"] as const), id: text(raw["id"]) };
}
