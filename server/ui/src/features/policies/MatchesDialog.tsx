import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useClassBook } from "../../api/classes";
import { answer, api } from "../../api/client";
import type { Policy, PolicyMatch } from "../../api/health";
import { useList } from "../../api/queries";
import { codeText, useT } from "../../i18n";
import { ListBody } from "../../layout/ListBody";
import { paths } from "../../paths";
import { Badge, ClassLetter } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { DataTable, type Column } from "../../ui/DataTable";
import { Dialog } from "../../ui/Dialog";
import { Name, visibleText } from "../../ui/Text";
import { Time } from "../../ui/Time";
import { policyName } from "./PoliciesPage";

/** Which items match, since when, and when something is done; nothing is done here. */
export function MatchesDialog({ policy, onClose }: { policy: Policy; onClose: () => void }) {
  const t = useT();
  const book = useClassBook();
  const list = useList<PolicyMatch>(["policies", policy.id, "cis"], (cursor, signal) => answer(api.GET("/policies/{id}/cis", { params: { path: { id: policy.id }, query: { limit: 50, ...(cursor ? { cursor } : {}) } }, signal })));
  const columns = useMemo<Column<PolicyMatch>[]>(
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
      { id: "since", header: t("policies.since"), size: 130, value: (row) => row.since, cell: (row) => <Time at={row.since} /> },
      { id: "due", header: t("policies.due"), size: 130, value: (row) => row.due_at, cell: (row) => <Time at={row.due_at} /> },
      {
        id: "state",
        header: t("policies.state"),
        size: 200,
        value: (row) => row.state,
        cell: (row) => (
          <span className="row wrap">
            <Badge tone={row.obstacle ? "warning" : row.state === "due" ? "accent" : "neutral"}>{row.obstacle ? t("policies.not_possible") : codeText(t, "policy_match", row.state)}</Badge>
            {row.obstacle && <span className="muted">{codeText(t, "reason", visibleText(row.obstacle))}</span>}
          </span>
        ),
      },
    ],
    [t, book],
  );
  return (
    <Dialog wide onClose={onClose} title={policyName(t, policy)} footer={<Button onClick={onClose}>{t("ui.close")}</Button>}>
      <ListBody list={list} emptyTitle={t("policies.no_matches")} emptyText={t("policies.no_matches_text")}>
        <DataTable label={policyName(t, policy)} columns={columns} rows={list.rows} rowKey={(row) => row.ci.id} height="bounded" onEnd={list.loadMore} />
      </ListBody>
    </Dialog>
  );
}
