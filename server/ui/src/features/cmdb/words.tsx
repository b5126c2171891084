import type { ReactNode } from "react";
import type { CiItem, Lifecycle, Observation } from "../../api/types";
import { useSourceName } from "../../api/sources";
import { codeText, useT } from "../../i18n";
import { Badge, type Mark, type Tone } from "../../ui/Badge";

export const lifecycles = ["planned", "in_stock", "in_use", "maintenance", "retired", "disposed"] as const satisfies readonly Lifecycle[];
export const observations = ["live", "stale", "silent", "never", "unobserved"] as const satisfies readonly Observation[];
export const environments = ["production", "staging", "test", "development"] as const;
export const criticalities = ["1", "2", "3", "4"] as const;

const OBSERVATION: Record<Observation, [Tone, Mark]> = {
  live: ["ok", "round"],
  stale: ["warning", "half"],
  silent: ["critical", "cross"],
  never: ["neutral", "ring"],
  unobserved: ["neutral", "square"],
};

/** What agents see of a CI, as a word with a shape. */
export function ObservationBadge({ state }: { state: Observation }) {
  const t = useT();
  const [tone, mark] = OBSERVATION[state];
  return (
    <Badge tone={tone} mark={mark}>
      {codeText(t, "observation", state)}
    </Badge>
  );
}

const LIFECYCLE: Partial<Record<Lifecycle, Tone>> = { in_use: "accent", maintenance: "warning", planned: "neutral" };

/** What people say of a CI's life. */
export function LifecycleBadge({ lifecycle }: { lifecycle: Lifecycle }) {
  const t = useT();
  return <Badge tone={LIFECYCLE[lifecycle] ?? "neutral"}>{codeText(t, "lifecycle", lifecycle)}</Badge>;
}

/** `T1` to `T4`; T1 matters most. */
export function CriticalityBadge({ level }: { level: number | null | undefined }) {
  const t = useT();
  if (!level) return <span className="muted">—</span>;
  return (
    <Badge tone={level === 1 ? "critical" : level === 2 ? "warning" : "neutral"} title={codeText(t, "criticality", String(level))}>
      T{level}
    </Badge>
  );
}

/** Who says so: agents ●, people ■, an import ▲, what a person pinned ▣, what contains the CI ↳. */
export function SourceMark({ source }: { source: string }) {
  const name = useSourceName();
  const shape = { agent: "●", person: "■", import: "▲", pin: "▣", inherited: "↳" }[source] ?? "◆";
  return (
    <span className="nowrap soft">
      <span aria-hidden="true">{shape} </span>
      {name(source)}
    </span>
  );
}

/** A value of a list that the CI takes over from what contains it: leaning, and told so. */
export function Shown({ ci, name, children }: { ci: CiItem; name: string; children: ReactNode }) {
  const t = useT();
  if (!ci.inherited.includes(name)) return children;
  return (
    <em title={t("ci.inherited")}>
      {children}
      <span className="sr-only"> ({t("ci.inherited")})</span>
    </em>
  );
}
