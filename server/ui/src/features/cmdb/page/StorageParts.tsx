import { useMemo, type ReactNode } from "react";
import { readText, type Export, type Storage } from "../../../api/sections";
import { formatBytes, formatRatio } from "../../../format/number";
import { codeText, useLocale, useT, type Translate } from "../../../i18n";
import { Badge, type Mark, type Tone } from "../../../ui/Badge";
import { Card, RowList } from "../../../ui/Card";
import { DataTable, type Column } from "../../../ui/DataTable";
import { Note } from "../../../ui/States";
import { Code, CopyCode, Name, Path, UsageBar } from "../../../ui/Text";
import styles from "./CiPage.module.css";
import { multipathRows, raidRows, storageTroubles, volumeRows, type BundleRow, type StorageTrouble, type VolumeRow } from "./volumes";

/** What is wrong with the disks, in words. */
export function Troubles({ storage }: { storage: Storage }) {
  const t = useT();
  const troubles = useMemo(() => storageTroubles(storage), [storage]);
  if (troubles.length === 0) return null;
  return (
    <Note tone="critical">
      <ul>
        {troubles.map((trouble, at) => (
          <li key={at}>
            <Code>{trouble.device}</Code> {troubleWords(trouble, t)}
          </li>
        ))}
      </ul>
    </Note>
  );
}

function troubleWords(trouble: StorageTrouble, t: Translate): string {
  if (trouble.kind === "disk") return [codeText(t, "health", trouble.verdict), trouble.problem].filter(Boolean).join(" · ");
  if (trouble.kind === "raid_state") return codeText(t, "bundle_state", trouble.state);
  return t(trouble.kind === "raid" ? "storage.raid_lacks" : "storage.paths_down", { lacking: trouble.lacking, wanted: trouble.wanted });
}

/** Arrays, volume groups, ways to disks and exports: each only where there is one. */
export function StorageParts({ storage }: { storage: Storage }) {
  const t = useT();
  const raid = useMemo(() => raidRows(storage), [storage]);
  const volumes = useMemo(() => volumeRows(storage), [storage]);
  const maps = useMemo(() => multipathRows(storage), [storage]);
  return (
    <>
      {raid.length > 0 && <Bundles title={t("storage.raid_arrays")} rows={raid} what={t("storage.level")} parts={t("storage.members")} />}
      {volumes.length > 0 && <Volumes rows={volumes} />}
      {maps.length > 0 && <Bundles title={t("storage.multipaths")} rows={maps} what={t("ci.name")} parts={t("storage.paths")} />}
      {(storage.exports ?? []).length > 0 && <Exports exports={storage.exports ?? []} />}
    </>
  );
}

function Bundles({ title, rows, what, parts }: { title: string; rows: readonly BundleRow[]; what: string; parts: string }) {
  const columns = useBundleColumns(what, parts, rows.some((row) => row.wwid !== null));
  return (
    <Card flush title={title}>
      <DataTable label={title} columns={columns} rows={rows} rowKey={(row) => row.key} />
    </Card>
  );
}

function useBundleColumns(what: string, parts: string, withWwid: boolean): Column<BundleRow>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "device", header: t("storage.device"), size: 200, cell: (row: BundleRow) => <Branch depth={row.depth}><Code>{row.device}</Code></Branch> },
      { id: "state", header: t("network.state"), size: 240, cell: (row: BundleRow) => <BundleState row={row} /> },
      { id: "label", header: what, size: 150, cell: (row: BundleRow) => row.label || "—" },
      { id: "wanted", header: parts, size: 130, align: "end" as const, cell: (row: BundleRow) => (row.depth === 0 ? `${row.wanted - row.lacking} / ${row.wanted}` : "—") },
      ...(withWwid ? [{ id: "wwid", header: "WWID", size: 290, cell: (row: BundleRow) => <CopyCode text={row.wwid} label={t("ui.copy")} /> }] : []),
    ],
    [t, what, parts, withWwid],
  );
}

