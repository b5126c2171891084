import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { verdict } from "../../api/can";
import { answer, api } from "../../api/client";
import { policiesQuery, runsQuery, type Policy, type PolicyRun } from "../../api/health";
import { formatNumber } from "../../format/number";
import { codeText, hasMessage, useLocale, useT, type Translate } from "../../i18n";
import { ErrorState, ProblemNote } from "../../layout/ErrorState";
import { ExportButton } from "../../layout/ExportButton";
import { Page } from "../../layout/Page";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { EmptyState, Skeleton } from "../../ui/States";
import { Code, Name, visibleText } from "../../ui/Text";
import { Time } from "../../ui/Time";
import { MatchesDialog } from "./MatchesDialog";
import { DeletePolicyDialog, PolicyDialog } from "./PolicyDialog";
import styles from "./Policies.module.css";
import { UndoRunDialog } from "./UndoRunDialog";

type Open = { what: "add" } | { what: "edit" | "delete" | "matches"; policy: Policy } | { what: "undo"; run: PolicyRun } | null;

/** What a policy is called: shipped ones in the reader's language as long as nobody renamed them. */
export function policyName(t: Translate, policy: Policy): string {
  const key = `policy_name.${policy.shipped_name ?? ""}`;
  return hasMessage(key) ? t(key) : visibleText(policy.name);
}

/** What is to become of items that are so for long enough, what was done, and taking it back. */
export function PoliciesPage() {
  const t = useT();
  const [open, setOpen] = useState<Open>(null);
  const policies = useQuery(policiesQuery);
  const may = policies.data?.may_change ?? false;
  const close = () => setOpen(null);
  return (
    <Page
      title={t("nav.policies")}
      actions={
        <>
          <ExportButton path="/policies" />
          {may && (
            <Button tone="primary" icon="plus" onClick={() => setOpen({ what: "add" })}>
              {t("policies.add")}
            </Button>
          )}
        </>
      }
    >
      {policies.error && <ErrorState error={policies.error} onRetry={() => void policies.refetch()} />}
      {policies.isPending && <Skeleton label={t("ui.loading")} />}
      {policies.data && (
        <div className="stack">
          <Card flush title={t("policies.all")}>
            <PolicyTable policies={policies.data.items} may={may} onOpen={setOpen} />
          </Card>
          {may && <Runs onOpen={setOpen} />}
        </div>
      )}
      {open?.what === "add" && <PolicyDialog onClose={close} />}
      {open?.what === "edit" && <PolicyDialog policy={open.policy} onClose={close} />}
      {open?.what === "delete" && <DeletePolicyDialog policy={open.policy} onClose={close} />}
      {open?.what === "matches" && <MatchesDialog policy={open.policy} onClose={close} />}
      {open?.what === "undo" && <UndoRunDialog run={open.run} onClose={close} />}
    </Page>
  );
}

const DAY = 86_400;

/** A span of seconds in days. */
export function daysText(t: Translate, locale: string, seconds: number): string {
  return seconds === 0 ? t("policies.at_once") : t("policies.days", { count: seconds / DAY, days: formatNumber(seconds / DAY, locale, 2) });
}

