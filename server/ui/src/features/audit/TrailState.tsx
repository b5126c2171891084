import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { useT } from "../../i18n";
import { ProblemNote } from "../../layout/ErrorState";
import { Note } from "../../ui/States";
import { Code } from "../../ui/Text";
import { Time } from "../../ui/Time";

/** Whether the newest entries hold, and the newest signed checkpoint of them. */
export function TrailState() {
  const t = useT();
  const state = useQuery({ queryKey: ["audit-verification"], queryFn: ({ signal }) => answer(api.GET("/audit/verification", { signal })), refetchInterval: 60_000 });
  if (state.error) return <ProblemNote error={state.error} />;
  if (!state.data) return null;
  const { ok, rows, first_bad_seq, detail, checkpoint } = state.data;
  return (
    <Note tone={ok ? "ok" : "critical"} role={ok ? "status" : "alert"}>
      <p>{ok ? t("audit.recent_holds", { rows }) : first_bad_seq ? t("audit.broken", { seq: first_bad_seq }) : t("audit.checkpoints_broken")}</p>
      {!ok && <p>{detail}</p>}
      {checkpoint ? (
        <p>
          {t("audit.checkpoint", { seq: checkpoint.seq })} <Time at={checkpoint.at} /> <Code>{checkpoint.hash.slice(0, 16)}</Code>
        </p>
      ) : (
        <p>{t("audit.no_checkpoint")}</p>
      )}
    </Note>
  );
}
