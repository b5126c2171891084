import { formatDuration } from "../format/time";
import { useLocale, useT } from "../i18n";
import { Badge } from "./Badge";

/** That a host's clock is wrong, and by how much; nothing while it is right within two minutes. */
export function ClockBadge({ behind }: { behind: number | null | undefined }) {
  const t = useT();
  const locale = useLocale();
  if (behind === null || behind === undefined) return null;
  const by = formatDuration(Math.abs(behind), locale);
  return (
    <Badge tone="warning" title={t("clock.note")}>
      {behind > 0 ? t("clock.behind", { by }) : t("clock.ahead", { by })}
    </Badge>
  );
}
