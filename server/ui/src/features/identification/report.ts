import type { ExplainBody } from "../../api/identity";

/** The command whose output is explained. */
export const COMMAND = "terrier-agent inventory --format json";

/** The sections by which a host is recognised: what else is in a report would be too much to send and is not read. */
const TELLING = ["identity", "network", "cloud"];

export type ReportProblem = "empty" | "no_json" | "no_sections" | "not_telling";

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** The sections that tell, out of what the agent prints; or what is wrong with the text. */
export function readReport(text: string): { sections: ExplainBody["sections"] } | { problem: ReportProblem } {
  if (text.trim() === "") return { problem: "empty" };
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    return { problem: "no_json" };
  }
  const sections = isRecord(report) ? report["sections"] : undefined;
  if (!isRecord(sections)) return { problem: "no_sections" };
  const telling = TELLING.filter((name) => sections[name] !== undefined && sections[name] !== null);
  if (telling.length === 0) return { problem: "not_telling" };
  return { sections: Object.fromEntries(telling.map((name) => [name, sections[name]])) };
}
