import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../../../api/client";
import { useT } from "../../../i18n";
import { ProblemNote, fieldError } from "../../../layout/ErrorState";
import { FormDialog } from "../../../ui/Dialog";
import { Field } from "../../../ui/Field";
import { visibleText } from "../../../ui/Text";

/** Confirms that an item is as it stands there, with what there is to say about it. */
export function AttestDialog({ ci, onClose }: { ci: { id: string; name: string }; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [note, setNote] = useState("");
  const attest = useMutation({
    mutationFn: () => answer(api.POST("/cis/{id}/attestations", { params: { path: { id: ci.id } }, body: note.trim() ? { note: note.trim() } : {} })),
    onSuccess: onClose,
    onSettled: () => {
      for (const key of ["attestations", "health", "ci", "policies"]) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  return (
    <FormDialog onClose={onClose} title={t("attest.title", { name: visibleText(ci.name) })} submitLabel={t("attest.confirm")} busy={attest.isPending} onSubmit={() => attest.mutate()}>
      <p>{t("attest.text")}</p>
      <Field label={t("attest.note")} optional={t("ui.optional")} error={fieldError(t, attest.error, "reason")}>
        {(control) => <textarea {...control} value={note} onChange={(event) => setNote(event.target.value)} />}
      </Field>
      <ProblemNote error={attest.error} fields={["reason"]} />
    </FormDialog>
  );
}