const GOOD = ["clean", "active", "active-idle", "write-pending", "in_sync", "running", "readonly", "read-auto"];
const BAD = ["faulty", "inactive", "offline", "broken", "blocked"];

function look(row: BundleRow): [Tone, Mark] {
  if (row.lacking > 0 || (row.state && BAD.includes(row.state))) return ["critical", "cross"];
  return row.state === null || GOOD.includes(row.state) ? ["ok", "round"] : ["neutral", "ring"];
}

function BundleState({ row }: { row: BundleRow }) {
  const t = useT();
  if (row.state === null && row.depth === 1) return <span className="muted">{t("ui.unknown")}</span>;
  const [tone, mark] = look(row);
  const degraded = row.depth === 0 && row.lacking > 0;
  const word = degraded ? t("storage.degraded") : row.state === null ? t("storage.all_up") : codeText(t, "bundle_state", row.state);
  return (
    <span className="row">
      <Badge tone={tone} mark={mark}>
        {word}
      </Badge>
      {degraded && row.state && <span className="muted">{codeText(t, "bundle_state", row.state)}</span>}
      {row.action && <Badge tone="accent">{codeText(t, "raid_action", row.action)}</Badge>}
    </span>
  );
}

/** What stands below something else stands further in. */
function Branch({ depth, children }: { depth: number; children: ReactNode }) {
  return (
    <span className={styles.tree} style={{ paddingLeft: depth * 18 }}>
      {depth > 0 && <span aria-hidden="true">└</span>}
      {children}
    </span>
  );
}

function Volumes({ rows }: { rows: readonly VolumeRow[] }) {
  const t = useT();
  const columns = useVolumeColumns();
  return (
    <Card flush title={t("storage.volume_groups")}>
      <DataTable label={t("storage.volume_groups")} columns={columns} rows={rows} rowKey={(row) => row.key} />
    </Card>
  );
}

function useVolumeColumns(): Column<VolumeRow>[] {
  const t = useT();
  const locale = useLocale();
  return useMemo(
    () => [
      { id: "name", header: t("ci.name"), size: 190, cell: (row) => <Branch depth={row.depth}><span className="grow"><Name>{row.name}</Name></span></Branch> },
      { id: "usage", header: t("storage.allocated"), size: 190, cell: (row) => <Allocated row={row} /> },
      { id: "size", header: t("storage.size"), size: 96, align: "end", cell: (row) => (row.size === null ? "—" : formatBytes(row.size, locale)) },
      { id: "free", header: t("storage.free"), size: 96, align: "end", cell: (row) => (row.free === null ? "—" : formatBytes(row.free, locale)) },
      { id: "layout", header: t("storage.layout"), size: 110, cell: (row) => row.layout ?? "—" },
      { id: "device", header: t("storage.device"), size: 170, cell: (row) => <Path text={row.device} /> },
      { id: "uuid", header: "UUID", size: 260, cell: (row) => <CopyCode text={row.uuid} label={t("ui.copy")} /> },
    ],
    [t, locale],
  );
}

function Allocated({ row }: { row: VolumeRow }) {
  const t = useT();
  const locale = useLocale();
  if (row.depth === 1) return "—";
  if (!row.size || row.free === null) return <span className="muted">{t("ui.unknown")}</span>;
  const ratio = (row.size - row.free) / row.size;
  return (
    <span className={styles.usage}>
      <UsageBar calm ratio={ratio} label={t("storage.allocated_of", { name: row.name })} />
      <span className="num">{formatRatio(ratio, locale)}</span>
    </span>
  );
}

function Exports({ exports }: { exports: readonly Export[] }) {
  const t = useT();
  return (
    <Card flush title={t("storage.exports")}>
      <RowList>
        {exports.map((one, at) => (
          <li key={at} className={styles.top}>
            <Code>{readText(one.path)}</Code>
            <span className="grow row wrap">
              {(one.clients ?? []).map((client, place) => (
                <span key={place} className="soft">
                  <Code>{client}</Code>
                </span>
              ))}
            </span>
          </li>
        ))}
      </RowList>
    </Card>
  );
}
