import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { readText, type Connections, type ConnectionEntry, type Listener, type Owner, type Process, type Processes, type Services, type Sockets, type Unit } from "../../../api/sections";
import { codeText, useT } from "../../../i18n";
import { oneOf } from "../../../search";
import { Badge, type Tone } from "../../../ui/Badge";
import { Card } from "../../../ui/Card";
import type { Column } from "../../../ui/DataTable";
import { Segments } from "../../../ui/Field";
import { SearchField } from "../../../ui/SearchField";
import { Code, Name, Path } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import styles from "./CiPage.module.css";
import type { TabProps } from "./CiPage";
import { scheduleKey, scheduleRows } from "./schedules";
import { useScheduleColumns } from "./scheduleColumns";
import { SectionTable } from "./SectionTable";
import { serviceViews } from "./tabSearch";
import { useSection } from "./useCi";

const route = getRouteApi("/app/cis/$id/$tab");

/** What runs: units, who listens where, who is connected to whom, the processes, and what runs by the clock. */
export default function ServicesTab({ read }: TabProps) {
  const t = useT();
  const { view: asked, q = "" } = route.useSearch();
  const view = oneOf(asked, serviceViews) ?? "units";
  const navigate = route.useNavigate();
  const find = (text: string) => void navigate({ search: (before) => ({ ...before, q: text || undefined }), replace: true });
  const options = serviceViews.map((one) => [one, t(`services.${one}`)] as const);
  const { id } = read.body;
  const props = { q, onClear: () => find("") };
  return (
    <>
      <div className={styles.bar}>
        <Segments label={t("tab.services")} value={view} options={options} onChange={(next) => void navigate({ search: (before) => ({ ...before, view: next }), replace: true })} />
        <SearchField hotkey className={styles.filter} label={t("services.filter")} clearLabel={t("ui.clear")} value={q} onSearch={find} />
      </div>
      <Card flush title={<Title id={id} view={view} />}>
        {view === "units" && <SectionTable {...props} id={id} section="services" rowsOf={unitsOf} keyOf={(unit) => unit.name} useColumns={useUnitColumns} />}
        {view === "listeners" && <SectionTable {...props} id={id} section="sockets" rowsOf={listenersOf} keyOf={(one) => `${one.transport}/${one.address}/${one.port}/${ownerText(one.owner)}`} useColumns={useListenerColumns} />}
        {view === "connections" && <SectionTable {...props} id={id} section="connections" rowsOf={connectionsOf} keyOf={(one) => `${one.direction}/${one.transport}/${one.remote_address}/${one.port}/${one.local_address}/${ownerText(one.owner)}`} useColumns={useConnectionColumns} />}
        {view === "processes" && <SectionTable {...props} id={id} section="processes" rowsOf={processesOf} keyOf={(one) => String(one.pid)} useColumns={useProcessColumns} />}
        {view === "schedules" && <SectionTable {...props} id={id} section="schedules" rowsOf={scheduleRows} keyOf={scheduleKey} useColumns={useScheduleColumns} />}
      </Card>
    </>
  );
}

const unitsOf = (body: Services) => body.units ?? [];
const listenersOf = (body: Sockets) => body.listeners ?? [];
const connectionsOf = (body: Connections) => body.connections ?? [];
const processesOf = (body: Processes) => body.processes ?? [];

const SECTION = { units: "services", listeners: "sockets", connections: "connections", processes: "processes", schedules: "schedules" } as const;

/** What the table lists, and of when it is. */
function Title({ id, view }: { id: string; view: keyof typeof SECTION }) {
  const t = useT();
  const observedAt = useSection(id, SECTION[view]).data?.observed_at;
  return (
    <>
      {t(`services.${view}`)}
      {observedAt && (
        <span className="muted">
          <Time at={observedAt} show="relative" />
        </span>
      )}
    </>
  );
}

const UNIT_TONE: Partial<Record<string, Tone>> = { active: "ok", failed: "critical" };

