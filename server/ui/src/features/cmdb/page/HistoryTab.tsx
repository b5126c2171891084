import { getRouteApi } from "@tanstack/react-router";
import { Suspense, lazy, useMemo } from "react";
import { useClassBook } from "../../../api/classes";
import { answer, api } from "../../../api/client";
import { useList } from "../../../api/queries";
import type { Ci, HistoryEntry } from "../../../api/types";
import { formatDay } from "../../../format/time";
import { useNow, useTimeStyle } from "../../../format/TimeContext";
import { codeText, hasMessage, useT, withMessages } from "../../../i18n";
import { ExportButton } from "../../../layout/ExportButton";
import { ListBody } from "../../../layout/ListBody";
import { Badge, type Tone } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { Card } from "../../../ui/Card";
import { Segments } from "../../../ui/Field";
import { Skeleton } from "../../../ui/States";
import { Name, visibleText } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { showValue } from "../attributes";
import { SourceMark } from "../words";
import styles from "./CiPage.module.css";
import type { TabProps } from "./CiPage";
import { groupHistory } from "./groupHistory";
import { historyKinds } from "./tabSearch";

const route = getRouteApi("/app/cis/$id/$tab");
const ComparisonCard = lazy(() => withMessages("baselines", () => import("../history/ComparisonCard")));
const WEEK = 7 * 86_400_000;

/** Everything that changed, newest first, by day and moment. */
export default function HistoryTab({ read }: TabProps) {
  const t = useT();
  const { id } = read.body;
  const { kind, from, to } = route.useSearch();
  const navigate = route.useNavigate();
  const set = (next: string) => void navigate({ search: (before) => ({ ...before, kind: historyKinds.find((one) => one === next) }) });
  const list = useList<HistoryEntry>(["ci", id, "history", kind ?? ""], (cursor, signal) =>
    answer(api.GET("/cis/{id}/history", { params: { path: { id }, query: { kind, limit: 100, cursor } }, signal })),
  );
  const options = [["all", t("ui.all")] as const, ...historyKinds.map((one) => [one, t(`history.${one}`)] as const)];
  const compare = (times: { from: string | undefined; to: string | undefined }) => void navigate({ search: (before) => ({ ...before, ...times }), resetScroll: false });
  return (
    <>
      <div className={styles.bar}>
        <Segments label={t("history.kind")} value={kind ?? "all"} options={options} onChange={set} />
        {!from && <Button onClick={() => compare({ from: new Date(Date.now() - WEEK).toISOString(), to: undefined })}>{t("timeline.compare_times")}</Button>}
        <ExportButton path={`/cis/${id}/history`} params={{ kind }} />
      </div>
      {from && (
        <Suspense fallback={<Skeleton rows={4} label={t("ui.loading")} />}>
          <ComparisonCard id={id} className={read.body.class} from={from} to={to} onChange={compare} />
        </Suspense>
      )}
      <Card flush>
        <ListBody list={list} filtered={kind !== undefined} onClear={() => set("all")} emptyTitle={t("history.empty")} emptyText={t("history.empty_text")}>
          <Timeline ci={read.body} entries={list.rows} />
        </ListBody>
      </Card>
    </>
  );
}

function Timeline({ ci, entries }: { ci: Ci; entries: readonly HistoryEntry[] }) {
  const style = useTimeStyle();
  const now = useNow();
  const days = useMemo(() => groupHistory(entries, (at) => formatDay(new Date(at), style, now)), [entries, style, now]);
  return (
    <ol>
      {days.map(({ day, moments }) => (
        <li key={day}>
          <h2 className={styles.day}>{day}</h2>
          <ol>
            {moments.map(({ at, entries: changes }) => (
              <li key={at} className={styles.moment}>
                <Time at={at} show="clock" />
                <ul className={styles.changes}>
                  {changes.map((entry) => (
                    <Change key={entry.id} ci={ci} entry={entry} />
                  ))}
                </ul>
              </li>
            ))}
          </ol>
        </li>
      ))}
    </ol>
  );
}

const TONES: Partial<Record<string, Tone>> = { added: "ok", removed: "warning" };

function Change({ ci, entry }: { ci: Ci; entry: HistoryEntry }) {
  const t = useT();
  return (
    <li className={styles.change}>
      <Badge tone={TONES[entry.change] ?? "neutral"}>{codeText(t, "change", entry.change)}</Badge>
      <span className="muted">{codeText(t, "history_kind", entry.kind)}</span>
      {entry.kind !== "lifecycle" && (
        <strong>
          <Subject ci={ci} entry={entry} />
        </strong>
      )}
      {entry.subject_detail && (
        <span className="soft">
          <Name>{entry.subject_detail}</Name>
        </span>
      )}
      <BeforeAfter ci={ci} entry={entry} />
      <span className={styles.by} title={entry.said_by.name ?? undefined}>
        <SourceMark source={entry.source} />
        {entry.source !== "agent" && ` ${entry.said_by.name ?? ""}`}
      </span>
    </li>
  );
}

function Subject({ ci, entry }: { ci: Ci; entry: HistoryEntry }) {
  const t = useT();
  const book = useClassBook();
  const attribute = entry.kind === "attribute" ? book.attribute(ci.class, entry.subject) : undefined;
  if (attribute) return book.text(attribute.label);
  const fixed = `ci.${entry.subject}`;
  if (entry.kind !== "software" && hasMessage(fixed)) return t(fixed);
  if (entry.kind === "relation") return codeText(t, "relation", entry.subject);
  return <Name>{entry.subject}</Name>;
}

function BeforeAfter({ ci, entry }: { ci: Ci; entry: HistoryEntry }) {
  const t = useT();
  const style = useTimeStyle();
  const book = useClassBook();
  const attribute = book.attribute(ci.class, entry.subject);
  const show = (value: unknown) => {
    const text = String(value);
    if (entry.kind === "lifecycle") return codeText(t, "lifecycle", text);
    return visibleText(showValue(value, attribute, t, style));
  };
  const before = entry.before ?? null;
  const after = entry.after ?? null;
  if (before === null && after === null) return null;
  return (
    <span>
      {before !== null && <bdi className={styles.was}>{show(before)}</bdi>}
      {before !== null && after !== null && <span className="muted"> → </span>}
      {after !== null && <bdi>{show(after)}</bdi>}
    </span>
  );
}
