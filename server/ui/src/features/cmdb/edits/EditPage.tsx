import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { verdict } from "../../../api/can";
import { answer, api } from "../../../api/client";
import { editQuery, isUnderWay, type Edit, type EditItem, type EditOutcome } from "../../../api/edits";
import { useList } from "../../../api/queries";
import type { BaselineFilter } from "../../../api/types";
import { codeText, useT } from "../../../i18n";
import { ErrorState, ProblemNote } from "../../../layout/ErrorState";
import { ExportButton } from "../../../layout/ExportButton";
import { ListBody } from "../../../layout/ListBody";
import { Page } from "../../../layout/Page";
import { paths } from "../../../paths";
import { Button } from "../../../ui/Button";
import { Card, Facts } from "../../../ui/Card";
import { Segments } from "../../../ui/Field";
import { Skeleton } from "../../../ui/States";
import table from "../../../ui/Table.module.css";
import { Code, Name, visibleText } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { useAttributeWords } from "../attributeWords";
import { filterText, searchOf } from "../history/filterOf";
import { changeText } from "./changeText";
import styles from "./Edits.module.css";
import { outcomes } from "./filters";
import { StateBadge } from "./StateBadge";

const route = getRouteApi("/app/edits/$id");
const PAGE = 100;

/** One edit: what would become of each CI, how far it is, what became of them. */
export function EditPage() {
  const t = useT();
  const { id } = route.useParams();
  const edit = useQuery(editQuery(id));
  if (edit.data) return <Loaded edit={edit.data} />;
  return (
    <Page title={t("nav.edits")}>
      <Card flush>{edit.error ? <ErrorState error={edit.error} onRetry={() => void edit.refetch()} /> : <Skeleton rows={8} label={t("ui.loading")} />}</Card>
    </Page>
  );
}

const ACTIONS = ["apply", "stop", "undo"] as const;
type Action = (typeof ACTIONS)[number];

function Loaded({ edit }: { edit: Edit }) {
  const t = useT();
  const { act, error, busy } = useActions(edit);
  return (
    <Page
      title={t("edits.title", { count: edit.totals.items })}
      actions={ACTIONS.map((action) => {
        const { offered, allowed, reason } = verdict(edit, action);
        if (!offered || (!allowed && reason === "not_in_this_state")) return null;
        const count = action === "undo" ? edit.totals.changed : edit.totals.change;
        return (
          <Button key={action} tone={action === "apply" ? "primary" : "default"} busy={busy === action} reason={allowed ? null : codeText(t, "reason", reason ?? "needs_permission")} onClick={() => act(action)}>
            {codeText(t, "edits.do", edit.state === "stopped" && action === "apply" ? "go_on" : action, { count })}
          </Button>
        );
      })}
    >
      <ProblemNote error={error} />
      <About edit={edit} />
      <Items edit={edit} />
    </Page>
  );
}

function useActions(edit: Edit) {
  const client = useQueryClient();
  const path = { params: { path: { id: edit.id } } };
  const run = useMutation({
    mutationFn: (action: Action) => {
      if (action === "apply") return answer(api.POST("/cis/edits/{id}/apply", path));
      if (action === "stop") return answer(api.POST("/cis/edits/{id}/stop", path));
      return answer(api.POST("/cis/edits/{id}/undo", { ...path, body: {} }));
    },
    onSuccess: (after) => {
      client.setQueryData(editQuery(edit.id).queryKey, after);
      void client.invalidateQueries({ queryKey: ["edits"] });
    },
  });
  return { act: (action: Action) => run.mutate(action), error: run.error, busy: run.isPending ? run.variables : null };
}

function About({ edit }: { edit: Edit }) {
  const t = useT();
  const filter = edit.filter as BaselineFilter | null | undefined;
  const set = filter ? (
    <Link {...paths.cis(searchOf(filter))}>
      <Code>{filterText(filter) || t("edits.everything")}</Code>
    </Link>
  ) : (
    t("edits.named")
  );
  return (
    <Card>
      <div className="stack">
        <span className="row wrap">
          <StateBadge state={edit.state} />
          {edit.state === "preview" && <span className="muted">{t("edits.before_write")}</span>}
        </span>
        {isUnderWay(edit.state) && (
          <label className={styles.under}>
            <span role="status">{t("edits.progress", { done: edit.done, items: edit.totals.items })}</span>
            <progress className={styles.progress} value={edit.done} max={edit.totals.items} />
          </label>
        )}
        <Facts
          items={[
            [t("edits.what"), <Changes key="what" edit={edit} />],
            [t("edits.set"), set],
            [t("edits.reason"), edit.reason && visibleText(edit.reason)],
            [t("edits.author"), edit.author && visibleText(edit.author)],
            [t("edits.at"), <Time key="at" at={edit.created_at} show="full" />],
            [t("edits.undone_by"), edit.undone_by && visibleText(edit.undone_by)],
            [t("edits.refusals"), edit.refusals.length > 0 && <Refusals key="why" edit={edit} />],
          ]}
        />
      </div>
    </Card>
  );
}

