import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { verdict } from "../../../api/can";
import { ApiError } from "../../../api/errors";
import { useRuleName, type Proposal, type ProposalSide } from "../../../api/identity";
import { codeText, useT } from "../../../i18n";
import { ErrorState, ProblemNote, fieldError } from "../../../layout/ErrorState";
import { paths } from "../../../paths";
import { Badge } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { Card } from "../../../ui/Card";
import { TextField } from "../../../ui/Field";
import { Note, Skeleton } from "../../../ui/States";
import { Kbd, visibleText } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { useNarrow } from "../../../ui/useNarrow";
import { Comparison } from "../merge/Comparison";
import styles from "../merge/Merge.module.css";
import { Identifiers, PairTable } from "../merge/Pairs";
import { Sides } from "../merge/Sides";
import { useCi } from "../page/useCi";
import { UndoProblem } from "./DuplicatesPage";
import type { DuplicatesView } from "./filters";
import { sendAnswer, settleAnswer, takeBack } from "./takeBack";

interface DetailProps {
  proposal: Proposal;
  view: Exclude<DuplicatesView, "waiting">;
  /** Whether the reader came here by a key or an answer, so that reading goes on here. */
  moved: { current: boolean };
  onAnswered: (proposal: Proposal) => void;
}

/** Two items side by side: what they carry, what they say, and the answer. */
export function QuestionDetail({ proposal, view, moved, onAnswered }: DetailProps) {
  const t = useT();
  const narrow = useNarrow();
  const heading = useRef<HTMLHeadingElement>(null);
  const older = useCi(proposal.older.id);
  const newer = useCi(proposal.newer.id);
  const [stays, setStays] = useState(proposal.older.id);
  useEffect(() => {
    if (moved.current) heading.current?.focus();
    moved.current = false;
  }, [moved]);
  const heads = [t("duplicates.older"), t("duplicates.newer")] as const;
  const chooses = verdict(proposal, "answer_same").allowed;
  const side = (one: ProposalSide, tag: string, ci: typeof older) => ({ ...one, tag, ci: proposal.merged ? undefined : ci.data?.body });
  const error = older.error ?? newer.error;
  return (
    <section className={styles.detail} aria-labelledby="question">
      <div className="row wrap">
        {narrow && <Link {...paths.duplicates({ view: view === "open" ? undefined : view })}>← {t("duplicates.all")}</Link>}
        <h2 id="question" ref={heading} tabIndex={-1}>
          {t("duplicates.question", { older: visibleText(proposal.older.name), newer: visibleText(proposal.newer.name) })}
        </h2>
      </div>
      <Found proposal={proposal} />
      <Sides sides={[side(proposal.older, heads[0], older), side(proposal.newer, heads[1], newer)]} chosen={chooses ? stays : null} onChoose={setStays} />
      <Card flush title={t("duplicates.evidence")}>
        <PairTable
          label={t("duplicates.evidence")}
          heads={heads}
          lines={proposal.evidence.map((line) => ({
            key: line.kind,
            label: codeText(t, "identifier", line.kind),
            finding: line.finding,
            left: <Identifiers values={line.older} others={line.newer} />,
            right: <Identifiers values={line.newer} others={line.older} />,
          }))}
        />
      </Card>
      {!proposal.merged && (
        <Card flush title={t("pair.attributes")}>
          {older.data && newer.data ? <Comparison left={older.data.body} right={newer.data.body} heads={heads} /> : error ? <ErrorState error={error} /> : <Skeleton rows={5} label={t("ui.loading")} />}
        </Card>
      )}
      <AnswerBar proposal={proposal} stays={stays} onAnswered={onAnswered} />
    </section>
  );
}

