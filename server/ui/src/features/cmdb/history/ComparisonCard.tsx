import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../../api/client";
import { useTimeStyle } from "../../../format/TimeContext";
import { fromLocalField, toLocalField, zoneName } from "../../../format/time";
import { useT } from "../../../i18n";
import { ErrorState } from "../../../layout/ErrorState";
import { Button } from "../../../ui/Button";
import { Card } from "../../../ui/Card";
import { Field } from "../../../ui/Field";
import { Skeleton } from "../../../ui/States";
import { DifferencesView } from "./DifferencesView";
import styles from "./History.module.css";

interface ComparisonProps {
  id: string;
  className: string;
  from: string;
  to: string | undefined;
  onChange: (times: { from: string | undefined; to: string | undefined }) => void;
}

/** What differs of one CI between two times. */
export default function ComparisonCard({ id, className, from, to, onChange }: ComparisonProps) {
  const t = useT();
  const { zone } = useTimeStyle();
  const query = { from, ...(to ? { to } : {}) };
  const compared = useQuery({ queryKey: ["ci", id, "compare", from, to ?? null], queryFn: ({ signal }) => answer(api.GET("/cis/{id}/compare", { params: { path: { id }, query }, signal })) });
  const shown = { from: toLocalField(from, zone), to: to ? toLocalField(to, zone) : "" };
  const read = (text: string) => fromLocalField(text, zone) ?? undefined;
  return (
    <Card
      title={t("compare.title")}
      actions={
        <Button small onClick={() => onChange({ from: undefined, to: undefined })}>
          {t("ui.close")}
        </Button>
      }
    >
      <div className="stack">
        <div className={styles.controls}>
          <Field label={t("changes.from", { zone: zoneName(zone) })}>
            {(control) => <input type="datetime-local" {...control} key={from} defaultValue={shown.from} onBlur={(event) => event.target.value !== shown.from && onChange({ from: read(event.target.value) ?? from, to })} />}
          </Field>
          <Field label={t("changes.to", { zone: zoneName(zone) })}>
            {(control) => <input type="datetime-local" {...control} key={to ?? "now"} defaultValue={shown.to} onBlur={(event) => event.target.value !== shown.to && onChange({ from, to: read(event.target.value) })} />}
          </Field>
        </div>
        {compared.isPending && <Skeleton rows={4} label={t("ui.loading")} />}
        {compared.error && <ErrorState error={compared.error} onRetry={() => void compared.refetch()} />}
        {compared.data && <DifferencesView className={className} differences={compared.data} />}
      </div>
    </Card>
  );
}
