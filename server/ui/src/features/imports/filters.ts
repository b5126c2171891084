import { oneOf, type RawSearch } from "../../search";

/** What the page shows. */
export const importViews = ["files", "tables", "agents"] as const;

export interface ImportSearch {
  view?: (typeof importViews)[number] | undefined;
}

export function readImportSearch(raw: RawSearch): ImportSearch {
  return { view: oneOf(raw["view"], importViews) };
}
