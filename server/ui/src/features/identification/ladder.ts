import type { Candidate, ExplainedRule, ExplainedStep, Explanation } from "../../api/identity";

export type Rung = "decides" | "waits" | "asked" | "not_asked";

/** What came of a rule. */
export function rungOf({ asked, steps }: ExplainedRule): Rung {
  if (!asked) return "not_asked";
  if (steps.some((step) => step.finding === "decides")) return "decides";
  return steps.some((step) => step.finding === "waits") ? "waits" : "asked";
}

/** Steps of a rule that found the same, as one line with all their candidates. */
export function linesOf(steps: readonly ExplainedStep[]): { key: string; step: ExplainedStep; candidates: Candidate[] }[] {
  const lines = new Map<string, { key: string; step: ExplainedStep; candidates: Candidate[] }>();
  for (const step of steps) {
    const key = `${step.finding} ${step.veto ?? ""}`;
    const line = lines.get(key) ?? { key, step, candidates: [] };
    if (step.candidate) line.candidates.push(step.candidate);
    lines.set(key, line);
  }
  return [...lines.values()];
}

/** What weighs most against a candidate comes first. */
const WEIGHT = ["vetoed", "tied", "proposed", "waits", "no_match", "no_evidence"];

/** The items that were looked at and not chosen, each with what weighed most against it and the rule that said so. */
export function rejected(explanation: Explanation): { candidate: Candidate; step: ExplainedStep; rule: ExplainedRule }[] {
  const found = new Map<string, { candidate: Candidate; step: ExplainedStep; rule: ExplainedRule }>();
  const weight = (finding: string) => (WEIGHT.includes(finding) ? WEIGHT.indexOf(finding) : WEIGHT.length);
  for (const rule of explanation.trace) {
    for (const step of rule.steps) {
      const { candidate } = step;
      if (!candidate || candidate.id === explanation.ci?.id) continue;
      const before = found.get(candidate.id);
      if (!before || weight(step.finding) < weight(before.step.finding)) found.set(candidate.id, { candidate, step, rule });
    }
  }
  return [...found.values()];
}
