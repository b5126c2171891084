import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../../api/client";
import type { Body } from "../../api/types";
import { isLocale, useT, type Locale } from "../../i18n";
import { ProblemNote, fieldError } from "../../layout/ErrorState";
import { Button } from "../../ui/Button";
import { Dialog, FormDialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Field";
import { GrantFields, useOrganisationChoices, type DraftGrant } from "./GrantFields";
import { LinkOnce } from "./UserActions";

type NewUser = Body<"/users", "post">;

/** Makes an account and hands out the link with which its owner sets the password. */
export function CreateUserDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [first] = useOrganisationChoices();
  const [login, setLogin] = useState("");
  const [name, setName] = useState("");
  const [language, setLanguage] = useState<Locale>("ko");
  const [grants, setGrants] = useState<DraftGrant[] | null>(null);
  const shown = grants ?? (first ? [{ role: "viewer", organisation_id: first.id }] : []);
  const create = useMutation({
    mutationFn: (body: NewUser) => answer(api.POST("/users", { body })),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["users"] }),
  });
  if (create.data) {
    return (
      <Dialog onClose={onClose} title={t("users.created", { name: create.data.display_name })} footer={<Button onClick={onClose}>{t("ui.close")}</Button>}>
        <LinkOnce link={create.data.set_password_link} />
      </Dialog>
    );
  }
  const submit = () => create.mutate({ login: login.trim(), display_name: name.trim() || login.trim(), language, grants: shown });
  return (
    <FormDialog onClose={onClose} title={t("users.create")} submitLabel={t("users.create_submit")} busy={create.isPending} onSubmit={submit}>
      <TextField label={t("sign_in.login")} value={login} error={fieldError(t, create.error, "login")} onChange={(event) => setLogin(event.target.value)} />
      <TextField label={t("user.display_name")} value={name} error={fieldError(t, create.error, "display_name")} onChange={(event) => setName(event.target.value)} />
      <SelectField label={t("shell.language")} value={language} error={fieldError(t, create.error, "language")} onChange={(event) => isLocale(event.target.value) && setLanguage(event.target.value)}>
        <option value="ko">한국어</option>
        <option value="en">English</option>
      </SelectField>
      <GrantFields grants={shown} onChange={setGrants} />
      <ProblemNote error={create.error} fields={["login", "display_name", "language"]} />
    </FormDialog>
  );
}
