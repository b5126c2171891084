import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, answerWithEtag, api } from "../../api/client";
import type { Body, User } from "../../api/types";
import { isLocale, useT, type Locale } from "../../i18n";
import { ErrorState, ProblemNote, fieldError } from "../../layout/ErrorState";
import { Dialog, FormDialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Field";
import { Skeleton } from "../../ui/States";
import { GrantFields } from "./GrantFields";

type UserPatch = Body<"/users/{id}", "patch">;

/** Changes an account; refused when somebody else changed it since it was opened. */
export function EditUserDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT();
  const read = useQuery({
    queryKey: ["users", "one", id],
    queryFn: ({ signal }) => answerWithEtag(api.GET("/users/{id}", { params: { path: { id } }, signal })),
    gcTime: 0,
    staleTime: Infinity,
  });
  if (read.data) return <EditForm user={read.data.body} etag={read.data.etag} onClose={onClose} />;
  return (
    <Dialog onClose={onClose} title={t("users.edit")}>
      {read.error ? <ErrorState error={read.error} onRetry={() => void read.refetch()} /> : <Skeleton label={t("ui.loading")} />}
    </Dialog>
  );
}

function EditForm({ user, etag, onClose }: { user: User; etag: string; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [name, setName] = useState(user.display_name);
  const [language, setLanguage] = useState<Locale>(user.language);
  const [grants, setGrants] = useState(() => user.grants.map((grant) => ({ role: grant.role as string, organisation_id: grant.organisation.id })));
  const save = useMutation({
    mutationFn: (body: UserPatch) => answer(api.PATCH("/users/{id}", { params: { path: { id: user.id }, header: { "If-Match": etag } }, body })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["users"] });
      onClose();
    },
  });
  const submit = () => save.mutate({ display_name: name.trim(), language, grants });
  return (
    <FormDialog onClose={onClose} title={`${t("users.edit")}: ${user.login}`} submitLabel={t("ui.save")} busy={save.isPending} onSubmit={submit}>
      <TextField label={t("user.display_name")} value={name} error={fieldError(t, save.error, "display_name")} onChange={(event) => setName(event.target.value)} />
      <SelectField label={t("shell.language")} value={language} error={fieldError(t, save.error, "language")} onChange={(event) => isLocale(event.target.value) && setLanguage(event.target.value)}>
        <option value="ko">한국어</option>
        <option value="en">English</option>
      </SelectField>
      <GrantFields grants={grants} onChange={setGrants} />
      <ProblemNote error={save.error} fields={["display_name", "language"]} />
    </FormDialog>
  );
}
