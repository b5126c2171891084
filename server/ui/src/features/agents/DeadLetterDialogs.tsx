import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { verdict } from "../../api/can";
import { answer, api } from "../../api/client";
import type { Body, DeadLetter } from "../../api/types";
import { formatBytes } from "../../format/number";
import { codeText, useLocale, useT } from "../../i18n";
import { ProblemNote } from "../../layout/ErrorState";
import { Button } from "../../ui/Button";
import { Facts } from "../../ui/Card";
import { Dialog, FormDialog } from "../../ui/Dialog";
import { Note } from "../../ui/States";
import { Code, CopyButton, visibleText } from "../../ui/Text";
import { Time } from "../../ui/Time";
import styles from "./Agents.module.css";

/** One report that was set aside, with what is in it and what can be done about it. */
export function DeadLetterDialog({ letter, onClose }: { letter: DeadLetter; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [confirming, setConfirming] = useState(false);
  const ask = useMutation({ mutationFn: () => answer(api.POST("/dead-letters/{id}/ask-again", { params: { path: { id: letter.id } } })) });
  const discard = useMutation({
    mutationFn: () => answer(api.DELETE("/dead-letters/{id}", { params: { path: { id: letter.id } } })),
    onSuccess: onClose,
    onSettled: () => void client.invalidateQueries({ queryKey: ["dead-letters"] }),
  });
  const why = (one: { allowed: boolean; reason: string | null }) => (one.allowed ? null : codeText(t, "reason", one.reason ?? "needs_permission"));
  const footer = (
    <>
      <Button tone="danger" busy={discard.isPending} reason={why(verdict(letter, "discard"))} onClick={() => (confirming ? discard.mutate() : setConfirming(true))}>
        {t(confirming ? "dead_letters.discard_sure" : "dead_letters.discard")}
      </Button>
      <Button busy={ask.isPending} reason={why(verdict(letter, "ask_again"))} onClick={() => ask.mutate()}>
        {t("dead_letters.ask_again")}
      </Button>
      <Button onClick={onClose}>{t("ui.close")}</Button>
    </>
  );
  return (
    <Dialog wide onClose={onClose} title={`${t(`dead_letter_cause.${letter.cause}`)} · ${visibleText(letter.agent.hostname)}`} footer={footer}>
      <p className="muted">{t(`dead_letter_meaning.${letter.cause}`)}</p>
      <Facts
        items={[
          [t("dead_letters.reason"), <Code key="w">{letter.reason}</Code>],
          [t("dead_letters.section"), letter.section ? codeText(t, "section", letter.section) : "—"],
          [t("dead_letters.received"), <Time key="r" at={letter.received_at} show="full" />],
          [t("dead_letters.kept_until"), <Time key="k" at={letter.kept_until} show="full" />],
          [t("dead_letters.number"), <Code key="n">{`${letter.epoch} / ${letter.seq}`}</Code>],
        ]}
      />
      <Content letter={letter} />
      {ask.isSuccess && (
        <Note tone="ok" role="status">
          {t("dead_letters.asked")}
        </Note>
      )}
      <ProblemNote error={ask.error ?? discard.error} />
    </Dialog>
  );
}

function Content({ letter }: { letter: DeadLetter }) {
  const t = useT();
  const locale = useLocale();
  const path = { id: letter.id };
  const detail = useQuery({ queryKey: ["dead-letter", letter.id], queryFn: ({ signal }) => answer(api.GET("/dead-letters/{id}", { params: { path }, signal })) });
  if (detail.error) return <ProblemNote error={detail.error} />;
  if (!detail.data) return <p className="muted">{t("ui.loading")}</p>;
  const { content, content_bytes } = detail.data;
  return (
    <section className="stack" aria-label={t("dead_letters.content")}>
      <div className="row wrap">
        <strong className="grow">{t("dead_letters.content_size", { size: formatBytes(content_bytes, locale) })}</strong>
        <CopyButton text={content} label={t("ui.copy")} />
        <a href={`/api/v1/dead-letters/${letter.id}/content`} download>
          {t("dead_letters.download")}
        </a>
      </div>
      <pre className={styles.content} tabIndex={0}>
        {visibleText(content)}
      </pre>
    </section>
  );
}

/** Throws away all that the list shows and what is further down in it, but nothing that has come since. */
export function DiscardDialog({ count, wanted, onClose }: { count: number; wanted: Body<"/dead-letters/discard", "post">; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const discard = useMutation({
    mutationFn: () => answer(api.POST("/dead-letters/discard", { body: wanted })),
    onSuccess: onClose,
    onSettled: () => void client.invalidateQueries({ queryKey: ["dead-letters"] }),
  });
  return (
    <FormDialog tone="danger" onClose={onClose} title={t("dead_letters.discard_title", { count })} submitLabel={t("dead_letters.discard")} busy={discard.isPending} onSubmit={() => discard.mutate()}>
      <p>{t("dead_letters.discard_text")}</p>
      <ProblemNote error={discard.error} />
    </FormDialog>
  );
}
