import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { splitCi, undoSplit, type Reporter, type Split } from "../../../api/identity";
import type { Ci } from "../../../api/types";
import { useT } from "../../../i18n";
import { ProblemNote, fieldError } from "../../../layout/ErrorState";
import { paths } from "../../../paths";
import { FormDialog } from "../../../ui/Dialog";
import { Field } from "../../../ui/Field";
import { visibleText } from "../../../ui/Text";

/** Everything that shows who is who. */
function useRefresh() {
  const client = useQueryClient();
  return () => {
    for (const key of ["ci", "cis", "proposals", "agents"]) void client.invalidateQueries({ queryKey: [key] });
  };
}

function Reason({ error, reason, onReason }: { error: unknown; reason: string; onReason: (reason: string) => void }) {
  const t = useT();
  return (
    <>
      <Field label={t("ci.reason")} optional={t("ui.optional")} error={fieldError(t, error, "reason")}>
        {(control) => <textarea {...control} value={reason} onChange={(event) => onReason(event.target.value)} />}
      </Field>
      <ProblemNote error={error} fields={["reason"]} />
    </>
  );
}

/** Gives a reporter an item of its own, and goes there. */
export function SplitDialog({ ci, reporter, onClose }: { ci: Ci; reporter: Reporter; onClose: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const [reason, setReason] = useState("");
  const split = useMutation({
    mutationFn: () => splitCi(ci.id, reporter.id, reason),
    onSuccess: async (made) => {
      onClose();
      await navigate(paths.ci(made.separate.id));
    },
    onSettled: refresh,
  });
  const names = { reporter: visibleText(reporter.name), name: visibleText(ci.name) };
  return (
    <FormDialog onClose={onClose} title={t("split.title", names)} submitLabel={t("split.submit")} busy={split.isPending} onSubmit={() => split.mutate()}>
      <p>{t("split.text", names)}</p>
      <p className="soft">{t("split.stays", names)}</p>
      <Reason error={split.error} reason={reason} onReason={setReason} />
    </FormDialog>
  );
}

/** Makes a reporter's item one with the other again. */
export function UndoSplitDialog({ split, onClose }: { split: Split; onClose: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const [reason, setReason] = useState("");
  const undo = useMutation({
    mutationFn: () => undoSplit(split.id, reason),
    onSuccess: async (one) => {
      onClose();
      await navigate(paths.ci(one.original.id));
    },
    onSettled: refresh,
  });
  const names = { separate: visibleText(split.separate.name), original: visibleText(split.original.name) };
  return (
    <FormDialog onClose={onClose} title={t("split.undo_title", names)} submitLabel={t("split.undo")} busy={undo.isPending} onSubmit={() => undo.mutate()}>
      <p>{t("split.undo_text", names)}</p>
      <Reason error={undo.error} reason={reason} onReason={setReason} />
    </FormDialog>
  );
}
