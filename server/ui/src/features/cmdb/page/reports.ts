import type { Ci } from "../../../api/types";

/** Whether an agent ever said something of a section of the CI, if only that it could not be read. */
export function reports(ci: Pick<Ci, "sections" | "faults">, section: string): boolean {
  return ci.sections.some((one) => one.section === section) || ci.faults.some((one) => one.section === section);
}