function useUnitColumns(): Column<Unit>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "name", header: t("services.unit"), size: 230, value: (unit) => unit.name, cell: (unit) => <Name>{unit.name}</Name> },
      { id: "state", header: t("services.state"), size: 100, value: (unit) => unit.state, cell: (unit) => (unit.state ? <Badge tone={UNIT_TONE[unit.state] ?? "neutral"} mark={unit.state === "active" ? "round" : unit.state === "failed" ? "cross" : "ring"}>{codeText(t, "unit_state", unit.state)}</Badge> : "—") },
      { id: "enablement", header: t("services.enablement"), size: 110, value: (unit) => unit.enablement, cell: (unit) => (unit.enablement ? codeText(t, "enablement", unit.enablement) : "—") },
      { id: "user", header: t("services.user"), size: 96, value: (unit) => unit.user ?? "root", cell: (unit) => unit.user ?? "root" },
      { id: "program", header: t("services.program"), size: 220, value: (unit) => readText(unit.program), cell: (unit) => <Path text={readText(unit.program)} /> },
      { id: "description", header: t("services.description"), size: 280, value: (unit) => unit.description, cell: (unit) => <Name>{unit.description ?? "—"}</Name> },
    ],
    [t],
  );
}

function ownerText(owner: Owner | undefined): string {
  return owner?.unit ?? readText(owner?.name) ?? "";
}

function useListenerColumns(): Column<Listener>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "port", header: t("services.port"), size: 80, align: "end", value: (one) => one.port, cell: (one) => one.port },
      { id: "transport", header: t("services.transport"), size: 84, value: (one) => one.transport, cell: (one) => one.transport.toUpperCase() },
      { id: "address", header: t("services.address"), size: 170, value: (one) => one.address, cell: (one) => <Address text={one.address} /> },
      ...ownerColumns<Listener>(t),
    ],
    [t],
  );
}

function ownerColumns<Row extends { owner?: Owner }>(t: ReturnType<typeof useT>): Column<Row>[] {
  const unknown = <span className="muted">{t("services.owner_unknown")}</span>;
  return [
    { id: "process", header: t("services.process"), size: 140, value: (row) => readText(row.owner?.name), cell: (row) => (row.owner?.name ? <Name>{readText(row.owner.name)}</Name> : unknown) },
    { id: "unit", header: t("services.unit"), size: 180, value: (row) => row.owner?.unit ?? row.owner?.container, cell: (row) => <Name>{row.owner?.unit ?? row.owner?.container ?? "—"}</Name> },
    { id: "user", header: t("services.user"), size: 100, value: (row) => row.owner?.user, cell: (row) => row.owner?.user ?? "—" },
    { id: "package", header: t("services.package"), size: 130, value: (row) => row.owner?.package, cell: (row) => <Name>{row.owner?.package ?? "—"}</Name> },
  ];
}

function Address({ text }: { text: string }) {
  const t = useT();
  const all = text === "0.0.0.0" || text === "::";
  return (
    <span title={all ? t("services.all_addresses") : undefined}>
      <Code>{text}</Code>
    </span>
  );
}

function useConnectionColumns(): Column<ConnectionEntry>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "direction", header: t("services.direction"), size: 104, value: (one) => one.direction, cell: (one) => codeText(t, "connection_direction", one.direction) },
      { id: "remote", header: t("services.remote"), size: 190, value: (one) => one.remote_address, cell: (one) => <Code>{one.remote_address}</Code> },
      { id: "port", header: t("services.port"), size: 76, align: "end", value: (one) => one.port, cell: (one) => one.port },
      { id: "count", header: t("services.count"), size: 76, align: "end", value: (one) => one.count, cell: (one) => one.count },
      { id: "transport", header: t("services.transport"), size: 80, value: (one) => one.transport, cell: (one) => one.transport.toUpperCase() },
      ...ownerColumns<ConnectionEntry>(t),
    ],
    [t],
  );
}

function useProcessColumns(): Column<Process>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "pid", header: "PID", size: 76, align: "end", value: (one) => one.pid, cell: (one) => one.pid },
      { id: "name", header: t("services.process"), size: 130, value: (one) => readText(one.name), cell: (one) => <Name>{readText(one.name)}</Name> },
      { id: "user", header: t("services.user"), size: 96, value: (one) => one.user, cell: (one) => one.user ?? "—" },
      { id: "started", header: t("services.started"), size: 148, value: (one) => one.started_s, cell: (one) => <Time at={one.started_s ? new Date(one.started_s * 1000).toISOString() : null} /> },
      { id: "unit", header: t("services.unit"), size: 160, value: (one) => one.unit ?? one.container, cell: (one) => <Name>{one.unit ?? one.container ?? "—"}</Name> },
      { id: "command", header: t("services.command"), size: 420, value: (one) => readText(one.command_line), cell: (one) => <Path text={readText(one.command_line)} /> },
    ],
    [t],
  );
}
