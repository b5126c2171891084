import { Link, getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { useClassBook } from "../../../api/classes";
import { answer, api } from "../../../api/client";
import { useList } from "../../../api/queries";
import type { Ci, Relation } from "../../../api/types";
import { formatRatio } from "../../../format/number";
import { codeText, useLocale, useT } from "../../../i18n";
import { ErrorState } from "../../../layout/ErrorState";
import { ExportButton } from "../../../layout/ExportButton";
import { ListBody } from "../../../layout/ListBody";
import { paths } from "../../../paths";
import { ClassLetter } from "../../../ui/Badge";
import { Card } from "../../../ui/Card";
import { DataTable, type Column } from "../../../ui/DataTable";
import { Segments, controlClass } from "../../../ui/Field";
import { Skeleton } from "../../../ui/States";
import { Name } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import styles from "./CiPage.module.css";
import type { TabProps } from "./CiPage";
import { NeighbourhoodPicture } from "./NeighbourhoodPicture";
import { directions } from "./tabSearch";
import { useNeighbourhood } from "./useNeighbourhood";

const route = getRouteApi("/app/cis/$id/$tab");

/** Who relies on whom: a picture of the neighbourhood, and every relation with its evidence. */
export default function RelationsTab({ read }: TabProps) {
  const t = useT();
  const ci = read.body;
  const { as_of: asOf } = route.useSearch();
  const { neighbourhood, relations, loading, error } = useNeighbourhood(ci, asOf);
  return (
    <div className={styles.relations}>
      {error && !relations ? (
        <Card flush title={t("relations.picture")}>
          <ErrorState error={error} />
        </Card>
      ) : (
        (loading || (relations?.length ?? 0) > 0) && (
          <Card flush title={t("relations.picture")}>
            {neighbourhood ? <NeighbourhoodPicture neighbourhood={neighbourhood} /> : <Skeleton rows={5} label={t("ui.loading")} />}
          </Card>
        )
      )}
      <RelationTable ci={ci} known={relations ?? []} />
    </div>
  );
}

function RelationTable({ ci, known }: { ci: Ci; known: readonly Relation[] }) {
  const t = useT();
  const { direction, type, as_of: asOf } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useList<Relation>(["ci", ci.id, "relations", direction ?? "", type ?? "", asOf ?? ""], (cursor, signal) =>
    answer(api.GET("/cis/{id}/relations", { params: { path: { id: ci.id }, query: { direction, type, as_of: asOf, limit: 200, cursor } }, signal })),
  );
  const columns = useColumns();
  const clear = () => void navigate({ search: (before) => ({ ...before, direction: undefined, type: undefined }) });
  const options = [["all", t("ui.all")] as const, ["out", t("relations.out")] as const, ["in", t("relations.in")] as const];
  return (
    <Card
      flush
      title={t("tab.relations")}
      actions={
        <>
          <Segments label={t("relations.direction")} value={direction ?? "all"} options={options} onChange={(next) => void navigate({ search: (before) => ({ ...before, direction: directions.find((one) => one === next) }) })} />
          <TypeChoice known={known} />
          <ExportButton path={`/cis/${ci.id}/relations`} params={{ direction, type, as_of: asOf }} />
        </>
      }
    >
      <ListBody list={list} filtered={direction !== undefined || type !== undefined} onClear={clear} emptyTitle={t("relations.empty")} emptyText={t("relations.empty_text")}>
        <DataTable label={t("tab.relations")} columns={columns} rows={list.rows} rowKey={(row) => row.id} stale={list.stale} onEnd={list.loadMore} hotkeys />
      </ListBody>
    </Card>
  );
}

function TypeChoice({ known }: { known: readonly Relation[] }) {
  const t = useT();
  const book = useClassBook();
  const { type } = route.useSearch();
  const navigate = route.useNavigate();
  const types = useMemo(() => [...new Map(known.map((one) => [one.type, book.text(one.type_label)]))], [known, book]);
  if (types.length < 2 && !type) return null;
  return (
    <select className={controlClass} style={{ width: "auto" }} aria-label={t("relations.type")} value={type ?? ""} onChange={(event) => void navigate({ search: (before) => ({ ...before, type: event.target.value || undefined }) })}>
      <option value="">{t("relations.every_type")}</option>
      {types.map(([name, label]) => (
        <option key={name} value={name}>
          {label}
        </option>
      ))}
    </select>
  );
}

function useColumns(): Column<Relation>[] {
  const t = useT();
  const book = useClassBook();
  const locale = useLocale();
  return useMemo(
    () => [
      { id: "words", header: t("relations.relation"), size: 110, cell: (row) => book.text(row.direction === "out" ? row.type_label : row.inverse_label) },
      {
        id: "other",
        header: t("relations.other"),
        size: 200,
        cell: (row) => (
          <span className="row">
            <ClassLetter {...book.mark(row.other.class)} />
            <Link {...paths.ci(row.other.id)} data-row="" className="grow">
              <Name>{row.other.name}</Name>
            </Link>
          </span>
        ),
      },
      { id: "class", header: t("ci.class"), size: 140, cell: (row) => book.label(row.other.class) },
      { id: "host", header: t("relations.host"), size: 110, cell: (row) => (row.other.host ? <Link {...paths.ci(row.other.host.id)}><Name>{row.other.host.name}</Name></Link> : "—") },
      { id: "origin", header: t("relations.origin"), size: 112, cell: (row) => <Origin origin={row.origin} /> },
      { id: "confidence", header: t("relations.confidence"), size: 100, align: "end", cell: (row) => formatRatio(row.confidence, locale) },
      { id: "evidence", header: t("relations.evidence"), size: 330, cell: (row) => <Evidence relation={row} /> },
      { id: "last", header: t("relations.last_seen"), size: 104, cell: (row) => <Time at={row.evidence?.last_seen ?? null} show="relative" /> },
    ],
    [t, book, locale],
  );
}

function Origin({ origin }: { origin: string }) {
  const t = useT();
  const shape = { observed: "●", declared: "■", derived: "◆" }[origin] ?? "◆";
  return (
    <span>
      <span aria-hidden="true">{shape} </span>
      {codeText(t, "origin", origin)}
    </span>
  );
}

function Evidence({ relation }: { relation: Relation }) {
  const t = useT();
  const { evidence } = relation;
  if (!evidence) return <span className="muted">—</span>;
  const ends = evidence.seen_by.map((end) => codeText(t, "seen_by", end)).join(" · ");
  const ports = evidence.ports && evidence.ports.length > 0 ? ` · ${t("relations.ports", { ports: evidence.ports.join(", ") })}` : "";
  const text = `${t("relations.samples", { count: evidence.samples })} · ${ends}${ports}`;
  return <span title={text}>{text}</span>;
}
