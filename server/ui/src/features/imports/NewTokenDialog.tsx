import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { can } from "../../api/can";
import { answer, api } from "../../api/client";
import { useSession } from "../../api/session";
import type { Body, NewInventoryToken, Organisation } from "../../api/types";
import { useT } from "../../i18n";
import { ProblemNote, fieldError } from "../../layout/ErrorState";
import { Button } from "../../ui/Button";
import { Dialog, FormDialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Field";
import { Note } from "../../ui/States";
import { CopyLine } from "../../ui/Text";
import styles from "./Imports.module.css";

const NONE: readonly Organisation[] = [];

/** Makes a token for agents of others and shows the lines to put into their configuration; its secret is shown once. */
export function NewTokenDialog({ url, onClose }: { url: string | null; onClose: () => void }) {
  const t = useT();
  const session = useSession();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [organisation, setOrganisation] = useState("");
  const [cidrs, setCidrs] = useState("");
  const organisations = useQuery({
    queryKey: ["organisations"],
    queryFn: ({ signal }) => answer(api.GET("/organisations", { signal })),
    enabled: can(session, "organisation.read"),
  });
  const create = useMutation({
    mutationFn: (body: Body<"/inventory-tokens", "post">) => answer(api.POST("/inventory-tokens", { body })),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["inventory-tokens"] }),
  });
  if (create.data) return <Created token={create.data} url={url} onClose={onClose} />;
  const list = organisations.data?.items ?? NONE;
  const submit = () => create.mutate({ name: name.trim(), cidrs: cidrs.split(/[\s,]+/).filter(Boolean), ...(organisation ? { organisation_id: organisation } : {}) });
  return (
    <FormDialog onClose={onClose} title={t("inventory_tokens.create")} submitLabel={t("tokens.create_submit")} busy={create.isPending} onSubmit={submit}>
      <TextField label={t("tokens.name")} hint={t("inventory_tokens.name_hint")} value={name} error={fieldError(t, create.error, "name")} onChange={(event) => setName(event.target.value)} />
      {list.length > 1 && (
        <SelectField label={t("ci.organisation")} value={organisation || (list[0]?.id ?? "")} error={fieldError(t, create.error, "organisation_id")} onChange={(event) => setOrganisation(event.target.value)}>
          {list.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </SelectField>
      )}
      <TextField label={t("add_host.cidrs")} optional={t("ui.optional")} hint={t("add_host.cidrs_hint")} placeholder="10.0.0.0/8" value={cidrs} error={fieldError(t, create.error, "cidrs[0]")} onChange={(event) => setCidrs(event.target.value)} />
      <ProblemNote error={create.error} fields={["name", "organisation_id", "cidrs[0]"]} />
    </FormDialog>
  );
}

function Created({ token, url, onClose }: { token: NewInventoryToken; url: string | null; onClose: () => void }) {
  const t = useT();
  return (
    <Dialog wide onClose={onClose} title={t("tokens.created", { name: token.name })} footer={<Button onClick={onClose}>{t("ui.close")}</Button>}>
      <div className={styles.steps}>
        <Note tone="warning">{t("tokens.once")}</Note>
        <CopyLine text={token.secret} label={t("tokens.copy")} />
        <p>{t("inventory_tokens.lines")}</p>
        {url && <CopyLine text={`server = ${url}`} label={t("inventory_tokens.copy_url")} />}
        <CopyLine text="user = inventory" label={t("inventory_tokens.copy_user")} />
        <CopyLine text={`password = ${token.secret}`} label={t("inventory_tokens.copy_password")} />
        <p className="soft">{t("inventory_tokens.authority")}</p>
      </div>
    </Dialog>
  );
}