/** By what the two were found, what speaks against it, and how it was answered. */
function Found({ proposal }: { proposal: Proposal }) {
  const t = useT();
  const ruleName = useRuleName();
  return (
    <>
      <p className="row wrap soft">
        <span>{t("duplicates.found_by", { rule: ruleName(proposal.rule) })}</span>
        {proposal.veto && (
          <Badge tone="warning" mark="cross">
            {t("duplicates.against", { veto: codeText(t, "veto", proposal.veto) })}
          </Badge>
        )}
        <span>
          {t("duplicates.asked")} <Time at={proposal.created_at} show="full" />
        </span>
      </p>
      {proposal.state !== "open" && (
        <Note tone={proposal.merged ? "ok" : "accent"}>
          {t(proposal.state === "same" ? (proposal.merged ? "duplicates.was_same" : "duplicates.was_same_undone") : "duplicates.was_different", { name: visibleText(proposal.decided_by ?? "Terrier") })} <Time at={proposal.decided_at} show="full" />
          {proposal.note && <p>{visibleText(proposal.note)}</p>}
        </Note>
      )}
      {proposal.state === "open" && proposal.merged && <Note>{t("duplicates.one_already")}</Note>}
    </>
  );
}

function AnswerBar({ proposal, stays, onAnswered }: { proposal: Proposal; stays: string; onAnswered: (proposal: Proposal) => void }) {
  const t = useT();
  const narrow = useNarrow();
  const [note, setNote] = useState("");
  const send = useMutation({
    mutationFn: (state: "same" | "different" | "open") => sendAnswer(proposal, { state, ...(state === "same" && stays === proposal.newer.id ? { survivor: "newer" } : {}), ...(note.trim() ? { note: note.trim() } : {}) }),
    onSuccess: onAnswered,
    onSettled: settleAnswer,
  });
  const undo = useMutation({ mutationFn: () => takeBack(proposal, note), onSuccess: onAnswered, onSettled: settleAnswer });
  const same = verdict(proposal, "answer_same");
  const different = verdict(proposal, "answer_different");
  const why = ({ allowed, reason }: typeof same) => (allowed ? null : codeText(t, "reason", reason ?? "needs_permission"));
  const stale = send.error instanceof ApiError && send.error.code === "stale";
  const conflict = fieldError(t, send.error, "state");
  // Who could answer but for its being answered already can take the answer back.
  const takesBack = proposal.state === "same" && proposal.merged && same.reason === "already_one";
  return (
    <div className={styles.answer}>
      <Card>
        <div className="stack">
          <div className="row wrap" style={{ alignItems: "end" }}>
            {(takesBack || different.allowed) && (
              <div className="grow" style={{ flexBasis: 220 }}>
                <TextField label={t("duplicates.note")} optional={t("ui.optional")} value={note} maxLength={4096} error={fieldError(t, send.error, "note")} onChange={(event) => setNote(event.target.value)} />
              </div>
            )}
            <span className="row">
              {takesBack && (
                <Button busy={undo.isPending} onClick={() => undo.mutate()}>
                  {t("duplicates.take_back")}
                </Button>
              )}
              {proposal.state === "different" && (
                <Button busy={send.isPending && send.variables === "open"} reason={why(different)} onClick={() => send.mutate("open")}>
                  {t("duplicates.ask_again")}
                </Button>
              )}
              {proposal.state !== "different" && !takesBack && different.offered && (
                <Button busy={send.isPending && send.variables === "different"} reason={why(different)} onClick={() => send.mutate("different")}>
                  {t("duplicates.different")}
                </Button>
              )}
              {!takesBack && same.offered && (
                <Button tone="primary" busy={send.isPending && send.variables === "same"} reason={why(same)} onClick={() => send.mutate("same")}>
                  {t("duplicates.same")}
                </Button>
              )}
              {!narrow && (
                <span className="muted nowrap" aria-hidden="true">
                  <Kbd>J</Kbd> <Kbd>K</Kbd>
                </span>
              )}
            </span>
          </div>
          {stale && (
            <Note tone="warning" role="alert">
              {t("duplicates.stale")}
            </Note>
          )}
          {conflict && (
            <Note tone="critical" role="alert">
              {t("merge.refused")}
            </Note>
          )}
          {!stale && !conflict && <ProblemNote error={send.error} fields={["note"]} />}
          <UndoProblem error={undo.error} />
        </div>
      </Card>
    </div>
  );
}
