import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Devices, Gpu, MemoryModule, Slot } from "../../../api/sections";
import { formatBytes } from "../../../format/number";
import { codeText, useLocale, useT } from "../../../i18n";
import { Badge } from "../../../ui/Badge";
import { Card, Facts, RowList } from "../../../ui/Card";
import { DataTable, type Column } from "../../../ui/DataTable";
import { controlClass } from "../../../ui/Field";
import { SearchField } from "../../../ui/SearchField";
import { Code, CopyCode, Name, Path } from "../../../ui/Text";
import styles from "./CiPage.module.css";
import { countGroups, pluggedRows, type PluggedRow } from "./plugged";
import { SectionBody } from "./SectionBody";
import { FilteredTable } from "./SectionTable";
import { useSection } from "./useCi";

const route = getRouteApi("/app/cis/$id/$tab");

/** What is in the slots of the board and on its buses. */
export default function HardwareParts({ id, hasDevices }: { id: string; hasDevices: boolean }) {
  const devices = useSection(id, "devices", hasDevices).data?.body;
  const modules = useSection(id, "memory").data?.body.modules ?? [];
  return (
    <>
      {modules.length > 0 && <Modules modules={modules} />}
      {devices && <Cards devices={devices} />}
      {hasDevices && <PluggedCard id={id} />}
    </>
  );
}

function Modules({ modules }: { modules: readonly MemoryModule[] }) {
  const t = useT();
  const columns = useModuleColumns();
  const rows = useMemo(() => modules.map((module, at) => ({ ...module, at })), [modules]);
  const used = modules.filter((one) => one.size_bytes).length;
  return (
    <Card
      flush
      title={
        <>
          {t("memory.modules")}
          <span className="muted">{t("memory.slots_used", { used, total: modules.length })}</span>
        </>
      }
    >
      <DataTable label={t("memory.modules")} columns={columns} rows={rows} rowKey={(row) => String(row.at)} />
    </Card>
  );
}

function useModuleColumns(): Column<MemoryModule & { at: number }>[] {
  const t = useT();
  const locale = useLocale();
  return useMemo(
    () => [
      { id: "slot", header: t("memory.slot"), size: 150, value: (row) => row.slot, cell: (row) => <Code>{row.slot}</Code> },
      { id: "size", header: t("storage.size"), size: 100, align: "end", value: (row) => row.size_bytes, cell: (row) => (row.size_bytes ? formatBytes(row.size_bytes, locale) : <Badge mark="ring">{t("memory.empty")}</Badge>) },
      { id: "technology", header: t("storage.kind"), size: 120, value: (row) => row.technology, cell: (row) => [row.technology, row.form?.toUpperCase()].filter(Boolean).join(" ") || "—" },
      { id: "rate", header: t("memory.rate"), size: 130, align: "end", value: (row) => row.mts, cell: (row) => <Rate module={row} /> },
      { id: "vendor", header: t("software.vendor"), size: 120, value: (row) => row.vendor, cell: (row) => row.vendor ?? "—" },
      { id: "part", header: t("memory.part_number"), size: 210, value: (row) => row.part_number, cell: (row) => <CopyCode text={row.part_number} label={t("ui.copy")} /> },
      { id: "serial", header: t("hardware.serial"), size: 160, value: (row) => row.serial, cell: (row) => <CopyCode text={row.serial} label={t("ui.copy")} /> },
      { id: "bank", header: t("memory.bank"), size: 110, value: (row) => row.bank, cell: (row) => row.bank ?? "—" },
    ],
    [t, locale],
  );
}

/** The rate it runs at, and the fastest that it could. */
function Rate({ module }: { module: MemoryModule }) {
  const t = useT();
  if (!module.mts) return "—";
  const slower = module.max_mts && module.max_mts > module.mts ? module.max_mts : null;
  return (
    <span title={slower ? t("memory.could_be", { rate: slower }) : undefined}>
      {module.mts}
      {slower && <span className="muted"> / {slower}</span>}
      {"\u2009MT/s"}
    </span>
  );
}

function Cards({ devices }: { devices: Devices }) {
  const t = useT();
  const gpus = devices.gpus ?? [];
  const slots = devices.slots ?? [];
  const names = useMemo(() => new Map((devices.pci ?? []).map((one) => [one.address, one.device ?? one.class ?? ""])), [devices]);
  if (gpus.length === 0 && slots.length === 0) return null;
  return (
    <div className={styles.pair}>
      {gpus.length > 0 && (
        <Card title={t("hardware.gpus")}>
          <div className="stack">
            {gpus.map((gpu) => (
              <GpuFacts key={gpu.address} gpu={gpu} />
            ))}
          </div>
        </Card>
      )}
      {slots.length > 0 && (
        <Card flush title={t("hardware.slots")}>
          <RowList>
            {slots.map((slot, at) => (
              <SlotRow key={`${slot.name}/${at}`} slot={slot} inside={slot.address ? (names.get(slot.address) ?? "") : ""} />
            ))}
          </RowList>
        </Card>
      )}
    </div>
  );
}

