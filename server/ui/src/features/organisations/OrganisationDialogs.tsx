import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../../api/client";
import type { Organisation } from "../../api/types";
import { useT } from "../../i18n";
import { ProblemNote, fieldError } from "../../layout/ErrorState";
import { FormDialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Field";
import { placesFor, treeOf } from "./tree";

interface DialogProps {
  organisations: readonly Organisation[];
  onClose: () => void;
}

/** Runs a change of the tree; everything that lists organisations is read again. */
function useChange<T>(change: (value: T) => Promise<unknown>, onClose: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["organisations"] });
      onClose();
    },
  });
}

function ParentField({ label, value, choices, error, onChange }: { label: string; value: string; choices: readonly Organisation[]; error: string | null; onChange: (id: string) => void }) {
  return (
    <SelectField label={label} value={value} error={error} onChange={(event) => onChange(event.target.value)}>
      {treeOf(choices).map(({ organisation, depth }) => (
        <option key={organisation.id} value={organisation.id}>
          {"\u00a0\u00a0".repeat(depth) + organisation.name}
        </option>
      ))}
    </SelectField>
  );
}

export function CreateOrganisationDialog({ organisations, parent, onClose }: DialogProps & { parent: string }) {
  const t = useT();
  const [name, setName] = useState("");
  const [place, setPlace] = useState(parent);
  const create = useChange(() => answer(api.POST("/organisations", { body: { name, parent_id: place } })), onClose);
  return (
    <FormDialog onClose={onClose} title={t("organisations.create")} submitLabel={t("organisations.create")} busy={create.isPending} onSubmit={() => create.mutate(undefined)}>
      <TextField label={t("organisations.name")} value={name} error={fieldError(t, create.error, "name")} onChange={(event) => setName(event.target.value)} />
      <ParentField label={t("organisations.parent")} value={place} choices={organisations} error={fieldError(t, create.error, "parent_id")} onChange={setPlace} />
      <ProblemNote error={create.error} fields={["name", "parent_id"]} />
    </FormDialog>
  );
}

export function EditOrganisationDialog({ organisations, organisation, onClose }: DialogProps & { organisation: Organisation }) {
  const t = useT();
  const [name, setName] = useState(organisation.name);
  const [place, setPlace] = useState(organisation.parent_id ?? "");
  const before = organisation.agent_interval_s ? String(organisation.agent_interval_s) : "";
  const [interval, setInterval] = useState(before);
  const path = { id: organisation.id };
  const save = useChange(async () => {
    const paced = interval !== before ? { agent_interval_s: interval ? Number(interval) : null } : {};
    const moved = place && place !== organisation.parent_id ? { parent_id: place } : {};
    await answer(api.PATCH("/organisations/{id}", { params: { path, header: { "If-Match": `"v${organisation.version}"` } }, body: { name, ...moved, ...paced } }));
  }, onClose);
  return (
    <FormDialog onClose={onClose} title={t("organisations.edit")} submitLabel={t("organisations.save")} busy={save.isPending} onSubmit={() => save.mutate(undefined)}>
      <TextField label={t("organisations.name")} value={name} error={fieldError(t, save.error, "name")} onChange={(event) => setName(event.target.value)} />
      {organisation.parent_id && <ParentField label={t("organisations.parent")} value={place} choices={placesFor(organisations, organisation)} error={fieldError(t, save.error, "parent_id")} onChange={setPlace} />}
      <TextField
        type="number"
        step={1}
        label={t("organisations.interval")}
        hint={t("organisations.interval_hint", { seconds: organisation.effective_agent_interval_s })}
        value={interval}
        error={fieldError(t, save.error, "agent_interval_s")}
        onChange={(event) => setInterval(event.target.value)}
      />
      <ProblemNote error={save.error} fields={["name", "parent_id", "agent_interval_s"]} />
    </FormDialog>
  );
}

export function DeleteOrganisationDialog({ organisation, onClose }: { organisation: Organisation; onClose: () => void }) {
  const t = useT();
  const remove = useChange(() => answer(api.DELETE("/organisations/{id}", { params: { path: { id: organisation.id } } })), onClose);
  return (
    <FormDialog onClose={onClose} title={t("organisations.delete_title", { name: organisation.name })} submitLabel={t("organisations.delete")} tone="danger" busy={remove.isPending} onSubmit={() => remove.mutate(undefined)}>
      <p>{t("organisations.delete_text")}</p>
      <ProblemNote error={remove.error} />
    </FormDialog>
  );
}