function Changes({ edit }: { edit: Edit }) {
  const t = useT();
  const words = useAttributeWords();
  return (
    <ul className={styles.reasons}>
      {Object.entries(edit.changes).map(([name, change]) => (
        <li key={name}>
          <bdi>{visibleText(changeText(t, words, name, change))}</bdi>
        </li>
      ))}
    </ul>
  );
}

function Refusals({ edit }: { edit: Edit }) {
  const t = useT();
  return (
    <ul className={styles.reasons}>
      {edit.refusals.map(({ reason, cis }) => (
        <li key={reason}>
          {codeText(t, "edits.why", reason)}: {t("cis.count", { count: cis })}
        </li>
      ))}
    </ul>
  );
}

const countOf = (edit: Edit, outcome: EditOutcome): number => edit.totals[outcome];

function Items({ edit }: { edit: Edit }) {
  const t = useT();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const shown = outcomes.filter((one) => countOf(edit, one) > 0);
  const outcome = search.outcome && shown.includes(search.outcome) ? search.outcome : shown[0];
  const list = useList<EditItem>(["edits", edit.id, "items", outcome ?? ""], (cursor, signal) =>
    answer(api.GET("/cis/edits/{id}/items", { params: { path: { id: edit.id }, query: { ...(outcome ? { outcome } : {}), limit: PAGE, cursor } }, signal })),
  );
  // What was read while the server was at work is read again when it has ended.
  const { state } = edit;
  const before = useRef(state);
  const { retry } = list;
  useEffect(() => {
    if (before.current !== state) retry();
    before.current = state;
  }, [state, retry]);
  if (!outcome) return null;
  return (
    <Card flush title={t("edits.items")} actions={<ExportButton path={`/cis/edits/${edit.id}/items`} params={{ outcome }} />}>
      <div className={styles.outcomes}>
        <Segments label={t("edits.items")} value={outcome} options={shown.map((one) => [one, `${codeText(t, "edits.outcome", one)} ${countOf(edit, one)}`] as const)} onChange={(one) => void navigate({ search: { outcome: one }, replace: true })} />
      </div>
      <ListBody list={list} emptyTitle={t("edits.no_items")}>
        <ItemTable items={list.rows} />
      </ListBody>
    </Card>
  );
}

function ItemTable({ items }: { items: readonly EditItem[] }) {
  const t = useT();
  const words = useAttributeWords();
  return (
    <div className={table.scroll} tabIndex={0} role="region" aria-label={t("edits.items")}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{t("ci.name")}</th>
            <th scope="col">{t("edits.differences")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.ci.id}>
              <th scope="row" className={styles.item}>
                <Link {...paths.ci(item.ci.id)}>
                  <Name>{item.ci.name}</Name>
                </Link>
              </th>
              <td>
                <ul className={styles.differences}>
                  {item.faults.map((fault) => (
                    <li key={`${fault.field}${fault.code}`}>
                      {fault.field && <strong>{words.label(fault.field.replace(/^attributes\./, ""), item.ci.class)}: </strong>}
                      {codeText(t, "edits.why", fault.code)}
                    </li>
                  ))}
                  {item.differences.map((one) => (
                    <li key={one.attribute}>
                      <strong>{words.label(one.attribute, item.ci.class)}:</strong> <bdi>{visibleText(words.value(one.attribute, one.before, item.ci.class))}</bdi> → <bdi>{visibleText(words.value(one.attribute, one.after, item.ci.class))}</bdi>
                    </li>
                  ))}
                  {item.faults.length === 0 && item.differences.length === 0 && <li className="muted">{t("edits.so_already")}</li>}
                </ul>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