function GpuFacts({ gpu }: { gpu: Gpu }) {
  const t = useT();
  const locale = useLocale();
  return (
    <Facts
      items={[
        [t("hardware.model"), gpu.name ? <Name>{gpu.name}</Name> : null],
        [t("storage.size"), gpu.memory_bytes ? formatBytes(gpu.memory_bytes, locale) : null],
        [t("network.driver"), [gpu.driver, gpu.driver_version].filter(Boolean).join(" ")],
        [t("hardware.serial"), <CopyCode key="s" text={gpu.serial} label={t("ui.copy")} />],
        [t("hardware.place"), <Code key="a">{gpu.address}</Code>],
      ]}
    />
  );
}

function SlotRow({ slot, inside }: { slot: Slot; inside: string }) {
  const t = useT();
  const state = slot.in_use === true ? "hardware.slot_used" : slot.in_use === false ? "hardware.slot_free" : "ui.unknown";
  return (
    <li>
      <Code>{slot.name}</Code>
      <span className="grow muted">{inside ? <Name>{inside}</Name> : (slot.kind?.replaceAll("_", " ") ?? "")}</span>
      <Badge tone={slot.in_use ? "accent" : "neutral"} mark={slot.in_use ? "square" : "ring"}>
        {t(state)}
      </Badge>
    </li>
  );
}

function PluggedCard({ id }: { id: string }) {
  const t = useT();
  const { q = "", type } = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: { q?: string | undefined; type?: string | undefined }) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const body = useSection(id, "devices").data?.body;
  const groups = useMemo(() => countGroups(pluggedRows(body ?? {})), [body]);
  const actions = (
    <>
      <select className={`${controlClass} ${styles.select}`} aria-label={t("plugged.group")} value={type ?? ""} onChange={(event) => set({ type: event.target.value || undefined })}>
        <option value="">{t("plugged.every_group")}</option>
        {groups.map(([group, count]) => (
          <option key={group} value={group}>
            {codeText(t, "device_group", group)} ({count})
          </option>
        ))}
      </select>
      <SearchField hotkey className={styles.filter} label={t("services.filter")} clearLabel={t("ui.clear")} value={q} onSearch={(text) => set({ q: text || undefined })} />
    </>
  );
  return (
    <Card flush title={t("section.devices")} actions={actions}>
      <SectionBody id={id} section="devices">
        {(devices) => <Plugged devices={devices} q={q} group={type} onClear={() => set({ q: undefined, type: undefined })} />}
      </SectionBody>
    </Card>
  );
}

function Plugged({ devices, q, group, onClear }: { devices: Devices; q: string; group: string | undefined; onClear: () => void }) {
  const t = useT();
  const rows = useMemo(() => pluggedRows(devices), [devices]);
  const keep = useMemo(() => (group ? (row: PluggedRow) => row.group === group : undefined), [group]);
  const detail = useMemo(() => ({ name: (row: PluggedRow) => row.name, show: (row: PluggedRow) => <PluggedFacts row={row} /> }), []);
  return <FilteredTable label={t("section.devices")} all={rows} q={q} onClear={onClear} keep={keep} keyOf={(row) => `${row.bus}/${row.place}`} useColumns={usePluggedColumns} detail={detail} />;
}

function usePluggedColumns(): Column<PluggedRow>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "name", header: t("storage.device"), size: 360, value: (row) => row.name, cell: (row) => <Name>{row.name}</Name> },
      { id: "group", header: t("plugged.group"), size: 150, value: (row) => codeText(t, "device_group", row.group), cell: (row) => codeText(t, "device_group", row.group) },
      { id: "bus", header: t("storage.transport"), size: 70, value: (row) => row.bus, cell: (row) => row.bus.toUpperCase() },
      { id: "place", header: t("hardware.place"), size: 130, value: (row) => row.place, cell: (row) => <Code>{row.place}</Code> },
      { id: "driver", header: t("network.driver"), size: 130, value: (row) => row.drivers.join(", "), cell: (row) => <Path text={row.drivers.join(", ")} /> },
      { id: "ids", header: t("plugged.ids"), size: 110, value: (row) => row.ids, cell: (row) => (row.ids ? <Code>{row.ids}</Code> : "—") },
      { id: "serial", header: t("hardware.serial"), size: 160, value: (row) => row.serial, cell: (row) => <CopyCode text={row.serial} label={t("ui.copy")} /> },
    ],
    [t],
  );
}

function PluggedFacts({ row }: { row: PluggedRow }) {
  const t = useT();
  return (
    <Facts
      items={[
        [t("plugged.class"), row.kind],
        [t("plugged.card"), row.subsystem],
        [t("plugged.revision"), row.revision ? <Code>{row.revision}</Code> : null],
        [t("network.speed"), row.speed_mbps ? `${row.speed_mbps}\u2009Mbit/s` : null],
      ]}
    />
  );
}
