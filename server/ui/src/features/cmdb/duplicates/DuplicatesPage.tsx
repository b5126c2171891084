import { useMutation } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { can } from "../../../api/can";
import type { Proposal } from "../../../api/identity";
import { useSession } from "../../../api/session";
import { useT } from "../../../i18n";
import { ProblemNote } from "../../../layout/ErrorState";
import { Page } from "../../../layout/Page";
import { paths } from "../../../paths";
import { Button, IconButton } from "../../../ui/Button";
import { Segments } from "../../../ui/Field";
import { Note } from "../../../ui/States";
import { visibleText } from "../../../ui/Text";
import { useNarrow } from "../../../ui/useNarrow";
import { duplicatesViews, type DuplicatesView } from "./filters";
import { Questions } from "./Questions";
import { OneByOthers, settleAnswer, takeBack } from "./takeBack";
import { WaitingAgents } from "./WaitingAgents";

const route = getRouteApi("/app/duplicates");

/** Questions that only a person can answer: which items are one and the same. */
export function DuplicatesPage() {
  const t = useT();
  const session = useSession();
  const narrow = useNarrow();
  const { view = "open" } = route.useSearch();
  const navigate = route.useNavigate();
  const [last, setLast] = useState<Proposal | null>(null);
  const views = duplicatesViews.filter((one) => one !== "waiting" || can(session, "agent.read"));
  const shown: DuplicatesView = views.includes(view) ? view : "open";
  const go = (next: DuplicatesView, id?: string) => void navigate({ search: { view: next === "open" ? undefined : next, id } });
  function answered(proposal: Proposal) {
    setLast(proposal.state === "open" ? null : proposal);
    if (proposal.state === "open") go("open", proposal.id);
  }
  return (
    <Page fill={!narrow} title={t("duplicates.title")} actions={<Segments label={t("duplicates.view")} value={shown} options={views.map((one) => [one, t(`duplicates.view_${one}`)] as const)} onChange={(next) => go(next)} />}>
      {last && (
        <AnsweredNote
          key={`${last.id} ${last.version}`}
          proposal={last}
          onClose={() => setLast(null)}
          onTakenBack={(proposal) => {
            setLast(null);
            go("open", proposal.id);
          }}
        />
      )}
      {shown === "waiting" ? <WaitingAgents /> : <Questions key={shown} view={shown} onAnswered={answered} />}
    </Page>
  );
}

/** What was answered just now, and the way back. */
function AnsweredNote({ proposal, onClose, onTakenBack }: { proposal: Proposal; onClose: () => void; onTakenBack: (proposal: Proposal) => void }) {
  const t = useT();
  const undo = useMutation({ mutationFn: (answered: Proposal) => takeBack(answered), onSuccess: onTakenBack, onSettled: settleAnswer });
  const names = { newer: visibleText(proposal.newer.name), older: visibleText(proposal.older.name) };
  return (
    <div className="stack">
      <Note tone="ok" role="status">
        <span className="row">
          <span className="row wrap grow">
            <span>{t(proposal.merged ? "duplicates.now_one" : "duplicates.now_two", names)}</span>
            <Button small busy={undo.isPending} onClick={() => undo.mutate(proposal)}>
              {t("duplicates.undo")}
            </Button>
            {proposal.merged && <Link {...paths.ci(proposal.older.id)}>{t("duplicates.open_item")}</Link>}
          </span>
          <IconButton small icon="close" label={t("ui.close")} onClick={onClose} />
        </span>
      </Note>
      <UndoProblem error={undo.error} />
    </div>
  );
}

/** Why an answer could not be taken back. */
export function UndoProblem({ error }: { error: unknown }) {
  const t = useT();
  if (error instanceof OneByOthers) return <Note tone="warning">{t("duplicates.one_by_others")}</Note>;
  return <ProblemNote error={error} />;
}
