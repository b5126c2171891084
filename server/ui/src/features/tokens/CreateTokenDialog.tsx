import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { useSession } from "../../api/session";
import type { Body } from "../../api/types";
import { codeText, useT } from "../../i18n";
import { ProblemNote, fieldError } from "../../layout/ErrorState";
import { Button } from "../../ui/Button";
import { Dialog, FormDialog } from "../../ui/Dialog";
import { Check, SelectField, TextField } from "../../ui/Field";
import { Note } from "../../ui/States";
import { CopyLine } from "../../ui/Text";

type NewToken = Body<"/tokens", "post">;
const DAYS = [7, 30, 90, 180, 365];

/** Makes a token with some of the reader's own permissions; its secret is shown once. */
export function CreateTokenDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const session = useSession();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [days, setDays] = useState(90);
  const [scopes, setScopes] = useState<readonly string[]>(["ci.read"]);
  const create = useMutation({
    mutationFn: (body: NewToken) => answer(api.POST("/tokens", { body })),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["tokens"] }),
  });
  if (create.data) {
    return (
      <Dialog onClose={onClose} title={t("tokens.created", { name: create.data.name })} footer={<Button onClick={onClose}>{t("ui.close")}</Button>}>
        <Note tone="warning">{t("tokens.once")}</Note>
        <CopyLine text={create.data.secret} label={t("tokens.copy")} />
      </Dialog>
    );
  }
  const toggle = (scope: string, on: boolean) => setScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope));
  const submit = () => create.mutate({ name: name.trim(), scopes: [...scopes], expires_in_days: days });
  const scopeError = fieldError(t, create.error, "scopes");
  return (
    <FormDialog onClose={onClose} title={t("tokens.create")} submitLabel={t("tokens.create_submit")} busy={create.isPending} onSubmit={submit}>
      <TextField label={t("tokens.name")} hint={t("tokens.name_hint")} value={name} error={fieldError(t, create.error, "name")} onChange={(event) => setName(event.target.value)} />
      <SelectField label={t("tokens.expires_in")} value={String(days)} error={fieldError(t, create.error, "expires_in_days")} onChange={(event) => setDays(Number(event.target.value))}>
        {DAYS.map((one) => (
          <option key={one} value={one}>
            {t("tokens.days", { count: one })}
          </option>
        ))}
      </SelectField>
      <fieldset>
        <legend>
          <strong>{t("tokens.scopes")}</strong>
        </legend>
        {session.permissions.map((scope) => (
          <Check key={scope} label={codeText(t, "permission", scope)} hint={scope} checked={scopes.includes(scope)} onChange={(event) => toggle(scope, event.target.checked)} />
        ))}
        {scopeError && <Note tone="critical">{scopeError}</Note>}
      </fieldset>
      <ProblemNote error={create.error} fields={["name", "scopes", "expires_in_days"]} />
    </FormDialog>
  );
}
