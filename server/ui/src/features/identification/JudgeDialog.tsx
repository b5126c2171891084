import { useState } from "react";
import { ApiError } from "../../api/errors";
import { useSession } from "../../api/session";
import { codeText, useT, type Translate } from "../../i18n";
import { ProblemNote, fieldError } from "../../layout/ErrorState";
import { FormDialog } from "../../ui/Dialog";
import { FieldGroup, Radio, SelectField, TextField } from "../../ui/Field";
import { distinctive, useJudge } from "./useJudge";
import { useOrganisations } from "./useOrganisations";

/** Says of an identifier that is in no list yet whether it tells something. */
export function JudgeDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const session = useSession();
  const organisations = useOrganisations();
  const [kind, setKind] = useState<string>("serial");
  const [value, setValue] = useState("");
  const [chosen, setOrganisation] = useState("");
  const [trusted, setTrusted] = useState(false);
  const judge = useJudge(onClose);
  const organisation = chosen || organisations[0]?.id || session.grants[0]?.organisation.id || "";
  const submit = () => judge.mutate({ kind, value: value.trim(), organisation_id: organisation, trusted });
  return (
    <FormDialog onClose={onClose} title={t("shared.add")} submitLabel={t("ui.save")} busy={judge.isPending} onSubmit={submit}>
      <SelectField label={t("shared.kind")} value={kind} error={fieldError(t, judge.error, "kind")} onChange={(event) => setKind(event.target.value)}>
        {distinctive.map((one) => (
          <option key={one} value={one}>
            {codeText(t, "identifier", one)}
          </option>
        ))}
      </SelectField>
      <TextField label={t("shared.value")} hint={t("shared.value_hint")} value={value} error={valueError(t, judge.error)} onChange={(event) => setValue(event.target.value)} />
      {organisations.length > 1 && (
        <SelectField label={t("ci.organisation")} value={organisation} error={fieldError(t, judge.error, "organisation_id")} onChange={(event) => setOrganisation(event.target.value)}>
          {organisations.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </SelectField>
      )}
      <FieldGroup label={t("shared.verdict")}>
        <Radio name="trusted" label={t("shared.tells_nothing")} hint={t("shared.tells_nothing_hint")} checked={!trusted} onChange={() => setTrusted(false)} />
        <Radio name="trusted" label={t("shared.trusted")} hint={t("shared.trusted_hint")} checked={trusted} onChange={() => setTrusted(true)} />
      </FieldGroup>
      <ProblemNote error={judge.error} fields={["kind", "value", "organisation_id"]} />
    </FormDialog>
  );
}

/** What is wrong with the identifier; the server refuses as no value only what is a placeholder anyway. */
function valueError(t: Translate, error: unknown): string | null {
  const refused = error instanceof ApiError ? error.field("value") : undefined;
  return refused?.code === "invalid" ? t("shared.value_invalid") : fieldError(t, error, "value");
}
