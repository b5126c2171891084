import { Link, getRouteApi } from "@tanstack/react-router";
import { Suspense, lazy, useMemo } from "react";
import { answer, api } from "../../../api/client";
import { useList } from "../../../api/queries";
import type { Installed } from "../../../api/types";
import { formatNumber } from "../../../format/number";
import { useLocale, useT } from "../../../i18n";
import { ExportButton } from "../../../layout/ExportButton";
import { ListBody } from "../../../layout/ListBody";
import { paths } from "../../../paths";
import { oneOf } from "../../../search";
import { Card } from "../../../ui/Card";
import { DataTable, type Column } from "../../../ui/DataTable";
import { Check, Segments } from "../../../ui/Field";
import { SearchField } from "../../../ui/SearchField";
import { Skeleton } from "../../../ui/States";
import { Code, Name } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import styles from "./CiPage.module.css";
import type { TabProps } from "./CiPage";
import { reports } from "./reports";
import { softwareViews } from "./tabSearch";
import { useSection } from "./useCi";

const route = getRouteApi("/app/cis/$id/$tab");

const PendingUpdates = lazy(() => import("./PendingUpdates"));
const KnownProducts = lazy(() => import("./KnownProducts"));
const SECURITY = "security";

/** What is installed, what waits to be, and the well-known among what runs. Only packages reach into the past. */
export default function SoftwareTab({ read }: TabProps) {
  const t = useT();
  const { id } = read.body;
  const { q = "", type, view: asked, as_of: asOf } = route.useSearch();
  const navigate = route.useNavigate();
  const view = asOf ? "packages" : (oneOf(asked, softwareViews) ?? "packages");
  const set = (change: { view?: string; q?: string | undefined; type?: string | undefined }) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const onClear = () => set({ q: undefined, type: undefined });
  if (asOf) return <Packages id={id} />;
  return (
    <>
      <div className={styles.bar}>
        <Views id={id} hasUpdates={reports(read.body, "updates")} view={view} onChange={(next) => set({ view: next, type: undefined })} />
        {view !== "packages" && <SearchField hotkey className={styles.filter} label={t("services.filter")} clearLabel={t("ui.clear")} value={q} onSearch={(text) => set({ q: text || undefined })} />}
        {view === "updates" && <Check label={t("updates.security_only")} checked={type === SECURITY} onChange={(event) => set({ type: event.target.checked ? SECURITY : undefined })} />}
      </div>
      <Suspense fallback={<Skeleton rows={8} label={t("ui.loading")} />}>
        {view === "packages" && <Packages id={id} />}
        {view === "updates" && <PendingUpdates id={id} q={q} securityOnly={type === SECURITY} onClear={onClear} />}
        {view === "products" && <KnownProducts id={id} q={q} onClear={onClear} />}
      </Suspense>
    </>
  );
}

type View = (typeof softwareViews)[number];

/** The views, with how many updates wait; not asked for where no agent ever said. */
function Views({ id, hasUpdates, view, onChange }: { id: string; hasUpdates: boolean; view: View; onChange: (view: View) => void }) {
  const t = useT();
  const locale = useLocale();
  const updates = useSection(id, "updates", hasUpdates).data?.body;
  const pending = updates?.pending?.length;
  const label = (one: View) => {
    if (one !== "updates") return t(one === "packages" ? "software.packages_view" : "software.products_view");
    return (
      <>
        {t("updates.pending")}
        {pending ? ` ${formatNumber(pending, locale)}` : ""}
        {updates?.reboot_required && ` · ${t("updates.reboot")}`}
      </>
    );
  };
  return <Segments label={t("tab.software")} value={view} options={softwareViews.map((one) => [one, label(one)] as const)} onChange={onChange} />;
}

/** Installed packages, now or as of the chosen moment. */
function Packages({ id }: { id: string }) {
  const t = useT();
  const { q, as_of } = route.useSearch();
  const navigate = route.useNavigate();
  const find = (text: string) => void navigate({ search: (before) => ({ ...before, q: text || undefined }), replace: true });
  const list = useList<Installed>(["ci", id, "software", q ?? "", as_of ?? ""], (cursor, signal) =>
    answer(api.GET("/cis/{id}/software", { params: { path: { id }, query: { q, as_of, limit: 200, cursor } }, signal })),
  );
  const columns = useColumns();
  const title = list.total === null ? t("tab.software") : t("software.packages", { count: list.total });
  const actions = (
    <>
      <SearchField hotkey className={styles.filter} label={t("software.search")} clearLabel={t("ui.clear")} value={q ?? ""} onSearch={find} />
      <ExportButton path={`/cis/${id}/software`} params={{ q, as_of }} />
    </>
  );
  return (
    <Card flush title={title} actions={actions}>
      <ListBody list={list} filtered={q !== undefined} onClear={() => find("")} emptyTitle={t("software.none_here")} emptyText={t("software.none_here_text")}>
        <DataTable label={t("tab.software")} columns={columns} rows={list.rows} rowKey={(row) => `${row.product.id}/${row.version}/${row.architecture ?? ""}`} stale={list.stale} total={list.total} onEnd={list.loadMore} hotkeys />
      </ListBody>
    </Card>
  );
}

function useColumns(): Column<Installed>[] {
  const t = useT();
  return useMemo(
    () => [
      {
        id: "name",
        header: t("software.name"),
        size: 220,
        cell: (row) => (
          <Link {...paths.product(row.product.id)} data-row="">
            <Name>{row.product.name}</Name>
          </Link>
        ),
      },
      { id: "version", header: t("software.version"), size: 200, cell: (row) => <Code>{row.version}</Code> },
      { id: "architecture", header: t("software.architecture"), size: 96, cell: (row) => row.architecture ?? "—" },
      { id: "ecosystem", header: t("software.ecosystem"), size: 80, cell: (row) => row.product.ecosystem },
      { id: "source", header: t("software.source"), size: 150, cell: (row) => (row.source ? <Name>{row.source}</Name> : "—") },
      { id: "vendor", header: t("software.vendor"), size: 170, cell: (row) => (row.vendor ? <Name>{row.vendor}</Name> : "—") },
      { id: "since", header: t("ci.since"), size: 110, cell: (row) => <Time at={row.valid_from} show="day" /> },
    ],
    [t],
  );
}
