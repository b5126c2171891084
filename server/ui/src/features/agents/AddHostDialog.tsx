import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { can } from "../../api/can";
import { answer, api } from "../../api/client";
import { useSession } from "../../api/session";
import type { Body, EnrolmentToken, NewEnrolmentToken, Organisation } from "../../api/types";
import { codeText, useT } from "../../i18n";
import { ProblemNote, fieldError } from "../../layout/ErrorState";
import { Button } from "../../ui/Button";
import { Dialog, FormDialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Field";
import { Note } from "../../ui/States";
import { CopyLine } from "../../ui/Text";
import { Time } from "../../ui/Time";
import styles from "./Agents.module.css";
import { Arrivals } from "./Arrivals";

type NewToken = Body<"/enrolment-tokens", "post">;

interface Draft {
  name: string;
  mode: EnrolmentToken["mode"];
  uses: string;
  minutes: string;
  organisation: string;
  cidrs: string;
}

const NONE: readonly Organisation[] = [];
const MINUTES = ["15", "60", "240", "1440"];

/** Makes an enrolment token on the spot, shows the command to run, and waits for the host to appear. */
export function AddHostDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [draft, setDraft] = useState<Draft>({ name: "", mode: "auto", uses: "1", minutes: "60", organisation: "", cidrs: "" });
  const create = useMutation({
    mutationFn: (body: NewToken) => answer(api.POST("/enrolment-tokens", { body })),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["enrolment-tokens"] }),
  });
  const set = useCallback((part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part })), []);
  if (create.data) return <Commands token={create.data} onClose={onClose} />;
  return (
    <FormDialog wide onClose={onClose} title={t("agents.add_host")} submitLabel={t("add_host.submit")} busy={create.isPending} onSubmit={() => create.mutate(bodyOf(draft))}>
      <p className="soft">{t("add_host.intro")}</p>
      <TokenFields draft={draft} set={set} error={create.error} />
      <ProblemNote error={create.error} fields={["name", "mode", "uses", "expires_in_minutes", "organisation_id"]} />
    </FormDialog>
  );
}

function bodyOf(draft: Draft): NewToken {
  const cidrs = draft.cidrs.split(/[\s,]+/).filter(Boolean);
  return {
    ...(draft.name.trim() ? { name: draft.name.trim() } : {}),
    ...(draft.organisation ? { organisation_id: draft.organisation } : {}),
    ...(cidrs.length > 0 ? { cidrs } : {}),
    mode: draft.mode,
    uses: Number(draft.uses) || 0,
    expires_in_minutes: Number(draft.minutes),
  };
}

function TokenFields({ draft, set, error }: { draft: Draft; set: (part: Partial<Draft>) => void; error: unknown }) {
  const t = useT();
  const session = useSession();
  const organisations = useQuery({
    queryKey: ["organisations"],
    queryFn: ({ signal }) => answer(api.GET("/organisations", { signal })),
    enabled: can(session, "organisation.read"),
  });
  const list = organisations.data?.items ?? NONE;
  const first = list[0]?.id;
  useEffect(() => {
    if (first && !draft.organisation) set({ organisation: first });
  }, [first, draft.organisation, set]);
  return (
    <div className={styles.form}>
      <TextField label={t("add_host.name")} optional={t("ui.optional")} value={draft.name} error={fieldError(t, error, "name")} onChange={(event) => set({ name: event.target.value })} />
      <SelectField label={t("add_host.mode")} hint={t(`add_host.mode_${draft.mode === "auto" ? "auto" : "approve"}_hint`)} value={draft.mode} error={fieldError(t, error, "mode")} onChange={(event) => set({ mode: event.target.value === "approve" ? "approve" : "auto" })}>
        <option value="auto">{t("enrolment_mode.auto")}</option>
        <option value="approve">{t("enrolment_mode.approve")}</option>
      </SelectField>
      <TextField label={t("add_host.uses")} inputMode="numeric" value={draft.uses} error={fieldError(t, error, "uses")} onChange={(event) => set({ uses: event.target.value })} />
      <SelectField label={t("add_host.expires")} value={draft.minutes} error={fieldError(t, error, "expires_in_minutes")} onChange={(event) => set({ minutes: event.target.value })}>
        {MINUTES.map((one) => (
          <option key={one} value={one}>
            {codeText(t, "minutes", one)}
          </option>
        ))}
      </SelectField>
      {list.length > 1 && (
        <SelectField label={t("ci.organisation")} value={draft.organisation} error={fieldError(t, error, "organisation_id")} onChange={(event) => set({ organisation: event.target.value })}>
          {list.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </SelectField>
      )}
      <TextField label={t("add_host.cidrs")} optional={t("ui.optional")} hint={t("add_host.cidrs_hint")} placeholder="10.0.0.0/8" value={draft.cidrs} error={fieldError(t, error, "cidrs")} onChange={(event) => set({ cidrs: event.target.value })} />
    </div>
  );
}

function Commands({ token, onClose }: { token: NewEnrolmentToken; onClose: () => void }) {
  const t = useT();
  return (
    <Dialog wide onClose={onClose} title={t("agents.add_host")} footer={<Button onClick={onClose}>{t("ui.close")}</Button>}>
      <div className={styles.steps}>
        <Note tone="accent">
          {t("add_host.once", { uses: token.uses })} <Time at={token.expires_at} show="full" />
        </Note>
        {token.commands.map((one) => (
          <section key={one.id} className="stack" style={{ gap: 4 }}>
            <h3>{codeText(t, "add_host.command", one.id)}</h3>
            <CopyLine text={one.command} label={t("add_host.copy_command", { name: codeText(t, "add_host.command", one.id) })} />
          </section>
        ))}
        <Arrivals token={token} />
      </div>
    </Dialog>
  );
}
