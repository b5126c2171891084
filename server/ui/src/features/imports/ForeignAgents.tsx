import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { answer, api } from "../../api/client";
import { useList } from "../../api/queries";
import type { InventoryToken, InventoryTokenPage } from "../../api/types";
import { useT } from "../../i18n";
import { ProblemNote } from "../../layout/ErrorState";
import { ListBody } from "../../layout/ListBody";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { DataTable, type Column } from "../../ui/DataTable";
import { FormDialog } from "../../ui/Dialog";
import { useKeys } from "../../ui/keys";
import { Note } from "../../ui/States";
import { Code, CopyLine, Name } from "../../ui/Text";
import { Time } from "../../ui/Time";
import { NewTokenDialog } from "./NewTokenDialog";

/** Tokens by which agents of others report, and where they do. */
export function ForeignAgents() {
  const t = useT();
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<InventoryToken | null>(null);
  const list = useList<InventoryToken, InventoryTokenPage>(["inventory-tokens"], (cursor, signal) => answer(api.GET("/inventory-tokens", { params: { query: { limit: 100, cursor } }, signal })));
  const columns = useColumns(setRevoking);
  const url = list.first?.url;
  useKeys({ c: () => setCreating(true) });
  const create = (
    <Button tone="primary" icon="plus" onClick={() => setCreating(true)}>
      {t("inventory_tokens.create")}
    </Button>
  );
  return (
    <>
      {list.first && (url ? <Card title={t("inventory_tokens.url")}><CopyLine text={url} label={t("inventory_tokens.copy_url")} /></Card> : <Note tone="warning">{t("inventory_tokens.off")}</Note>)}
      <Card flush title={t("inventory_tokens.title")} actions={create}>
        <ListBody list={list} emptyTitle={t("inventory_tokens.empty")} emptyText={t("inventory_tokens.empty_text")} emptyAction={create}>
          <DataTable label={t("inventory_tokens.title")} columns={columns} rows={list.rows} rowKey={(row) => row.id} onEnd={list.loadMore} />
        </ListBody>
      </Card>
      {creating && <NewTokenDialog url={url ?? null} onClose={() => setCreating(false)} />}
      {revoking && <RevokeDialog token={revoking} onClose={() => setRevoking(null)} />}
    </>
  );
}

function useColumns(revoke: (token: InventoryToken) => void): Column<InventoryToken>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "name", header: t("tokens.name"), size: 180, value: (row) => row.name, cell: (row) => <Name>{row.name}</Name> },
      { id: "state", header: t("agents.state"), size: 92, value: (row) => (row.revoked_at ? 1 : 0), cell: (row) => (row.revoked_at ? <Badge>{t("enrolment_state.revoked")}</Badge> : <Badge tone="ok">{t("enrolment_state.usable")}</Badge>) },
      { id: "organisation", header: t("ci.organisation"), size: 120, value: (row) => row.organisation.name, cell: (row) => <Name>{row.organisation.name}</Name> },
      { id: "cidrs", header: t("add_host.cidrs"), size: 140, cell: (row) => (row.cidrs.length > 0 ? <Code>{row.cidrs.join(", ")}</Code> : t("enrolment.anywhere")) },
      { id: "used", header: t("tokens.last_used"), size: 130, value: (row) => row.last_used_at, cell: (row) => (row.last_used_at ? <Time at={row.last_used_at} show="relative" /> : <span className="muted">{t("users.never")}</span>) },
      { id: "from", header: t("agents.address"), size: 120, cell: (row) => (row.last_used_from ? <Code>{row.last_used_from}</Code> : "—") },
      { id: "created", header: t("enrolment.created"), size: 140, value: (row) => row.created_at, cell: (row) => <Time at={row.created_at} /> },
      { id: "by", header: t("enrolment.created_by"), size: 110, value: (row) => row.created_by?.display_name, cell: (row) => (row.created_by ? <Name>{row.created_by.display_name}</Name> : "—") },
      { id: "actions", header: t("ui.actions"), size: 84, pinned: true, cell: (row) => !row.revoked_at && <Button small tone="danger" onClick={() => revoke(row)}>{t("agents.revoke")}</Button> },
    ],
    [t, revoke],
  );
}

function RevokeDialog({ token, onClose }: { token: InventoryToken; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => answer(api.DELETE("/inventory-tokens/{id}", { params: { path: { id: token.id } } })),
    onSuccess: onClose,
    onSettled: () => void client.invalidateQueries({ queryKey: ["inventory-tokens"] }),
  });
  return (
    <FormDialog tone="danger" onClose={onClose} title={t("tokens.revoke_title", { name: token.name })} submitLabel={t("agents.revoke")} busy={revoke.isPending} onSubmit={() => revoke.mutate()}>
      <p>{t("inventory_tokens.revoke_text")}</p>
      <ProblemNote error={revoke.error} />
    </FormDialog>
  );
}
