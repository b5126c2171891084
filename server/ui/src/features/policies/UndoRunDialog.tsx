import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../../api/client";
import type { PolicyRun } from "../../api/health";
import { useT } from "../../i18n";
import { ProblemNote, fieldError } from "../../layout/ErrorState";
import { Button } from "../../ui/Button";
import { Dialog, FormDialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { Note } from "../../ui/States";
import { visibleText } from "../../ui/Text";

/** Takes a whole run back, and tells what became of it. */
export function UndoRunDialog({ run, onClose }: { run: PolicyRun; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const undo = useMutation({
    mutationFn: () => answer(api.POST("/policy-runs/{id}/undo", { params: { path: { id: run.id } }, body: { reason } })),
    onSettled: () => {
      for (const key of ["policies", "health", "cis", "ci"]) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const title = t("policies.undo_of", { name: visibleText(run.policy_name), count: run.items });
  if (undo.data) {
    return (
      <Dialog onClose={onClose} title={title} footer={<Button onClick={onClose}>{t("ui.close")}</Button>}>
        <Note tone="ok" role="status">
          {t("policies.restored", { count: undo.data.restored })}
        </Note>
        {undo.data.left.length > 0 && (
          <>
            <p>{t("policies.left")}</p>
            <ul>
              {undo.data.left.map((one) => (
                <li key={one.name}>
                  {visibleText(one.name)}: <span lang="en">{one.why}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </Dialog>
    );
  }
  return (
    <FormDialog onClose={onClose} title={title} submitLabel={t("policies.undo")} busy={undo.isPending} onSubmit={() => undo.mutate()}>
      <p>{t("policies.undo_text")}</p>
      <Field label={t("ci.reason")} error={fieldError(t, undo.error, "reason")}>
        {(control) => <textarea {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <ProblemNote error={undo.error} fields={["reason"]} />
    </FormDialog>
  );
}
