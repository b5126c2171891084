import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { answer, api } from "../../../api/client";
import { useRuleName, type Proposal, type ProposalPage } from "../../../api/identity";
import { useList } from "../../../api/queries";
import { codeText, useT } from "../../../i18n";
import { ErrorState } from "../../../layout/ErrorState";
import { ListBody } from "../../../layout/ListBody";
import { FillCard } from "../../../layout/Page";
import { paths } from "../../../paths";
import { Badge } from "../../../ui/Badge";
import { useKeys } from "../../../ui/keys";
import { Skeleton } from "../../../ui/States";
import { Name } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { useNarrow } from "../../../ui/useNarrow";
import styles from "../merge/Merge.module.css";
import { QuestionDetail } from "./QuestionDetail";
import type { DuplicatesView } from "./filters";

const route = getRouteApi("/app/duplicates");

interface QuestionsProps {
  view: Exclude<DuplicatesView, "waiting">;
  onAnswered: (proposal: Proposal) => void;
}

/** The questions of one kind, and the one that is looked at beside them. */
export function Questions({ view, onAnswered }: QuestionsProps) {
  const t = useT();
  const narrow = useNarrow();
  const { id } = route.useSearch();
  const navigate = route.useNavigate();
  const moved = useRef(false);
  const list = useList<Proposal, ProposalPage>(["proposals", view], (cursor, signal) => answer(api.GET("/proposals", { params: { query: { state: view, limit: 50, cursor } }, signal })));
  const { rows } = list;
  const show = (next: string | undefined) => void navigate({ search: (before) => ({ ...before, id: next }), replace: true });
  const first = rows[0]?.id;
  const wanted = !narrow && !id && first ? first : undefined;
  useEffect(() => {
    if (wanted) void navigate({ search: (before) => ({ ...before, id: wanted }), replace: true });
  }, [wanted, navigate]);
  function step(by: number) {
    const to = rows[neighbour(rows, id, by)];
    if (!to) return;
    moved.current = true;
    show(to.id);
    if (to === rows.at(-1)) list.loadMore();
  }
  useKeys({ j: () => step(1), k: () => step(-1) });
  function answered(proposal: Proposal) {
    onAnswered(proposal);
    moved.current = true;
    if (proposal.state !== "open") show((rows[neighbour(rows, proposal.id, 1)] ?? rows[neighbour(rows, proposal.id, -1)])?.id);
  }
  const queue = (
    <FillCard>
      <ListBody list={list} emptyTitle={t(`duplicates.none_${view}`)} emptyText={t("duplicates.none_text")}>
        <Queue rows={rows} shown={id} view={view} />
      </ListBody>
    </FillCard>
  );
  if (narrow && !id) return queue;
  if (!id && rows.length === 0) return queue;
  return (
    <div className={styles.split}>
      {!narrow && queue}
      {id && <Found key={id} id={id} known={rows.find((one) => one.id === id)} view={view} moved={moved} onAnswered={answered} />}
    </div>
  );
}

/** Where the question before or after `id` stands; the first where `id` is in none. Out of the list at its ends. */
export function neighbour(rows: readonly { id: string }[], id: string | undefined, by: number): number {
  const at = rows.findIndex((one) => one.id === id);
  return at < 0 ? 0 : at + by;
}

function Queue({ rows, shown, view }: { rows: readonly Proposal[]; shown: string | undefined; view: QuestionsProps["view"] }) {
  const t = useT();
  const ruleName = useRuleName();
  const bar = useRef<HTMLUListElement>(null);
  useEffect(() => {
    bar.current?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest" });
  }, [shown]);
  return (
    <ul ref={bar} className={styles.queue} aria-label={t("duplicates.list")}>
      {rows.map((row) => (
        <li key={row.id}>
          <Link {...paths.duplicates({ view: view === "open" ? undefined : view, id: row.id })} className={styles.question} resetScroll={false}>
            <Name>{row.older.name}</Name>
            <Name>{row.newer.name}</Name>
            <span className="row wrap muted">
              <span>{ruleName(row.rule)}</span>
              {row.veto && <Badge tone="warning">{codeText(t, "veto", row.veto)}</Badge>}
              <Time at={row.created_at} show="relative" />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

interface FoundProps {
  id: string;
  known: Proposal | undefined;
  view: QuestionsProps["view"];
  moved: { current: boolean };
  onAnswered: (proposal: Proposal) => void;
}

/** The question with this id: out of the list, or read by itself where it is in another. */
function Found({ id, known, view, moved, onAnswered }: FoundProps) {
  const t = useT();
  const alone = useQuery({ queryKey: ["proposal", id], queryFn: ({ signal }) => answer(api.GET("/proposals/{id}", { params: { path: { id } }, signal })), enabled: !known, staleTime: 0 });
  const client = useQueryClient();
  // What was begun on it goes on when it leaves the list: somebody else may have answered it.
  useEffect(() => {
    if (known) client.setQueryData(["proposal", id], known);
  }, [client, id, known]);
  const proposal = known ?? alone.data;
  if (proposal) return <QuestionDetail proposal={proposal} view={view} moved={moved} onAnswered={onAnswered} />;
  return (
    <FillCard>{alone.error ? <ErrorState error={alone.error} onRetry={() => void alone.refetch()} /> : <Skeleton rows={8} label={t("ui.loading")} />}</FillCard>
  );
}
