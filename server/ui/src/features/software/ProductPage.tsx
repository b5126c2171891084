import { useQuery } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { useClassBook } from "../../api/classes";
import { answer, api } from "../../api/client";
import { useList } from "../../api/queries";
import type { Installation, ProductDetail } from "../../api/types";
import { formatNumber } from "../../format/number";
import { useLocale, useT } from "../../i18n";
import { ErrorState } from "../../layout/ErrorState";
import { ExportButton } from "../../layout/ExportButton";
import { ListBody } from "../../layout/ListBody";
import { Page } from "../../layout/Page";
import { paths } from "../../paths";
import { ClassLetter } from "../../ui/Badge";
import { Card } from "../../ui/Card";
import { DataTable, type Column } from "../../ui/DataTable";
import { controlClass } from "../../ui/Field";
import { SearchField } from "../../ui/SearchField";
import { EmptyState, Skeleton } from "../../ui/States";
import { Code, Name, visibleText } from "../../ui/Text";
import { Time } from "../../ui/Time";
import { operators, type Operator } from "./filters";
import styles from "./Software.module.css";

const route = getRouteApi("/app/software/$id");

/** One product: its versions, and which hosts have which. */
export function ProductPage() {
  const t = useT();
  const { id } = route.useParams();
  const product = useQuery({
    queryKey: ["software", "product", id],
    queryFn: ({ signal }) => answer(api.GET("/software/{id}", { params: { path: { id } }, signal })),
  });
  const title = product.data ? visibleText(product.data.name) : t("nav.software");
  const count = product.data && `${product.data.ecosystem} · ${t("software.hosts", { count: product.data.hosts })}${product.data.vendor ? ` · ${visibleText(product.data.vendor)}` : ""}`;
  return (
    <Page title={title} count={count} actions={<Link {...paths.software()}>{t("software.all")}</Link>}>
      {product.error && !product.data ? (
        <Card flush>
          <ErrorState error={product.error} onRetry={() => void product.refetch()} />
        </Card>
      ) : (
        <div className={styles.split}>
          <Card flush title={t("software.versions")}>
            {product.data ? <Versions product={product.data} /> : <Skeleton label={t("ui.loading")} />}
          </Card>
          <Installations id={id} versions={product.data?.versions ?? []} />
        </div>
      )}
    </Page>
  );
}

function Versions({ product }: { product: ProductDetail }) {
  const t = useT();
  const locale = useLocale();
  const { version: chosen } = route.useSearch();
  const most = Math.max(1, ...product.versions.map((one) => one.hosts));
  if (product.versions.length === 0) return <EmptyState title={t("software.no_versions")} />;
  return (
    <div className={styles.versions} tabIndex={0} role="region" aria-label={t("software.versions")}>
      {product.versions.map((one) => (
        <Link key={`${one.version}/${one.architecture ?? ""}`} {...paths.product(product.id, chosen === one.version ? {} : { version: one.version, op: "eq" })} className={styles.version} aria-current={chosen === one.version ? "true" : undefined}>
          <span>
            <Code>{one.version}</Code> <span className="muted">{one.architecture}</span>
          </span>
          <span className={styles.share} style={{ width: `${Math.max(4, (one.hosts / most) * 100)}%` }} aria-hidden="true" />
          <span className="num" style={{ textAlign: "right" }} title={t("software.hosts", { count: one.hosts })}>
            {formatNumber(one.hosts, locale)}
          </span>
        </Link>
      ))}
    </div>
  );
}

function Installations({ id, versions }: { id: number; versions: ProductDetail["versions"] }) {
  const t = useT();
  const locale = useLocale();
  const { q, version, op } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useList<Installation>(["software", "installations", id, q ?? "", version ?? "", op ?? ""], (cursor, signal) =>
    answer(api.GET("/software/{id}/installations", { params: { path: { id }, query: { q, version, op: version ? (op ?? "eq") : undefined, limit: 200, cursor } }, signal })),
  );
  const columns = useColumns();
  const exported = { q, ...(version ? { version, op: op ?? "eq" } : {}) };
  const clear = () => void navigate({ search: {} });
  const find = (text: string) => void navigate({ search: (before) => ({ ...before, q: text || undefined }), replace: true });
  const title = list.total === null ? t("software.which_hosts") : `${t("software.which_hosts")} · ${formatNumber(list.total, locale)}`;
  return (
    <Card
      flush
      title={title}
      actions={
        <>
          <Compare versions={versions} />
          <ExportButton path={`/software/${id}/installations`} params={exported} />
          <SearchField hotkey label={t("software.find_host")} clearLabel={t("ui.clear")} value={q ?? ""} onSearch={find} />
        </>
      }
    >
      <ListBody list={list} filtered={q !== undefined || version !== undefined} onClear={clear} emptyTitle={t("software.nowhere")} emptyText={t("software.nowhere_text")}>
        <DataTable label={t("software.which_hosts")} columns={columns} rows={list.rows} rowKey={(row) => `${row.ci.id}/${row.version}/${row.architecture ?? ""}`} stale={list.stale} total={list.total} onEnd={list.loadMore} hotkeys />
      </ListBody>
    </Card>
  );
}

/** Narrows to versions that compare so, as the ecosystem itself compares them. */
function Compare({ versions }: { versions: ProductDetail["versions"] }) {
  const t = useT();
  const { version, op } = route.useSearch();
  const navigate = route.useNavigate();
  const names = [...new Set([...versions.map((one) => one.version), ...(version ? [version] : [])])];
  return (
    <span className={styles.compare}>
      <select className={controlClass} aria-label={t("software.operator")} value={op ?? "eq"} onChange={(event) => void navigate({ search: (before) => ({ ...before, op: operators.find((one) => one === event.target.value) }) })}>
        {operators.map((one: Operator) => (
          <option key={one} value={one}>
            {t(`operator.${one}`)}
          </option>
        ))}
      </select>
      <select className={controlClass} aria-label={t("software.version")} value={version ?? ""} onChange={(event) => void navigate({ search: (before) => ({ ...before, version: event.target.value || undefined }) })}>
        <option value="">{t("software.any_version")}</option>
        {names.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </span>
  );
}

function useColumns(): Column<Installation>[] {
  const t = useT();
  const book = useClassBook();
  return useMemo(
    () => [
      {
        id: "host",
        header: t("software.host"),
        size: 240,
        cell: (row) => (
          <span className="row">
            <ClassLetter {...book.mark(row.ci.class)} />
            <Link {...paths.ci(row.ci.id)} data-row="" className="grow">
              <Name>{row.ci.name}</Name>
            </Link>
          </span>
        ),
      },
      { id: "version", header: t("software.version"), size: 200, cell: (row) => <Code>{row.version}</Code> },
      { id: "architecture", header: t("software.architecture"), size: 90, cell: (row) => row.architecture ?? "—" },
      { id: "since", header: t("ci.since"), size: 120, cell: (row) => <Time at={row.since} show="day" /> },
    ],
    [t, book],
  );
}
