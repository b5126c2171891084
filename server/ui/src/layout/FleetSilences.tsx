import type { AgentPage } from "../api/types";
import { formatNumber } from "../format/number";
import { useLocale, useT } from "../i18n";
import { Note } from "../ui/States";
import { Time } from "../ui/Time";

/** Tells where agents fell silent for a reason that is not theirs, so that nobody takes the others' presence for news. */
export function FleetSilences({ silences }: { silences: AgentPage["silences"] }) {
  const t = useT();
  const locale = useLocale();
  const number = (value: number) => formatNumber(value, locale);
  return silences.map((silence) => (
    <Note key={silence.id} tone="warning" role="status">
      <p>
        <strong>{t(`silence.${silence.why}`, { organisation: silence.organisation.name, most: number(silence.most), agents: number(silence.agents) })}</strong>
      </p>
      <p>
        {t("silence.since")} <Time at={silence.since} />. {t("silence.missing", { missing: number(silence.missing) })} <Time at={silence.held_until} />.
      </p>
    </Note>
  ));
}
