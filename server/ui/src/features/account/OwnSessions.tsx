import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { useT } from "../../i18n";
import { ProblemNote } from "../../layout/ErrorState";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Code, visibleText } from "../../ui/Text";
import { Time } from "../../ui/Time";
import { browserName } from "./browserName";

/** Where the reader is signed in; each of the others can be ended. */
export function OwnSessions() {
  const t = useT();
  const client = useQueryClient();
  const list = useQuery({ queryKey: ["own-sessions"], queryFn: ({ signal }) => answer(api.GET("/session/all", { signal })) });
  const onSuccess = () => void client.invalidateQueries({ queryKey: ["own-sessions"] });
  const end = useMutation({ mutationFn: (id: string) => answer(api.DELETE("/session/all/{id}", { params: { path: { id } } })), onSuccess });
  const endOthers = useMutation({ mutationFn: () => answer(api.DELETE("/session/all")), onSuccess });
  const sessions = list.data?.items ?? [];
  return (
    <div className="stack">
      {sessions.map((session) => (
        <div key={session.id} className="row">
          <span className="grow">
            {session.address && <Code>{session.address}</Code>} {session.user_agent ? visibleText(browserName(session.user_agent)) : t("sessions.unknown_browser")}
            <br />
            <span className="muted">
              {t("sessions.last_used")} <Time at={session.last_used_at} />
            </span>
          </span>
          {session.current ? (
            <Badge tone="ok">{t("sessions.this_one")}</Badge>
          ) : (
            <Button small busy={end.isPending && end.variables === session.id} onClick={() => end.mutate(session.id)}>
              {t("sessions.end")}
            </Button>
          )}
        </div>
      ))}
      <ProblemNote error={list.error ?? end.error ?? endOthers.error} />
      {sessions.length > 1 && (
        <div>
          <Button busy={endOthers.isPending} onClick={() => endOthers.mutate()}>
            {t("sessions.end_others")}
          </Button>
        </div>
      )}
    </div>
  );
}
