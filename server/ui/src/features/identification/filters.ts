import { oneOf, type RawSearch } from "../../search";

export const identificationViews = ["rules", "identifiers", "explain"] as const;

/** Which part of the page of identification is shown, as the address says. */
export interface IdentificationSearch {
  view?: "identifiers" | "explain" | undefined;
}

export function readIdentificationSearch(raw: RawSearch): IdentificationSearch {
  return { view: oneOf(raw["view"], ["identifiers", "explain"] as const) };
}
