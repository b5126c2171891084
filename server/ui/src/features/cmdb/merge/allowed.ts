import { verdict, type Verdict } from "../../../api/can";
import type { Ci } from "../../../api/types";

/** Whether the reader may say what is one with this CI: as the server says, or as it says of changing the CI at all where it does not name the action. */
export function mergeVerdict(ci: Ci): Verdict {
  const named = verdict(ci, "merge");
  if (named.offered) return named;
  const edit = verdict(ci, "edit");
  return edit.reason === "needs_permission" ? edit : { offered: edit.offered, allowed: edit.offered, reason: null };
}
