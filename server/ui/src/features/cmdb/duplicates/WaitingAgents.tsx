import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useClassBook } from "../../../api/classes";
import { answer, api } from "../../../api/client";
import { useRuleName, type WaitingAgent } from "../../../api/identity";
import { useT } from "../../../i18n";
import { ErrorState } from "../../../layout/ErrorState";
import { FillCard } from "../../../layout/Page";
import { paths } from "../../../paths";
import { ClassLetter } from "../../../ui/Badge";
import { DataTable, type Column } from "../../../ui/DataTable";
import { EmptyState, Skeleton } from "../../../ui/States";
import { Name } from "../../../ui/Text";
import { Time } from "../../../ui/Time";

/** Agents whose reports wait until it is clear whether they are a known machine or a copy of it. */
export function WaitingAgents() {
  const t = useT();
  const columns = useColumns();
  const list = useQuery({ queryKey: ["identification", "waiting"], queryFn: ({ signal }) => answer(api.GET("/identification/waiting", { signal })), refetchInterval: 30_000 });
  if (list.isPending) return <Skeleton rows={6} label={t("ui.loading")} />;
  if (list.error) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <>
      <p className="soft">{t("waiting.intro")}</p>
      <FillCard>
        {list.data.items.length === 0 ? (
          <EmptyState icon="check" title={t("waiting.none")} />
        ) : (
          <DataTable label={t("duplicates.view_waiting")} height="fill" hotkeys columns={columns} rows={list.data.items} rowKey={(row) => row.agent_id} />
        )}
      </FillCard>
    </>
  );
}

function useColumns(): Column<WaitingAgent>[] {
  const t = useT();
  const book = useClassBook();
  const ruleName = useRuleName();
  return useMemo(
    () => [
      {
        id: "hostname",
        header: t("waiting.agent"),
        size: 180,
        value: (row) => row.hostname,
        cell: (row) => (
          <Link {...paths.agents({ q: row.hostname })} data-row="">
            <Name>{row.hostname}</Name>
          </Link>
        ),
      },
      {
        id: "ci",
        header: t("waiting.may_be"),
        size: 200,
        value: (row) => row.ci.name,
        cell: (row) => (
          <span className="row">
            <ClassLetter {...book.mark(row.ci.class)} />
            <Link {...paths.ci(row.ci.id)} className="grow">
              <Name>{row.ci.name}</Name>
            </Link>
          </span>
        ),
      },
      { id: "rule", header: t("identification.rule"), size: 240, value: (row) => ruleName(row.rule), cell: (row) => ruleName(row.rule) },
      { id: "since", header: t("waiting.since"), size: 140, value: (row) => row.since, cell: (row) => <Time at={row.since} /> },
      { id: "until", header: t("waiting.until"), size: 150, value: (row) => row.until, cell: (row) => <Time at={row.until} /> },
    ],
    [t, book, ruleName],
  );
}
