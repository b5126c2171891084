import type { EditOutcome } from "../../../api/edits";
import { oneOf, type RawSearch } from "../../../search";

/** Which items of an edit are shown. */
export interface EditSearch {
  outcome?: EditOutcome | undefined;
}

export const outcomes = ["change", "changed", "same", "refused", "restored", "kept"] as const satisfies readonly EditOutcome[];

export function readEditSearch(raw: RawSearch): EditSearch {
  return { outcome: oneOf(raw["outcome"], outcomes) };
}
