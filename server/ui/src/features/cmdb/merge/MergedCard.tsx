import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useClassBook } from "../../../api/classes";
import { mergesQuery, type Merge } from "../../../api/identity";
import type { Ci } from "../../../api/types";
import { codeText, useT } from "../../../i18n";
import { ProblemNote } from "../../../layout/ErrorState";
import { ClassLetter } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { Card, RowList } from "../../../ui/Card";
import { Name, visibleText } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { mergeVerdict } from "./allowed";
import { UndoMergeDialog } from "./UndoMergeDialog";

/** Which items became part of this one: by whom, when and why, and the way back. Nothing where none did. */
export default function MergedCard({ ci }: { ci: Ci }) {
  const t = useT();
  const merges = useQuery(mergesQuery(ci.id));
  const [undoing, setUndoing] = useState<Merge | null>(null);
  if (merges.error) {
    return (
      <Card title={t("merge.merged")}>
        <ProblemNote error={merges.error} />
      </Card>
    );
  }
  if (!merges.data || merges.data.length === 0) return null;
  const may = mergeVerdict(ci);
  return (
    <Card flush title={t("merge.merged")}>
      <RowList>
        {merges.data.map((merge) => (
          <li key={merge.id}>
            <MergeLine merge={merge} ci={ci} />
            {!merge.undone_at && may.offered && (
              <span className="nowrap">
                <Button small aria-label={t("merge.undo_of", { name: visibleText(merge.merged.name) })} reason={may.allowed ? null : codeText(t, "reason", may.reason ?? "needs_permission")} onClick={() => setUndoing(merge)}>
                  {t("merge.undo")}
                </Button>
              </span>
            )}
          </li>
        ))}
      </RowList>
      {undoing && <UndoMergeDialog merge={undoing} onClose={() => setUndoing(null)} />}
    </Card>
  );
}

function MergeLine({ merge, ci }: { merge: Merge; ci: Ci }) {
  const t = useT();
  const book = useClassBook();
  const said = (by: string | null | undefined, reason: string | null | undefined) => (
    <>
      {t("merge.by", { name: visibleText(by ?? "Terrier") })}
      {reason && <span>“{visibleText(reason)}”</span>}
    </>
  );
  return (
    <span className={merge.undone_at ? "stack grow muted" : "stack grow"} style={{ gap: 2 }}>
      <span className="row">
        <ClassLetter {...book.mark(merge.merged.class)} />
        <span className="grow">{merge.undone_at ? <s><Name>{merge.merged.name}</Name></s> : <Name>{merge.merged.name}</Name>}</span>
      </span>
      {merge.survivor.id !== ci.id && <span>{t("merge.into", { name: visibleText(merge.survivor.name) })}</span>}
      <span className="row wrap">
        <Time at={merge.at} /> {said(merge.by, merge.reason)}
      </span>
      {merge.undone_at && (
        <span className="row wrap">
          {t("merge.undone")} <Time at={merge.undone_at} /> {said(merge.undone_by, merge.undo_reason)}
        </span>
      )}
    </span>
  );
}
