import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { undoMerge, type Merge } from "../../../api/identity";
import { useT } from "../../../i18n";
import { ProblemNote, fieldError } from "../../../layout/ErrorState";
import { FormDialog } from "../../../ui/Dialog";
import { Field } from "../../../ui/Field";
import { visibleText } from "../../../ui/Text";

/** Takes a merge back, with the reason that stays beside it. */
export function UndoMergeDialog({ merge, onClose }: { merge: Merge; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const undo = useMutation({
    mutationFn: () => undoMerge(merge.id, reason),
    onSuccess: onClose,
    onSettled: () => {
      for (const key of ["ci", "cis", "proposals"]) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const names = { merged: visibleText(merge.merged.name), survivor: visibleText(merge.survivor.name) };
  return (
    <FormDialog onClose={onClose} title={t("merge.undo_title", names)} submitLabel={t("merge.undo")} busy={undo.isPending} onSubmit={() => undo.mutate()}>
      <p>{t("merge.undo_text")}</p>
      <Field label={t("ci.reason")} optional={t("ui.optional")} error={fieldError(t, undo.error, "reason")}>
        {(control) => <textarea {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <ProblemNote error={undo.error} fields={["reason"]} />
    </FormDialog>
  );
}
