import { useState } from "react";
import { useClassBook } from "../../../api/classes";
import type { Baseline, ItemChange } from "../../../api/types";
import { useT } from "../../../i18n";
import { ProblemNote, fieldError } from "../../../layout/ErrorState";
import { FormDialog } from "../../../ui/Dialog";
import { Check, Field, FieldGroup } from "../../../ui/Field";
import { visibleText } from "../../../ui/Text";
import { topicLabel } from "./topics";
import { useBaselineChanges } from "./useBaselines";

/** What is to be accepted: of one CI, or all that differs. */
export type ToAccept = { row: ItemChange } | { count: number };

interface AcceptProps {
  baseline: Baseline;
  what: ToAccept;
  /** When what the reader saw was so. */
  seen: string;
  onClose: () => void;
}

/** Takes what differs as expected from now on, with the reason that stays beside it. */
export function AcceptDialog({ baseline, what, seen, onClose }: AcceptProps) {
  const t = useT();
  const book = useClassBook();
  const { accept } = useBaselineChanges();
  const [reason, setReason] = useState("");
  const topics = "row" in what && what.row.change === "changed" ? what.row.topics : [];
  const [chosen, setChosen] = useState<readonly string[]>(topics);
  function submit() {
    const items = "row" in what ? { items: topics.length > 0 ? chosen.map((topic) => ({ ci_id: what.row.ci.id, topic })) : [{ ci_id: what.row.ci.id }] } : {};
    accept.mutate({ id: baseline.id, body: { reason, as_of: seen, ...items } }, { onSuccess: onClose });
  }
  const title = "row" in what ? t("drift.accept_of", { name: visibleText(what.row.ci.name) }) : t("drift.accept_all_title", { count: what.count });
  return (
    <FormDialog onClose={onClose} title={title} submitLabel={t("drift.accept")} busy={accept.isPending} onSubmit={submit}>
      <p>{t("drift.accept_text")}</p>
      {"row" in what && topics.length > 0 && (
        <FieldGroup label={t("drift.topics")} error={fieldError(t, accept.error, "items")}>
          {topics.map((topic) => (
            <Check
              key={topic}
              label={topicLabel(t, book, topic, what.row.ci.class)}
              checked={chosen.includes(topic)}
              onChange={(event) => setChosen(event.target.checked ? [...chosen, topic] : chosen.filter((one) => one !== topic))}
            />
          ))}
        </FieldGroup>
      )}
      <Field label={t("ci.reason")} error={fieldError(t, accept.error, "reason")}>
        {(control) => <textarea {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <ProblemNote error={accept.error} fields={topics.length > 0 ? ["reason", "items"] : ["reason"]} />
    </FormDialog>
  );
}