function PolicyTable({ policies, may, onOpen }: { policies: readonly Policy[]; may: boolean; onOpen: (open: Open) => void }) {
  const t = useT();
  const locale = useLocale();
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("policies.all")}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("policies.policy")}</th>
            <th scope="col">{t("policies.action")}</th>
            <th scope="col">{t("policies.grace")}</th>
            <th scope="col">{t("policies.state")}</th>
            <th scope="col">{t("policies.matching")}</th>
            {may && (
              <th scope="col">
                <span className="sr-only">{t("ui.actions")}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {policies.map((policy) => (
            <tr key={policy.id}>
              <th scope="row">
                <span className="stack" style={{ gap: 2 }}>
                  <span>{policyName(t, policy)}</span>
                  <Code>{policy.query}</Code>
                </span>
              </th>
              <td>{codeText(t, "policy_action", policy.action)}</td>
              <td>{daysText(t, locale, policy.grace_s)}</td>
              <td>{policy.enabled ? <Badge tone="ok" mark="round">{t("policies.enabled")}</Badge> : <Badge mark="ring">{t("policies.disabled")}</Badge>}</td>
              <td>{policy.enabled ? <Matching policy={policy} onOpen={onOpen} /> : "—"}</td>
              {may && (
                <td>
                  <PolicyButtons policy={policy} onOpen={onOpen} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Matching({ policy, onOpen }: { policy: Policy; onOpen: (open: Open) => void }) {
  const t = useT();
  const locale = useLocale();
  const number = (value: number) => formatNumber(value, locale);
  const text = t("policies.counts", { waiting: number(policy.waiting), due: number(policy.due), done: number(policy.done) });
  return (
    <Button small tone="quiet" aria-label={t("policies.matches_of", { name: policyName(t, policy), counts: text })} onClick={() => onOpen({ what: "matches", policy })}>
      {text}
    </Button>
  );
}

function PolicyButtons({ policy, onOpen }: { policy: Policy; onOpen: (open: Open) => void }) {
  const t = useT();
  const client = useQueryClient();
  const name = policyName(t, policy);
  const toggle = useMutation({
    mutationFn: () => answer(api.PATCH("/policies/{id}", { params: { path: { id: policy.id }, header: { "If-Match": `"v${policy.version}"` } }, body: { enabled: !policy.enabled } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["policies"] }),
  });
  return (
    <span className="stack" style={{ gap: 4 }}>
      <span className="row wrap">
        <Button small busy={toggle.isPending} aria-label={t(policy.enabled ? "policies.disable_of" : "policies.enable_of", { name })} onClick={() => toggle.mutate()}>
          {t(policy.enabled ? "policies.disable" : "policies.enable")}
        </Button>
        <Button small aria-label={t("policies.edit_of", { name })} onClick={() => onOpen({ what: "edit", policy })}>
          {t("policies.edit")}
        </Button>
        {policy.can_be_deleted && (
          <Button small tone="danger" aria-label={t("policies.delete_of", { name })} onClick={() => onOpen({ what: "delete", policy })}>
            {t("policies.delete")}
          </Button>
        )}
      </span>
      <ProblemNote error={toggle.error} />
    </span>
  );
}

function Runs({ onOpen }: { onOpen: (open: Open) => void }) {
  const t = useT();
  const locale = useLocale();
  const runs = useQuery(runsQuery);
  return (
    <Card flush title={t("policies.runs")} actions={runs.data && runs.data.length > 0 && <ExportButton path="/policy-runs" />}>
      {runs.error && <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />}
      {runs.isPending && <Skeleton rows={3} label={t("ui.loading")} />}
      {runs.data?.length === 0 && <EmptyState title={t("policies.no_runs")}>{t("policies.no_runs_text")}</EmptyState>}
      {runs.data && runs.data.length > 0 && (
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("policies.runs")}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t("policies.began")}</th>
                <th scope="col">{t("policies.policy")}</th>
                <th scope="col">{t("policies.action")}</th>
                <th scope="col">{t("policies.items")}</th>
                <th scope="col">
                  <span className="sr-only">{t("ui.actions")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {runs.data.map((run) => (
                <tr key={run.id}>
                  <td>
                    <Time at={run.began_at} />
                  </td>
                  <th scope="row">
                    <Name>{run.policy_name}</Name>
                  </th>
                  <td>{codeText(t, "policy_action", run.action)}</td>
                  <td className="num">{formatNumber(run.items, locale)}</td>
                  <td>
                    {run.undone_at ? (
                      <span>
                        {t("policies.undone_by", { name: visibleText(run.undone_by ?? "Terrier") })} <Time at={run.undone_at} />
                      </span>
                    ) : !verdict(run, "undo").allowed ? (
                      <span className="muted">{codeText(t, "reason", verdict(run, "undo").reason ?? "needs_permission")}</span>
                    ) : (
                      <Button small onClick={() => onOpen({ what: "undo", run })} aria-label={t("policies.undo_of", { name: visibleText(run.policy_name), count: run.items })}>
                        {t("policies.undo")}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
