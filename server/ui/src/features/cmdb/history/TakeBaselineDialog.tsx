import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { BaselineFilter } from "../../../api/types";
import { useTimeStyle } from "../../../format/TimeContext";
import { fromLocalField, zoneName } from "../../../format/time";
import { useT } from "../../../i18n";
import { ProblemNote, fieldError } from "../../../layout/ErrorState";
import { OrganisationField } from "../../../layout/OrganisationField";
import { paths } from "../../../paths";
import { FormDialog } from "../../../ui/Dialog";
import { Field, TextField } from "../../../ui/Field";
import { Note } from "../../../ui/States";
import { Code } from "../../../ui/Text";
import { filterText } from "./filterOf";
import { useBaselineChanges } from "./useBaselines";

interface TakeProps {
  filter: BaselineFilter;
  onClose: () => void;
}

/** Takes a baseline of what a filter finds, now or at a past time. */
export default function TakeBaselineDialog({ filter, onClose }: TakeProps) {
  const t = useT();
  const { zone } = useTimeStyle();
  const navigate = useNavigate();
  const { take } = useBaselineChanges();
  const [draft, setDraft] = useState({ name: "", note: "", at: "", organisation: "" });
  const set = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }));
  const text = filterText(filter);
  function submit() {
    const at = fromLocalField(draft.at, zone);
    const body = { name: draft.name, filter, ...(draft.note.trim() ? { note: draft.note } : {}), ...(at ? { as_of: at } : {}), ...(draft.organisation ? { organisation_id: draft.organisation } : {}) };
    take.mutate(body, { onSuccess: (taken) => void navigate(paths.baseline(taken.id)) });
  }
  return (
    <FormDialog onClose={onClose} title={t("baseline.take")} submitLabel={t("baseline.take_submit")} busy={take.isPending} onSubmit={submit}>
      <p>
        {t("baseline.of_filter")} {text ? <Code>{text}</Code> : t("baseline.of_all")}
      </p>
      <TextField label={t("ci.name")} value={draft.name} autoFocus error={fieldError(t, take.error, "name")} onChange={(event) => set({ name: event.target.value })} />
      <Field label={t("baseline.note")} optional={t("ui.optional")} error={fieldError(t, take.error, "note")}>
        {(control) => <textarea {...control} value={draft.note} onChange={(event) => set({ note: event.target.value })} />}
      </Field>
      <Field label={t("baseline.at", { zone: zoneName(zone) })} optional={t("ui.optional")} hint={t("baseline.at_hint")} error={fieldError(t, take.error, "as_of")}>
        {(control) => <input type="datetime-local" {...control} value={draft.at} onChange={(event) => set({ at: event.target.value })} />}
      </Field>
      <OrganisationField value={draft.organisation} error={fieldError(t, take.error, "organisation_id")} onChange={(organisation) => set({ organisation })} />
      {fieldError(t, take.error, "filter") && (
        <Note tone="warning" role="alert">
          {t("baseline.empty_set")}
        </Note>
      )}
      {!fieldError(t, take.error, "filter") && <ProblemNote error={take.error} fields={["name", "note", "as_of", "organisation_id"]} />}
    </FormDialog>
  );
}
