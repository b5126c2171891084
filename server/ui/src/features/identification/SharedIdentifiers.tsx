import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { answer, api } from "../../api/client";
import type { SharedIdentifier } from "../../api/identity";
import { codeText, useT } from "../../i18n";
import { ErrorState, ProblemNote } from "../../layout/ErrorState";
import { FillCard } from "../../layout/Page";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { DataTable, type Column } from "../../ui/DataTable";
import { EmptyState, Skeleton } from "../../ui/States";
import { CopyCode, Name, visibleText } from "../../ui/Text";
import { Time } from "../../ui/Time";
import { sharedKey, useJudge } from "./useJudge";
import { useOrganisations } from "./useOrganisations";

const keyOf = (row: SharedIdentifier) => `${row.organisation_id} ${row.kind} ${row.value}`;

/** Identifiers that are on too many items to tell one from another, and those that people decided on. */
export function SharedIdentifiers({ reason }: { reason: string | null }) {
  const t = useT();
  const list = useQuery({ queryKey: sharedKey, queryFn: ({ signal }) => answer(api.GET("/identification/shared-identifiers", { signal })) });
  const judge = useJudge();
  const pending = judge.isPending ? judge.variables : null;
  const turn = (row: SharedIdentifier) => judge.mutate({ kind: row.kind, value: row.value, organisation_id: row.organisation_id, trusted: !row.trusted });
  const columns = useColumns({ reason, turn, isBusy: (row) => pending?.value === row.value && pending.kind === row.kind });
  if (list.isPending) return <Skeleton rows={8} label={t("ui.loading")} />;
  if (list.error && !list.data) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  const rows = list.data?.items ?? [];
  return (
    <>
      <p className="soft">{t("shared.intro")}</p>
      <ProblemNote error={judge.error} />
      <FillCard>
        {rows.length === 0 ? (
          <EmptyState icon="check" title={t("shared.none")}>
            {t("shared.none_text")}
          </EmptyState>
        ) : (
          <DataTable label={t("identification.view_identifiers")} height="fill" columns={columns} rows={rows} rowKey={keyOf} />
        )}
      </FillCard>
    </>
  );
}

interface Turning {
  reason: string | null;
  turn: (row: SharedIdentifier) => void;
  isBusy: (row: SharedIdentifier) => boolean;
}

function useColumns({ reason, turn, isBusy }: Turning): Column<SharedIdentifier>[] {
  const t = useT();
  const organisations = useOrganisations();
  const nameOf = useMemo(() => new Map(organisations.map((one) => [one.id as string, one.name])), [organisations]);
  return [
    { id: "kind", header: t("shared.kind"), size: 150, value: (row) => codeText(t, "identifier", row.kind), cell: (row) => codeText(t, "identifier", row.kind) },
    { id: "value", header: t("shared.value"), size: 280, value: (row) => row.value, cell: (row) => <CopyCode text={row.value} label={t("shared.copy", { value: visibleText(row.value) })} /> },
    {
      id: "verdict",
      header: t("shared.verdict"),
      size: 150,
      value: (row) => (row.trusted ? 1 : 0),
      cell: (row) => (
        <Badge tone={row.trusted ? "ok" : "warning"} mark={row.trusted ? "round" : "cross"}>
          {t(row.trusted ? "shared.trusted" : "shared.tells_nothing")}
        </Badge>
      ),
    },
    {
      id: "how",
      header: t("shared.how"),
      size: 210,
      value: (row) => row.seen_on,
      cell: (row) => (row.decided_by ? <Name>{t("shared.decided_by", { name: row.decided_by })}</Name> : t("shared.seen_on", { count: row.seen_on })),
    },
    { id: "at", header: t("shared.at"), size: 130, value: (row) => row.at, cell: (row) => <Time at={row.at} /> },
    ...(organisations.length > 1 ? [{ id: "organisation", header: t("ci.organisation"), size: 140, value: (row: SharedIdentifier) => nameOf.get(row.organisation_id), cell: (row: SharedIdentifier) => <Name>{nameOf.get(row.organisation_id) ?? "—"}</Name> }] : []),
    {
      id: "actions",
      header: t("ui.actions"),
      size: 116,
      pinned: true,
      cell: (row) => (
        <Button small busy={isBusy(row)} reason={reason} aria-label={t(row.trusted ? "shared.distrust_of" : "shared.trust_of", { value: visibleText(row.value) })} onClick={() => turn(row)}>
          {t(row.trusted ? "shared.distrust" : "shared.trust")}
        </Button>
      ),
    },
  ];
}
