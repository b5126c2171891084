import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { verdict } from "../../api/can";
import { answer, api } from "../../api/client";
import type { Agent } from "../../api/types";
import { codeText, useT } from "../../i18n";
import { ProblemNote } from "../../layout/ErrorState";
import { Button } from "../../ui/Button";
import { FormDialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { visibleText } from "../../ui/Text";
import styles from "./Agents.module.css";

/** Approve and revoke, as far as the server allows them; both ask first. */
export function AgentActions({ agent }: { agent: Agent }) {
  const t = useT();
  const [asking, setAsking] = useState<"approve" | "revoke" | null>(null);
  const approve = verdict(agent, "approve");
  const revoke = verdict(agent, "revoke");
  const why = (reason: string | null) => codeText(t, "reason", reason ?? "needs_permission");
  return (
    <span className={styles.actions}>
      {approve.offered && approve.allowed && (
        <Button small tone="primary" onClick={() => setAsking("approve")}>
          {t("agents.approve")}
        </Button>
      )}
      {revoke.offered && (
        <Button small tone="danger" reason={revoke.allowed ? null : why(revoke.reason)} onClick={() => setAsking("revoke")}>
          {t("agents.revoke")}
        </Button>
      )}
      {asking === "approve" && <ApproveDialog agent={agent} onClose={() => setAsking(null)} />}
      {asking === "revoke" && <RevokeDialog agent={agent} onClose={() => setAsking(null)} />}
    </span>
  );
}

function useSettled() {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: ["agents"] });
}

function ApproveDialog({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const t = useT();
  const settled = useSettled();
  const approve = useMutation({
    mutationFn: () => answer(api.POST("/agents/{id}/approve", { params: { path: { id: agent.id } } })),
    onSuccess: onClose,
    onSettled: settled,
  });
  return (
    <FormDialog onClose={onClose} title={t("agents.approve_title", { name: visibleText(agent.hostname) })} submitLabel={t("agents.approve")} busy={approve.isPending} onSubmit={() => approve.mutate()}>
      <p>{agent.copy_of ? t("agents.approve_copy_text", { name: visibleText(agent.copy_of.hostname) }) : t("agents.approve_text", { address: agent.address ?? "—" })}</p>
      <ProblemNote error={approve.error} />
    </FormDialog>
  );
}

function RevokeDialog({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const t = useT();
  const settled = useSettled();
  const [reason, setReason] = useState("");
  const revoke = useMutation({
    mutationFn: () => answer(api.POST("/agents/{id}/revoke", { params: { path: { id: agent.id } }, body: reason.trim() ? { reason: reason.trim() } : {} })),
    onSuccess: onClose,
    onSettled: settled,
  });
  return (
    <FormDialog onClose={onClose} tone="danger" title={t("agents.revoke_title", { name: visibleText(agent.hostname) })} submitLabel={t("agents.revoke")} busy={revoke.isPending} onSubmit={() => revoke.mutate()}>
      <p>{t("agents.revoke_text")}</p>
      <TextField label={t("ci.reason")} optional={t("ui.optional")} value={reason} onChange={(event) => setReason(event.target.value)} />
      <ProblemNote error={revoke.error} />
    </FormDialog>
  );
}
