import { useState } from "react";
import { useClassBook } from "../../../api/classes";
import type { Acceptance, Baseline } from "../../../api/types";
import { useT } from "../../../i18n";
import { ErrorState, ProblemNote, fieldError } from "../../../layout/ErrorState";
import { Badge } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { Card } from "../../../ui/Card";
import { FormDialog } from "../../../ui/Dialog";
import { Field } from "../../../ui/Field";
import { visibleText } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import styles from "./History.module.css";
import { topicLabel } from "./topics";
import { useAcceptances, useBaselineChanges } from "./useBaselines";

/** What of the drift was accepted, by whom and why; each can be taken back. */
export function Acceptances({ baseline }: { baseline: Baseline }) {
  const t = useT();
  const [undoing, setUndoing] = useState<Acceptance | null>(null);
  const list = useAcceptances(baseline.id);
  const items = list.data?.items ?? [];
  if (list.error) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (items.length === 0) return null;
  return (
    <Card flush title={t("acceptance.title")}>
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t("ci.reason")}</th>
              <th scope="col">{t("drift.topics")}</th>
              <th scope="col">{t("acceptance.by")}</th>
              <th scope="col">{t("acceptance.as_of")}</th>
              <th scope="col">{t("ui.actions")}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((one) => (
              <tr key={one.id}>
                <th scope="row">{visibleText(one.reason)}</th>
                <td>
                  <Topics acceptance={one} />
                </td>
                <td>
                  {visibleText(one.accepted_by ?? "—")} <Time at={one.accepted_at} />
                </td>
                <td>
                  <Time at={one.as_of} />
                </td>
                <td>
                  {one.undone_at ? (
                    <Undone acceptance={one} />
                  ) : (
                    <Button small reason={baseline.may_change ? null : t("reason.needs_permission")} aria-label={t("acceptance.undo_of", { reason: one.reason })} onClick={() => setUndoing(one)}>
                      {t("acceptance.undo")}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {undoing && <UndoDialog baseline={baseline} acceptance={undoing} onClose={() => setUndoing(null)} />}
    </Card>
  );
}

function Topics({ acceptance }: { acceptance: Acceptance }) {
  const t = useT();
  const book = useClassBook();
  return acceptance.topics.map((one) => t("acceptance.topic", { topic: topicLabel(t, book, one.topic), count: one.cis })).join(", ");
}

function Undone({ acceptance }: { acceptance: Acceptance }) {
  const t = useT();
  return (
    <>
      <Badge mark="cross">{t("acceptance.undone")}</Badge> {visibleText(acceptance.undone_by ?? "")} <Time at={acceptance.undone_at} />
      {acceptance.undo_reason && <p className="muted">{visibleText(acceptance.undo_reason)}</p>}
    </>
  );
}

function UndoDialog({ baseline, acceptance, onClose }: { baseline: Baseline; acceptance: Acceptance; onClose: () => void }) {
  const t = useT();
  const { undo } = useBaselineChanges();
  const [reason, setReason] = useState("");
  return (
    <FormDialog onClose={onClose} title={t("acceptance.undo")} submitLabel={t("acceptance.undo")} busy={undo.isPending} onSubmit={() => undo.mutate({ id: baseline.id, acceptance: acceptance.id, reason }, { onSuccess: onClose })}>
      <p>{t("acceptance.undo_text")}</p>
      <Field label={t("ci.reason")} optional={t("ui.optional")} error={fieldError(t, undo.error, "reason")}>
        {(control) => <textarea {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <ProblemNote error={undo.error} fields={["reason"]} />
    </FormDialog>
  );
}
