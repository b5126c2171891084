import type { Health } from "../../../api/sections";
import { codeText, useT } from "../../../i18n";
import { Badge, type Mark, type Tone } from "../../../ui/Badge";

const LOOK: Partial<Record<string, [Tone, Mark]>> = { ok: ["ok", "round"], worn: ["warning", "half"], failing: ["critical", "cross"], offline: ["critical", "ring"] };

/** What a disk or the kernel says of its state. */
export function HealthBadge({ health }: { health: Health | null | undefined }) {
  const t = useT();
  if (!health?.verdict) return "—";
  const [tone, mark] = LOOK[health.verdict] ?? ["neutral", "ring"];
  const by = health.by ? t("storage.health_by", { by: codeText(t, "health_by", health.by) }) : null;
  return (
    <Badge tone={tone} mark={mark} title={[health.problem, by].filter(Boolean).join("\n") || undefined}>
      {codeText(t, "health", health.verdict)}
      {health.worn_percent !== null && health.worn_percent !== undefined && ` · ${t("storage.worn", { percent: health.worn_percent })}`}
    </Badge>
  );
}
