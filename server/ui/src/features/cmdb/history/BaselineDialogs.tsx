import { useState } from "react";
import type { Baseline } from "../../../api/types";
import { useT } from "../../../i18n";
import { ProblemNote, fieldError } from "../../../layout/ErrorState";
import { FormDialog } from "../../../ui/Dialog";
import { Field, TextField } from "../../../ui/Field";
import { visibleText } from "../../../ui/Text";
import { useBaselineChanges } from "./useBaselines";

interface DialogProps {
  baseline: Baseline;
  onClose: () => void;
}

/** Renames a baseline, or says something else about it. */
export function EditBaselineDialog({ baseline, onClose }: DialogProps) {
  const t = useT();
  const { change } = useBaselineChanges();
  const [name, setName] = useState(baseline.name);
  const [note, setNote] = useState(baseline.note ?? "");
  return (
    <FormDialog onClose={onClose} title={t("baseline.edit")} submitLabel={t("ui.save")} busy={change.isPending} onSubmit={() => change.mutate({ baseline, body: { name, note } }, { onSuccess: onClose })}>
      <TextField label={t("ci.name")} value={name} autoFocus error={fieldError(t, change.error, "name")} onChange={(event) => setName(event.target.value)} />
      <Field label={t("baseline.note")} optional={t("ui.optional")} error={fieldError(t, change.error, "note")}>
        {(control) => <textarea {...control} value={note} onChange={(event) => setNote(event.target.value)} />}
      </Field>
      <ProblemNote error={change.error} fields={["name", "note"]} />
    </FormDialog>
  );
}

/** Deletes a baseline, with all that was accepted of its drift. */
export function DeleteBaselineDialog({ baseline, onClose, onGone }: DialogProps & { onGone: () => void }) {
  const t = useT();
  const { remove } = useBaselineChanges();
  return (
    <FormDialog onClose={onClose} title={t("baseline.delete_title", { name: visibleText(baseline.name) })} submitLabel={t("baseline.delete")} tone="danger" busy={remove.isPending} onSubmit={() => remove.mutate(baseline, { onSuccess: onGone })}>
      <p>{t("baseline.delete_text")}</p>
      <ProblemNote error={remove.error} />
    </FormDialog>
  );
}
