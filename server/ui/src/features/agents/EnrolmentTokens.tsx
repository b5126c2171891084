import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { answer, api } from "../../api/client";
import { useList } from "../../api/queries";
import type { EnrolmentToken } from "../../api/types";
import { codeText, useT } from "../../i18n";
import { ProblemNote } from "../../layout/ErrorState";
import { ListBody } from "../../layout/ListBody";
import { FillCard } from "../../layout/Page";
import { Badge, type Tone } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { DataTable, type Column } from "../../ui/DataTable";
import { FormDialog } from "../../ui/Dialog";
import { Code, Name } from "../../ui/Text";
import { Time } from "../../ui/Time";

const TONES: Partial<Record<string, Tone>> = { usable: "ok" };

/** Tokens that let hosts in: who made them, how often they may still be used, until when. */
export function EnrolmentTokens({ onAdd }: { onAdd: () => void }) {
  const t = useT();
  const [revoking, setRevoking] = useState<EnrolmentToken | null>(null);
  const list = useList<EnrolmentToken>(["enrolment-tokens"], (cursor, signal) => answer(api.GET("/enrolment-tokens", { params: { query: { limit: 100, cursor } }, signal })));
  const columns = useColumns(setRevoking);
  return (
    <FillCard>
      <ListBody list={list} emptyTitle={t("enrolment.empty")} emptyText={t("enrolment.empty_text")} emptyAction={<Button tone="primary" icon="plus" onClick={onAdd}>{t("agents.add_host")}</Button>}>
        <DataTable label={t("agents.tokens")} height="fill" columns={columns} rows={list.rows} rowKey={(row) => row.id} onEnd={list.loadMore} />
      </ListBody>
      {revoking && <RevokeTokenDialog token={revoking} onClose={() => setRevoking(null)} />}
    </FillCard>
  );
}

function useColumns(revoke: (token: EnrolmentToken) => void): Column<EnrolmentToken>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "name", header: t("add_host.name"), size: 150, value: (row) => row.name, cell: (row) => (row.name ? <Name>{row.name}</Name> : <span className="muted">{t("enrolment.unnamed")}</span>) },
      { id: "state", header: t("agents.state"), size: 92, value: (row) => row.state, cell: (row) => <Badge tone={TONES[row.state] ?? "neutral"}>{codeText(t, "enrolment_state", row.state)}</Badge> },
      { id: "mode", header: t("add_host.mode"), size: 112, value: (row) => row.mode, cell: (row) => codeText(t, "enrolment_mode", row.mode) },
      { id: "uses", header: t("enrolment.uses"), size: 92, align: "end", value: (row) => row.uses_left, cell: (row) => `${row.uses_left} / ${row.uses}` },
      { id: "expires", header: t("enrolment.expires"), size: 140, value: (row) => row.expires_at, cell: (row) => <Time at={row.expires_at} /> },
      { id: "cidrs", header: t("add_host.cidrs"), size: 128, cell: (row) => (row.cidrs.length > 0 ? <Code>{row.cidrs.join(", ")}</Code> : t("enrolment.anywhere")) },
      { id: "organisation", header: t("ci.organisation"), size: 106, value: (row) => row.organisation.name, cell: (row) => <Name>{row.organisation.name}</Name> },
      { id: "by", header: t("enrolment.created_by"), size: 106, value: (row) => row.created_by?.display_name, cell: (row) => (row.created_by ? <Name>{row.created_by.display_name}</Name> : <span className="muted">{t("enrolment.command_line")}</span>) },
      { id: "created", header: t("enrolment.created"), size: 140, value: (row) => row.created_at, cell: (row) => <Time at={row.created_at} /> },
      { id: "actions", header: t("ui.actions"), size: 84, pinned: true, cell: (row) => row.state === "usable" && <Button small tone="danger" onClick={() => revoke(row)}>{t("agents.revoke")}</Button> },
    ],
    [t, revoke],
  );
}

function RevokeTokenDialog({ token, onClose }: { token: EnrolmentToken; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => answer(api.DELETE("/enrolment-tokens/{id}", { params: { path: { id: token.id } } })),
    onSuccess: onClose,
    onSettled: () => void client.invalidateQueries({ queryKey: ["enrolment-tokens"] }),
  });
  return (
    <FormDialog tone="danger" onClose={onClose} title={t("enrolment.revoke_title")} submitLabel={t("agents.revoke")} busy={revoke.isPending} onSubmit={() => revoke.mutate()}>
      <p>{t("enrolment.revoke_text")}</p>
      <ProblemNote error={revoke.error} />
    </FormDialog>
  );
}
