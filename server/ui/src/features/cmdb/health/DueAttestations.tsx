import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useClassBook } from "../../../api/classes";
import { answer, api } from "../../../api/client";
import type { DueAttestation } from "../../../api/health";
import { useList } from "../../../api/queries";
import { codeText, useT } from "../../../i18n";
import { ExportButton } from "../../../layout/ExportButton";
import { ListBody } from "../../../layout/ListBody";
import { paths } from "../../../paths";
import { ClassLetter } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { Card } from "../../../ui/Card";
import { DataTable, type Column } from "../../../ui/DataTable";
import { Check } from "../../../ui/Field";
import { Name, visibleText } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { AttestDialog } from "./AttestDialog";

/** What is to be confirmed: the reader's own, or everybody's. */
export function DueAttestations({ all, onAll }: { all: boolean; onAll: (all: boolean) => void }) {
  const t = useT();
  const [confirming, setConfirming] = useState<DueAttestation["ci"] | null>(null);
  const list = useList<DueAttestation>(["attestations", all], (cursor, signal) => answer(api.GET("/attestations", { params: { query: { mine: !all, limit: 50, ...(cursor ? { cursor } : {}) } }, signal })));
  const columns = useColumns(setConfirming);
  return (
    <Card flush title={t("figures.view_attest")} actions={
        <span className="row">
          <Check label={t("attest.all")} checked={all} onChange={(event) => onAll(event.target.checked)} />
          {list.rows.length > 0 && <ExportButton path="/attestations" params={{ mine: !all }} />}
        </span>
      }>
      <ListBody list={list} emptyTitle={t("attest.none")} emptyText={t(all ? "attest.none_text" : "attest.none_mine")}>
        <DataTable label={t("figures.view_attest")} columns={columns} rows={list.rows} rowKey={(row) => `${row.ci.id} ${row.policy.id}`} onEnd={list.loadMore} />
      </ListBody>
      {confirming && <AttestDialog ci={confirming} onClose={() => setConfirming(null)} />}
    </Card>
  );
}

function useColumns(onConfirm: (ci: DueAttestation["ci"]) => void): Column<DueAttestation>[] {
  const t = useT();
  const book = useClassBook();
  return useMemo(
    () => [
      {
        id: "ci",
        header: t("ci.name"),
        size: 220,
        value: (row) => row.ci.name,
        cell: (row) => (
          <span className="row">
            <ClassLetter {...book.mark(row.ci.class)} />
            <Link {...paths.ci(row.ci.id)}>
              <Name>{row.ci.name}</Name>
            </Link>
          </span>
        ),
      },
      { id: "owner", header: t("ci.owner"), size: 140, value: (row) => row.owner, cell: (row) => (row.owner ? <Name>{row.owner}</Name> : "—") },
      { id: "policy", header: t("policies.policy"), size: 240, value: (row) => row.policy.name, cell: (row) => <Name>{row.policy.name}</Name> },
      { id: "due", header: t("attest.due"), size: 140, value: (row) => row.due_at, cell: (row) => <Time at={row.due_at} /> },
      {
        id: "actions",
        header: t("ui.actions"),
        size: 100,
        pinned: true,
        cell: (row) => (
          <Button small aria-label={t("attest.title", { name: visibleText(row.ci.name) })} reason={row.may_attest ? null : codeText(t, "reason", "needs_permission")} onClick={() => onConfirm(row.ci)}>
            {t("attest.confirm")}
          </Button>
        ),
      },
    ],
    [t, book, onConfirm],
  );
}
