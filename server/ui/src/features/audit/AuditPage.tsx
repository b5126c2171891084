import { useMutation } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { answer, api } from "../../api/client";
import { useList } from "../../api/queries";
import type { AuditEntry } from "../../api/types";
import { formatNumber } from "../../format/number";
import { useTimeStyle } from "../../format/TimeContext";
import { fromLocalField, toLocalField, zoneName } from "../../format/time";
import { codeText, useLocale, useT } from "../../i18n";
import { ProblemNote } from "../../layout/ErrorState";
import { ExportButton } from "../../layout/ExportButton";
import { ListBody } from "../../layout/ListBody";
import { FillCard, Page } from "../../layout/Page";
import { paths } from "../../paths";
import { Button } from "../../ui/Button";
import { DataTable, type Column } from "../../ui/DataTable";
import { Field } from "../../ui/Field";
import { SearchField } from "../../ui/SearchField";
import { Note } from "../../ui/States";
import { Code, CopyButton, Name } from "../../ui/Text";
import { Time } from "../../ui/Time";
import { AuditDialog } from "./AuditDialog";
import styles from "./Audit.module.css";
import type { AuditSearch } from "./filters";
import { TrailState } from "./TrailState";

const route = getRouteApi("/app/audit");

/** Who changed what, in a chain that shows any later tampering. */
export function AuditPage() {
  const t = useT();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [open, setOpen] = useState<AuditEntry | null>(null);
  const change = (part: Partial<AuditSearch>) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const list = useList<AuditEntry>(["audit", search], (cursor, signal) => answer(api.GET("/audit", { params: { query: { ...search, limit: 100, cursor } }, signal })));
  const columns = useColumns(setOpen);
  const filtered = Object.values(search).some((value) => value !== undefined);
  return (
    <Page fill title={t("nav.audit")} count={t("audit.subtitle")} actions={<AuditActions search={search} />}>
      <TrailState />
      <Filters search={search} onChange={change} />
      <FillCard>
        <ListBody list={list} filtered={filtered} onClear={() => void navigate({ search: {} })} emptyTitle={t("audit.empty")}>
          <DataTable label={t("nav.audit")} height="fill" scrollId="audit" columns={columns} rows={list.rows} rowKey={(row) => String(row.seq)} stale={list.stale} onSort={noSort} onEnd={list.loadMore} />
        </ListBody>
      </FillCard>
      {open && <AuditDialog entry={open} onClose={() => setOpen(null)} />}
    </Page>
  );
}

/** The chain has one order. */
function noSort() {}

function Filters({ search, onChange }: { search: AuditSearch; onChange: (part: Partial<AuditSearch>) => void }) {
  const t = useT();
  const { zone } = useTimeStyle();
  const field = (name: "actor" | "action" | "object") => <SearchField key={name} hotkey={name === "actor"} label={t(`audit.${name}`)} clearLabel={t("ui.clear")} value={search[name] ?? ""} onSearch={(text) => onChange({ [name]: text || undefined })} />;
  const time = (name: "from" | "to") => (
    <Field key={name} label={t(`audit.${name}`, { zone: zoneName(zone) })}>
      {(control) => <input type="datetime-local" {...control} defaultValue={search[name] ? toLocalField(search[name], zone) : ""} onChange={(event) => onChange({ [name]: fromLocalField(event.target.value, zone) ?? undefined })} />}
    </Field>
  );
  return (
    <div className={styles.bar} role="search" aria-label={t("cis.filters")}>
      {field("actor")}
      {field("action")}
      {field("object")}
      {time("from")}
      {time("to")}
    </div>
  );
}

function Verify() {
  const t = useT();
  const verify = useMutation({ mutationFn: () => answer(api.GET("/audit/verify")) });
  return (
    <>
      {verify.data?.ok && (
        <Note tone="ok" role="status">
          {t("audit.verified", { rows: verify.data.rows })}
        </Note>
      )}
      {verify.data && !verify.data.ok && (
        <Note tone="critical" role="alert">
          {t("audit.broken", { seq: verify.data.first_bad_seq ?? 0 })}
        </Note>
      )}
      <ProblemNote error={verify.error} />
      <Button icon="shield" busy={verify.isPending} onClick={() => verify.mutate()}>
        {t("audit.verify")}
      </Button>
    </>
  );
}

function AuditActions({ search }: { search: AuditSearch }) {
  return (
    <>
      <Verify />
      <ExportButton path="/audit" params={{ ...search }} />
    </>
  );
}

function useColumns(open: (entry: AuditEntry) => void): Column<AuditEntry>[] {
  const t = useT();
  const locale = useLocale();
  return useMemo(
    () => [
      { id: "at", header: t("audit.at"), size: 148, cell: (row) => <Time at={row.at} /> },
      { id: "actor", header: t("audit.actor"), size: 170, cell: (row) => <Actor entry={row} /> },
      { id: "action", header: t("audit.action"), size: 190, cell: (row) => <span title={row.action}>{codeText(t, "action", row.action)}</span> },
      { id: "object", header: t("audit.object"), size: 240, cell: (row) => <AuditObject entry={row} /> },
      { id: "address", header: t("audit.address"), size: 130, cell: (row) => (row.address ? <Code>{row.address}</Code> : "—") },
      { id: "seq", header: t("audit.seq"), size: 76, align: "end", cell: (row) => formatNumber(row.seq, locale) },
      {
        id: "details",
        header: t("ui.actions"),
        size: 100,
        pinned: true,
        cell: (row) => (
          <Button small onClick={() => open(row)} aria-label={t("audit.open", { seq: row.seq })}>
            {t("audit.details")}
          </Button>
        ),
      },
    ],
    [t, locale, open],
  );
}

function Actor({ entry }: { entry: AuditEntry }) {
  const t = useT();
  const kind = codeText(t, "actor", entry.actor.kind);
  if (!entry.actor.name) return kind;
  return (
    <span className="row">
      <Name>{entry.actor.name}</Name>
      <span className="muted nowrap">{kind}</span>
    </span>
  );
}

function AuditObject({ entry }: { entry: AuditEntry }) {
  const t = useT();
  const kind = codeText(t, "object_kind", entry.object.kind);
  const name = entry.object.name ? <Name>{entry.object.name}</Name> : <CopyButton text={entry.object.id} label={t("ci.copy_id")} />;
  return (
    <span className="row">
      <span className="muted nowrap">{kind}</span>
      <span className="grow">{entry.object.kind === "ci" && entry.object.name ? <Link {...paths.ci(entry.object.id)}>{name}</Link> : name}</span>
    </span>
  );
}
