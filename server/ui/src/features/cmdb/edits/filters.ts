import type { EditOutcome } from "../../../api/edits";
import { oneOf, type RawSearch } from "../../../search";

/** Which items of an edit are shown. */
export interface EditSearch {
  outcome?: EditOutcome | undefined;
}

const OUTCOMES = ["change", "same", "refused", "changed", "restored", "kept"] as const;

export function readEditSearch(raw: RawSearch): EditSearch {
  return { outcome: oneOf(raw["outcome"], OUTCOMES) };
}
