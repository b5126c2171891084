import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useClassBook } from "../../../api/classes";
import { answer, api } from "../../../api/client";
import type { Body, ClassAttribute, Lifecycle } from "../../../api/types";
import { codeText, useLocale, useT, type Translate } from "../../../i18n";
import { oneOf } from "../../../search";
import { ProblemNote, fieldError } from "../../../layout/ErrorState";
import { paths } from "../../../paths";
import { FormDialog } from "../../../ui/Dialog";
import { SelectField, TextField } from "../../../ui/Field";
import { OrganisationField } from "./OrganisationField";
import { readValue } from "../attributes";
import { AttributeField } from "../AttributeField";
import { useEnvironments } from "../useEnvironments";
import { criticalities, lifecycles } from "../words";

type NewCi = Body<"/cis", "post">;

interface Draft {
  class: string;
  name: string;
  lifecycle: Lifecycle;
  environment: string;
  criticality: string;
  owner: string;
  support_team: string;
  organisation: string;
  attributes: Record<string, string>;
}

const EMPTY: Draft = { class: "", name: "", lifecycle: "in_use", environment: "", criticality: "", owner: "", support_team: "", organisation: "", attributes: {} };

/** Makes a CI by hand: the class decides which attributes there are. */
export function CreateCiDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const book = useClassBook();
  const [draft, setDraft] = useState(EMPTY);
  const [wrong, setWrong] = useState<readonly string[]>([]);
  const create = useCreate();
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const locale = useLocale();
  const classes = book.classes.filter((one) => !one.abstract && !one.hidden);
  const attributes = book.attributesOf(draft.class).filter((one) => !one.hidden);
  function submit() {
    const { body, wrong: bad } = newCi(draft, attributes);
    setWrong(bad);
    if (bad.length === 0) create.mutate(body);
  }
  const missing = (name: string) => (wrong.includes(name) ? t("field.required") : fieldError(t, create.error, name));
  return (
    <FormDialog wide onClose={onClose} title={t("cis.create")} submitLabel={t("cis.create_submit")} busy={create.isPending} onSubmit={submit}>
      <div className="pairs">
        <SelectField label={t("ci.class")} value={draft.class} error={missing("class")} onChange={(event) => set({ class: event.target.value, attributes: {} })}>
          <option value="" />
          {classes.map((one) => (
            <option key={one.name} value={one.name}>
              {book.label(one.name)}
            </option>
          ))}
        </SelectField>
        <TextField label={t("ci.name")} value={draft.name} error={missing("name")} onChange={(event) => set({ name: event.target.value })} />
        <OrganisationField value={draft.organisation} error={fieldError(t, create.error, "organisation_id")} onChange={(organisation) => set({ organisation })} />
        <CommonFields t={t} draft={draft} set={set} error={create.error} />
        {attributes.map((attribute) => (
          <AttributeField
            key={attribute.name}
            attribute={attribute}
            locale={locale}
            nameOf={(name) => book.text(book.attribute(draft.class, name)?.label ?? { en: name, ko: name })}
            value={draft.attributes[attribute.name] ?? ""}
            error={wrong.includes(attribute.name) ? codeText(t, "type_hint", attribute.type) : fieldError(t, create.error, `attributes.${attribute.name}`)}
            onChange={(value) => set({ attributes: { ...draft.attributes, [attribute.name]: value } })}
          />
        ))}
      </div>
      <ProblemNote error={create.error} fields={["class", "name", "organisation_id", "owner", "support_team", "environment", "criticality", "lifecycle", ...attributes.map((one) => `attributes.${one.name}`)]} />
    </FormDialog>
  );
}

function CommonFields({ t, draft, set, error }: { t: Translate; draft: Draft; set: (part: Partial<Draft>) => void; error: unknown }) {
  const optional = t("ui.optional");
  const environments = useEnvironments();
  return (
    <>
      <SelectField label={t("ci.lifecycle")} value={draft.lifecycle} error={fieldError(t, error, "lifecycle")} onChange={(event) => set({ lifecycle: oneOf(event.target.value, lifecycles) ?? draft.lifecycle })}>
        <Options t={t} prefix="lifecycle" words={lifecycles} />
      </SelectField>
      <SelectField label={t("ci.environment")} optional={optional} value={draft.environment} error={fieldError(t, error, "environment")} onChange={(event) => set({ environment: event.target.value })}>
        <option value="">—</option>
        <Options t={t} prefix="environment" words={environments.map((one) => one.value)} />
      </SelectField>
      <SelectField label={t("ci.criticality")} optional={optional} value={draft.criticality} error={fieldError(t, error, "criticality")} onChange={(event) => set({ criticality: event.target.value })}>
        <option value="">—</option>
        <Options t={t} prefix="criticality" words={criticalities} />
      </SelectField>
      <TextField label={t("ci.owner")} optional={optional} value={draft.owner} error={fieldError(t, error, "owner")} onChange={(event) => set({ owner: event.target.value })} />
      <TextField label={t("ci.support_team")} optional={optional} value={draft.support_team} error={fieldError(t, error, "support_team")} onChange={(event) => set({ support_team: event.target.value })} />
    </>
  );
}

function Options({ t, prefix, words }: { t: Translate; prefix: string; words: readonly string[] }) {
  return words.map((word) => (
    <option key={word} value={word}>
      {codeText(t, prefix, word)}
    </option>
  ));
}

/** The draft as the API takes it, and the fields that cannot be sent. */
function newCi(draft: Draft, attributes: readonly ClassAttribute[]): { body: NewCi; wrong: string[] } {
  const wrong = (["class", "name"] as const).filter((name) => draft[name].trim() === "") as string[];
  const values: Record<string, unknown> = {};
  for (const attribute of attributes) {
    const value = readValue(draft.attributes[attribute.name] ?? "", attribute.type);
    if (value === undefined) wrong.push(attribute.name);
    else if (value !== null) values[attribute.name] = value;
  }
  const body = {
    class: draft.class,
    name: draft.name.trim(),
    lifecycle: draft.lifecycle,
    ...(draft.organisation ? { organisation_id: draft.organisation } : {}),
    ...(draft.environment ? { environment: draft.environment } : {}),
    ...(draft.criticality ? { criticality: Number(draft.criticality) } : {}),
    ...(draft.owner.trim() ? { owner: draft.owner.trim() } : {}),
    ...(draft.support_team.trim() ? { support_team: draft.support_team.trim() } : {}),
    ...(Object.keys(values).length > 0 ? { attributes: values } : {}),
  };
  return { body, wrong };
}

function useCreate() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: NewCi) => answer(api.POST("/cis", { body })),
    onSuccess: async (ci) => {
      void client.invalidateQueries({ queryKey: ["cis"] });
      void client.invalidateQueries({ queryKey: ["classes"] });
      await navigate(paths.ci(ci.id));
    },
  });
}
