import { useState } from "react";
import { verdict } from "../../../api/can";
import { codeText, useT } from "../../../i18n";
import { oneOf } from "../../../search";
import { ProblemNote, fieldError } from "../../../layout/ErrorState";
import { FormDialog } from "../../../ui/Dialog";
import { Field, SelectField } from "../../../ui/Field";
import { lifecycles } from "../words";
import { useChangeLifecycle, type TaggedCi } from "./useCi";

/** Moves a CI to another stage of its life, with the reason that goes into the history. */
export function LifecycleDialog({ read, onClose }: { read: TaggedCi; onClose: () => void }) {
  const t = useT();
  const [lifecycle, setLifecycle] = useState(read.body.lifecycle);
  const [reason, setReason] = useState("");
  const change = useChangeLifecycle(read);
  function submit() {
    const body = { lifecycle, ...(reason.trim() ? { reason: reason.trim() } : {}) };
    change.mutate(body, { onSuccess: onClose });
  }
  return (
    <FormDialog onClose={onClose} title={t("ci.change_lifecycle")} submitLabel={t("ui.save")} busy={change.isPending} onSubmit={submit}>
      <SelectField label={t("ci.lifecycle")} value={lifecycle} error={fieldError(t, change.error, "lifecycle")} onChange={(event) => setLifecycle(oneOf(event.target.value, lifecycles) ?? lifecycle)}>
        {lifecycles.map((one) => {
          const said = verdict(read.body, `become_${one}`);
          const barred = said.offered && !said.allowed && one !== read.body.lifecycle;
          const why = barred ? ` (${codeText(t, "reason", said.reason ?? "needs_permission")})` : "";
          return (
            <option key={one} value={one} disabled={barred}>
              {codeText(t, "lifecycle", one) + why}
            </option>
          );
        })}
      </SelectField>
      <Field label={t("ci.reason")} optional={t("ui.optional")} error={fieldError(t, change.error, "reason")}>
        {(control) => <textarea {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <ProblemNote error={change.error} fields={["lifecycle", "reason"]} />
    </FormDialog>
  );
}
