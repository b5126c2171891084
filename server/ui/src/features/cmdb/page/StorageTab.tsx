import { useMemo } from "react";
import { readText, type BlockDevice, type Filesystem } from "../../../api/sections";
import type { LatestSamples } from "../../../api/types";
import { formatBytes, formatRatio } from "../../../format/number";
import { codeText, useLocale, useT } from "../../../i18n";
import { Badge } from "../../../ui/Badge";
import { Card } from "../../../ui/Card";
import { DataTable, type Column } from "../../../ui/DataTable";
import { EmptyState } from "../../../ui/States";
import { Code, CopyCode, Name, UsageBar } from "../../../ui/Text";
import styles from "./CiPage.module.css";
import type { TabProps } from "./CiPage";
import { SectionBody } from "./SectionBody";
import { HealthBadge } from "./HealthBadge";
import { StorageParts, Troubles } from "./StorageParts";
import { useLatestSamples } from "./useLatestSamples";
import { useSection } from "./useCi";
import { deviceTree, type DeviceRow } from "./deviceTree";

/** File systems with how full they are, the devices they lie on, and what these are put together to. */
export default function StorageTab({ read }: TabProps) {
  const t = useT();
  const { id } = read.body;
  return (
    <div className="stack">
      <StoredTroubles id={id} />
      <Card flush title={t("storage.filesystems")}>
        <SectionBody id={id} section="storage">
          {(storage) => <Filesystems id={id} filesystems={storage.filesystems ?? []} />}
        </SectionBody>
      </Card>
      <Card flush title={t("storage.devices")}>
        <SectionBody id={id} section="storage">
          {(storage) => <Devices devices={storage.devices ?? []} />}
        </SectionBody>
      </Card>
      <StoredParts id={id} />
    </div>
  );
}

function StoredTroubles({ id }: { id: string }) {
  const storage = useSection(id, "storage").data?.body;
  return storage ? <Troubles storage={storage} /> : null;
}

function StoredParts({ id }: { id: string }) {
  const storage = useSection(id, "storage").data?.body;
  return storage ? <StorageParts storage={storage} /> : null;
}

interface FilledFilesystem extends Filesystem {
  used: number | null;
  ratio: number | null;
}

/** Joins file systems with their latest measured use, by mount point. */
function fill(filesystems: readonly Filesystem[], latest: LatestSamples | undefined): FilledFilesystem[] {
  const find = (metric: string, mount: string) => latest?.values.find((one) => one.metric === metric && one.dimension === mount)?.mean ?? null;
  return filesystems.map((filesystem) => {
    const mount = readText(filesystem.mount_point);
    const used = find("filesystem_used_bytes", mount);
    const size = find("filesystem_size_bytes", mount) ?? filesystem.size_bytes ?? 0;
    return { ...filesystem, used, ratio: used === null || size === 0 ? null : used / size };
  });
}

function Filesystems({ id, filesystems }: { id: string; filesystems: readonly Filesystem[] }) {
  const t = useT();
  const latest = useLatestSamples(id);
  const rows = useMemo(() => fill(filesystems, latest.data), [filesystems, latest.data]);
  const columns = useFilesystemColumns();
  if (filesystems.length === 0) return <EmptyState title={t("section.empty")}>{t("section.empty_text")}</EmptyState>;
  return <DataTable label={t("storage.filesystems")} columns={columns} rows={rows} rowKey={(row) => `${readText(row.mount_point)}|${readText(row.source)}`} />;
}

function useFilesystemColumns(): Column<FilledFilesystem>[] {
  const t = useT();
  const locale = useLocale();
  return useMemo(
    () => [
      { id: "mount", header: t("storage.mount_point"), size: 190, value: (row) => readText(row.mount_point), cell: (row) => <Name>{readText(row.mount_point)}</Name> },
      { id: "ratio", header: t("storage.usage"), size: 190, value: (row) => row.ratio, cell: (row) => <Usage row={row} /> },
      { id: "used", header: t("storage.used"), size: 96, align: "end", value: (row) => row.used, cell: (row) => (row.used === null ? "—" : formatBytes(row.used, locale)) },
      { id: "size", header: t("storage.size"), size: 96, align: "end", value: (row) => row.size_bytes, cell: (row) => (row.size_bytes ? formatBytes(row.size_bytes, locale) : "—") },
      { id: "kind", header: t("storage.kind"), size: 80, value: (row) => row.kind, cell: (row) => row.kind ?? "—" },
      { id: "source", header: t("storage.source"), size: 210, value: (row) => readText(row.source), cell: (row) => <Name>{readText(row.source)}</Name> },
      { id: "mode", header: t("storage.mode"), size: 110, cell: (row) => <Mode row={row} /> },
    ],
    [t, locale],
  );
}

function Usage({ row }: { row: FilledFilesystem }) {
  const t = useT();
  const locale = useLocale();
  if (row.ratio === null) return <span className="muted">{t("storage.not_measured")}</span>;
  const text = formatRatio(row.ratio, locale);
  return (
    <span className={styles.usage}>
      <UsageBar ratio={row.ratio} label={t("storage.usage_of", { mount: readText(row.mount_point) })} />
      <span className="num">{text}</span>
    </span>
  );
}

function Mode({ row }: { row: Filesystem }) {
  const t = useT();
  if (row.read_only) return <Badge>{t("storage.read_only")}</Badge>;
  return row.remote ? <Badge tone="accent">{t("storage.network")}</Badge> : t("storage.read_write");
}

function Devices({ devices }: { devices: readonly BlockDevice[] }) {
  const t = useT();
  const rows = useMemo(() => deviceTree(devices), [devices]);
  const columns = useDeviceColumns();
  if (rows.length === 0) return <EmptyState title={t("section.empty")}>{t("section.empty_text")}</EmptyState>;
  return <DataTable label={t("storage.devices")} columns={columns} rows={rows} rowKey={(row) => row.key} />;
}

function useDeviceColumns(): Column<DeviceRow>[] {
  const t = useT();
  const locale = useLocale();
  return useMemo(
    () => [
      {
        id: "name",
        header: t("storage.device"),
        size: 220,
        cell: ({ device, depth }) => (
          <span className={styles.tree} style={{ paddingLeft: depth * 18 }}>
            {depth > 0 && <span aria-hidden="true">└</span>}
            <Code>{device.name}</Code>
            {device.label && (
              <span className="muted grow">
                <Name>{device.label}</Name>
              </span>
            )}
          </span>
        ),
      },
      { id: "health", header: t("storage.health"), size: 165, cell: ({ device }) => <HealthBadge health={device.health} /> },
      { id: "kind", header: t("storage.kind"), size: 90, cell: ({ device }) => codeText(t, "device_kind", device.kind ?? "other") },
      { id: "size", header: t("storage.size"), size: 96, align: "end", cell: ({ device }) => (device.size_bytes ? formatBytes(device.size_bytes, locale) : "—") },
      { id: "model", header: t("hardware.model"), size: 200, cell: ({ device }) => <Name>{[device.vendor, device.model].filter(Boolean).join(" ") || "—"}</Name> },
      { id: "serial", header: t("hardware.serial"), size: 170, cell: ({ device }) => <CopyCode text={device.serial} label={t("ui.copy")} /> },
      { id: "transport", header: t("storage.transport"), size: 90, cell: ({ device }) => device.transport ?? "—" },
      { id: "media", header: t("storage.media"), size: 100, cell: ({ device }) => (device.rotational === true ? "HDD" : device.rotational === false ? "SSD" : "—") },
    ],
    [t, locale],
  );
}
