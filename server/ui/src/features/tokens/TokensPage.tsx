import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { answer, api } from "../../api/client";
import { useList } from "../../api/queries";
import type { Token } from "../../api/types";
import { useNow } from "../../format/TimeContext";
import { codeText, useT } from "../../i18n";
import { ProblemNote } from "../../layout/ErrorState";
import { ExportButton } from "../../layout/ExportButton";
import { ListBody } from "../../layout/ListBody";
import { FillCard, Page } from "../../layout/Page";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { DataTable, type Column } from "../../ui/DataTable";
import { FormDialog } from "../../ui/Dialog";
import { useKeys } from "../../ui/keys";
import { Name } from "../../ui/Text";
import { Time } from "../../ui/Time";
import { CreateTokenDialog } from "./CreateTokenDialog";

/** The reader's own API tokens. */
export function TokensPage() {
  const t = useT();
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const list = useList<Token>(["tokens"], (_cursor, signal) => answer(api.GET("/tokens", { signal })));
  const columns = useColumns(setRevoking);
  const create = (
    <Button tone="primary" icon="plus" onClick={() => setCreating(true)}>
      {t("tokens.create")}
    </Button>
  );
  useKeys({ c: () => setCreating(true) });
  return (
    <Page fill title={t("nav.tokens")} count={t("tokens.own")} actions={
        <>
          <ExportButton path="/tokens" />
          {create}
        </>
      }>
      <FillCard>
        <ListBody list={list} emptyTitle={t("tokens.empty")} emptyText={t("tokens.empty_text")} emptyAction={create}>
          <DataTable label={t("nav.tokens")} height="fill" columns={columns} rows={list.rows} rowKey={(row) => row.id} onEnd={list.loadMore} />
        </ListBody>
      </FillCard>
      {creating && <CreateTokenDialog onClose={() => setCreating(false)} />}
      {revoking && <RevokeDialog token={revoking} onClose={() => setRevoking(null)} />}
    </Page>
  );
}

function useColumns(revoke: (token: Token) => void): Column<Token>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "name", header: t("tokens.name"), size: 200, value: (row) => row.name, cell: (row) => <Name>{row.name}</Name> },
      { id: "state", header: t("agents.state"), size: 100, cell: (row) => <StateBadge token={row} /> },
      { id: "scopes", header: t("tokens.scopes"), size: 320, cell: (row) => <Name>{row.scopes.map((scope) => codeText(t, "permission", scope)).join(", ")}</Name> },
      { id: "expires", header: t("enrolment.expires"), size: 148, value: (row) => row.expires_at, cell: (row) => <Time at={row.expires_at} /> },
      { id: "used", header: t("tokens.last_used"), size: 120, value: (row) => row.last_used_at, cell: (row) => (row.last_used_at ? <Time at={row.last_used_at} show="relative" /> : <span className="muted">{t("users.never")}</span>) },
      { id: "created", header: t("enrolment.created"), size: 148, value: (row) => row.created_at, cell: (row) => <Time at={row.created_at} /> },
      { id: "actions", header: t("ui.actions"), size: 100, pinned: true, cell: (row) => !row.revoked_at && <Button small tone="danger" onClick={() => revoke(row)}>{t("agents.revoke")}</Button> },
    ],
    [t, revoke],
  );
}

function StateBadge({ token }: { token: Token }) {
  const t = useT();
  const now = useNow();
  if (token.revoked_at) return <Badge mark="cross">{t("enrolment_state.revoked")}</Badge>;
  if (Date.parse(token.expires_at) <= now.getTime()) return <Badge mark="ring">{t("enrolment_state.expired")}</Badge>;
  return (
    <Badge tone="ok" mark="round">
      {t("enrolment_state.usable")}
    </Badge>
  );
}

function RevokeDialog({ token, onClose }: { token: Token; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => answer(api.DELETE("/tokens/{id}", { params: { path: { id: token.id } } })),
    onSuccess: onClose,
    onSettled: () => void client.invalidateQueries({ queryKey: ["tokens"] }),
  });
  return (
    <FormDialog tone="danger" onClose={onClose} title={t("tokens.revoke_title", { name: token.name })} submitLabel={t("agents.revoke")} busy={revoke.isPending} onSubmit={() => revoke.mutate()}>
      <p>{t("tokens.revoke_text")}</p>
      <ProblemNote error={revoke.error} />
    </FormDialog>
  );
}
