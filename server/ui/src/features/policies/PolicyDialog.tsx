import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";
import { answer, api } from "../../api/client";
import { policyActions, type Policy, type PolicyBody } from "../../api/health";
import { useT } from "../../i18n";
import { ProblemNote, fieldError } from "../../layout/ErrorState";
import { paths } from "../../paths";
import { oneOf } from "../../search";
import { FormDialog } from "../../ui/Dialog";
import { Check, SelectField, TextField } from "../../ui/Field";
import { Note } from "../../ui/States";
import { policyName } from "./PoliciesPage";

const DAY = 86_400;
const FIELDS = ["name", "query", "action", "grace_s", "renew_s"];

/** Seconds of a number of days as it is typed; what is no number is sent as one that the server refuses. */
const seconds = (days: string) => (days.trim() === "" || Number.isNaN(Number(days)) ? -1 : Math.round(Number(days) * DAY));

/** Makes or changes a policy, and tells while it is written how many items it would be about. */
export function PolicyDialog({ policy, onClose }: { policy?: Policy; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [name, setName] = useState(policy?.name ?? "");
  const [query, setQuery] = useState(policy?.query ?? "");
  const [action, setAction] = useState(policy?.action ?? policyActions[0]);
  const [grace, setGrace] = useState(String((policy?.grace_s ?? 14 * DAY) / DAY));
  const [renew, setRenew] = useState(String((policy?.renew_s ?? 365 * DAY) / DAY));
  const [enabled, setEnabled] = useState(policy?.enabled ?? false);
  const body: PolicyBody = { name, query, action, grace_s: seconds(grace), enabled, ...(action === "attest" ? { renew_s: seconds(renew) } : {}) };
  const save = useMutation({
    mutationFn: () => (policy ? answer(api.PATCH("/policies/{id}", { params: { path: { id: policy.id }, header: { "If-Match": `"v${policy.version}"` } }, body })) : answer(api.POST("/policies", { body }))),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: ["policies"] }),
  });
  const error = (field: string) => fieldError(t, save.error, field);
  return (
    <FormDialog wide onClose={onClose} title={policy ? t("policies.edit_of", { name: policyName(t, policy) }) : t("policies.add")} submitLabel={t("ui.save")} busy={save.isPending} onSubmit={() => save.mutate()}>
      <TextField label={t("policies.name")} value={name} error={error("name")} onChange={(event) => setName(event.target.value)} />
      <TextField label={t("policies.query")} hint={t("policies.query_hint")} value={query} error={error("query")} onChange={(event) => setQuery(event.target.value)} />
      <SelectField label={t("policies.action")} value={action} error={error("action")} onChange={(event) => setAction(oneOf(event.target.value, policyActions) ?? action)}>
        {policyActions.map((one) => (
          <option key={one} value={one}>
            {t(`policy_action.${one}`)}
          </option>
        ))}
      </SelectField>
      {action === "delete" ? <Note tone="warning">{t("policy_action_text.delete")}</Note> : <p className="muted">{t(`policy_action_text.${action}`)}</p>}
      <TextField type="number" min={action === "delete" ? 1 : 0} step="any" label={t("policies.grace_days")} hint={t(action === "attest" ? "policies.grace_hint_attest" : "policies.grace_hint")} value={grace} error={error("grace_s")} onChange={(event) => setGrace(event.target.value)} />
      {action === "attest" && <TextField type="number" min={1} step="any" label={t("policies.renew_days")} value={renew} error={error("renew_s")} onChange={(event) => setRenew(event.target.value)} />}
      <Check label={t("policies.enabled")} hint={t("policies.enabled_hint")} checked={enabled} onChange={(event) => setEnabled(event.target.checked)} />
      <PreviewNote body={body} />
      <ProblemNote error={save.error} fields={FIELDS} />
    </FormDialog>
  );
}

/** How many items the policy would be about now, with the way to their list. */
function PreviewNote({ body }: { body: PolicyBody }) {
  const t = useT();
  const asked = useDeferredValue(body.query.trim());
  const preview = useQuery({
    queryKey: ["policies", "preview", asked, body.action],
    enabled: asked !== "",
    queryFn: ({ signal }) => answer(api.POST("/policies/preview", { body: { name: "-", query: asked, action: body.action, grace_s: DAY, ...(body.action === "attest" ? { renew_s: DAY } : {}) }, signal })),
    retry: false,
  });
  if (asked === "") return null;
  const fault = fieldError(t, preview.error, "query");
  if (fault) return <Note tone="warning">{fault}</Note>;
  if (preview.error) return <ProblemNote error={preview.error} />;
  return (
    <Note tone="accent" role="status">
      <span className="row wrap">
        {preview.data ? t("policies.preview", { count: preview.data.matching }) : t("ui.loading")}
        {preview.data && preview.data.matching > 0 && (
          <Link target="_blank" {...paths.cis({ q: preview.data.query })}>
            {t("policies.preview_list")}
          </Link>
        )}
      </span>
    </Note>
  );
}

/** Deletes a policy; what it did stays. */
export function DeletePolicyDialog({ policy, onClose }: { policy: Policy; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE("/policies/{id}", { params: { path: { id: policy.id }, header: { "If-Match": `"v${policy.version}"` } } })),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: ["policies"] }),
  });
  return (
    <FormDialog onClose={onClose} title={t("policies.delete_of", { name: policyName(t, policy) })} submitLabel={t("policies.delete")} tone="danger" busy={remove.isPending} onSubmit={() => remove.mutate()}>
      <p>{t("policies.delete_text")}</p>
      <ProblemNote error={remove.error} />
    </FormDialog>
  );
}
