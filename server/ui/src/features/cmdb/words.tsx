import { codeText, useT } from "../../i18n";
import { Badge, type Mark, type Tone } from "../../ui/Badge";

export const lifecycles = ["planned", "in_stock", "in_use", "maintenance", "retired", "disposed"] as const;
export const observations = ["live", "stale", "silent", "never", "unobserved"] as const;
export const environments = ["production", "staging", "test", "development"] as const;
export const criticalities = ["1", "2", "3", "4"] as const;

const OBSERVATION: Partial<Record<string, [Tone, Mark]>> = {
  live: ["ok", "round"],
  late: ["warning", "half"],
  stale: ["warning", "half"],
  silent: ["critical", "cross"],
  never: ["neutral", "ring"],
  unobserved: ["neutral", "square"],
};

/** What agents see of a CI, as a word with a shape. */
export function ObservationBadge({ state }: { state: string }) {
  const t = useT();
  const [tone, mark] = OBSERVATION[state] ?? ["neutral", "ring"];
  return (
    <Badge tone={tone as Tone} mark={mark as Mark}>
      {codeText(t, "observation", state)}
    </Badge>
  );
}

const LIFECYCLE: Partial<Record<string, Tone>> = { in_use: "accent", maintenance: "warning", planned: "neutral" };

/** What people say of a CI's life. */
export function LifecycleBadge({ lifecycle }: { lifecycle: string }) {
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

/** Who says so: agents ●, people ■, an import ▲. */
export function SourceMark({ source }: { source: string }) {
  const t = useT();
  const shape = { agent: "●", person: "■", import: "▲" }[source] ?? "◆";
  return (
    <span className="nowrap soft">
      <span aria-hidden="true">{shape} </span>
      {codeText(t, "source", source)}
    </span>
  );
}
