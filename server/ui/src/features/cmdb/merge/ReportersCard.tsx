import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { verdict } from "../../../api/can";
import { reportersQuery, type Reporter, type Split } from "../../../api/identity";
import type { Ci } from "../../../api/types";
import { codeText, useT } from "../../../i18n";
import { ProblemNote } from "../../../layout/ErrorState";
import { paths } from "../../../paths";
import { Button } from "../../../ui/Button";
import { Card, RowList } from "../../../ui/Card";
import { Name, visibleText } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { SourceMark } from "../words";
import { SplitDialog, UndoSplitDialog } from "./SplitDialog";

/** Who reports of this item, and who was given one of its own. Nothing where one alone reports and always did. */
export default function ReportersCard({ ci }: { ci: Ci }) {
  const t = useT();
  const read = useQuery(reportersQuery(ci.id));
  const [parting, setParting] = useState<Reporter | null>(null);
  const [undoing, setUndoing] = useState<Split | null>(null);
  if (read.error) {
    return (
      <Card title={t("split.reporters")}>
        <ProblemNote error={read.error} />
      </Card>
    );
  }
  if (!read.data) return null;
  const { reporters, splits } = read.data;
  const several = reporters.length > 1 || reporters.some((one) => verdict(one, "split").allowed);
  if (!several && splits.length === 0) return null;
  return (
    <Card flush title={t("split.reporters")}>
      <RowList>
        {reporters.map((one) => (
          <li key={one.id}>
            <ReporterLine reporter={one} onSplit={() => setParting(one)} />
          </li>
        ))}
        {splits.map((one) => (
          <li key={one.id}>
            <SplitLine split={one} ci={ci} onUndo={() => setUndoing(one)} />
          </li>
        ))}
      </RowList>
      {parting && <SplitDialog ci={ci} reporter={parting} onClose={() => setParting(null)} />}
      {undoing && <UndoSplitDialog split={undoing} onClose={() => setUndoing(null)} />}
    </Card>
  );
}

function ReporterLine({ reporter, onSplit }: { reporter: Reporter; onSplit: () => void }) {
  const t = useT();
  const may = verdict(reporter, "split");
  return (
    <>
      <span className="stack grow" style={{ gap: 2 }}>
        <span className="row">
          <SourceMark source={reporter.source} />
          <span className="grow">
            <Name>{reporter.name}</Name>
          </span>
        </span>
        {reporter.last_reported_at && (
          <span className="row wrap soft">
            {t("split.last_reported")} <Time at={reporter.last_reported_at} />
          </span>
        )}
      </span>
      {may.offered && (
        <span className="nowrap">
          <Button small aria-label={t("split.action_of", { name: visibleText(reporter.name) })} reason={may.allowed ? null : codeText(t, "reason", may.reason ?? "needs_permission")} onClick={onSplit}>
            {t("split.action")}
          </Button>
        </span>
      )}
    </>
  );
}

function SplitLine({ split, ci, onUndo }: { split: Split; ci: Ci; onUndo: () => void }) {
  const t = useT();
  const may = verdict(split, "undo");
  const isOriginal = split.original.id === ci.id;
  const other = isOriginal ? split.separate : split.original;
  return (
    <>
      <span className={split.merged ? "stack grow muted" : "stack grow"} style={{ gap: 2 }}>
        <span>{t(isOriginal ? "split.left" : "split.came", { name: visibleText(split.reporter) })}</span>
        {!split.merged && (
          <Link {...paths.ci(other.id)}>
            <Name>{other.name}</Name>
          </Link>
        )}
        <span className="row wrap">
          <Time at={split.at} /> {t("merge.by", { name: visibleText(split.by ?? "Terrier") })}
          {split.reason && <span>“{visibleText(split.reason)}”</span>}
        </span>
        {split.merged && <span>{t("split.undone")}</span>}
      </span>
      {!split.merged && may.offered && (
        <span className="nowrap">
          <Button small aria-label={t("split.undo_of", { name: visibleText(split.reporter) })} reason={may.allowed ? null : codeText(t, "reason", may.reason ?? "needs_permission")} onClick={onUndo}>
            {t("split.undo")}
          </Button>
        </span>
      )}
    </>
  );
}
