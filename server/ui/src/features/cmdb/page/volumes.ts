import type { Storage } from "../../../api/sections";

/** A volume group, or below it a logical volume. */
export interface VolumeRow {
  key: string;
  depth: 0 | 1;
  name: string;
  uuid: string | null;
  device: string;
  size: number | null;
  /** What no volume has taken; of groups only. */
  free: number | null;
  layout: string | null;
}

export function volumeRows(storage: Storage): VolumeRow[] {
  return (storage.volume_groups ?? []).flatMap((group, at) => [
    { key: `${at}`, depth: 0 as const, name: group.name, uuid: group.uuid ?? null, device: (group.physical_volumes ?? []).join(", "), size: group.size_bytes ?? null, free: group.free_bytes ?? null, layout: null },
    ...(group.volumes ?? []).map((volume, below) => ({ key: `${at}/${below}`, depth: 1 as const, name: volume.name, uuid: volume.uuid ?? null, device: volume.device ?? "", size: volume.size_bytes ?? null, free: null, layout: volume.layout ?? null })),
  ]);
}

/** Several devices as one, or below it one of them. */
export interface BundleRow {
  key: string;
  depth: 0 | 1;
  device: string;
  /** What it is: `raid1`, the name of a map. */
  label: string;
  state: string | null;
  /** Members that it lacks, or ways that are down. */
  lacking: number;
  /** Members that it is made for, or ways that there are. */
  wanted: number;
  action: string | null;
  wwid: string | null;
}

export function raidRows(storage: Storage): BundleRow[] {
  return (storage.raid_arrays ?? []).flatMap((array, at) => [
    { key: `${at}`, depth: 0 as const, device: array.device, label: array.level ?? "", state: array.state ?? null, lacking: array.degraded ?? 0, wanted: array.members_wanted ?? 0, action: array.action ?? null, wwid: null },
    ...(array.members ?? []).map((member, below) => memberRow(`${at}/${below}`, member.device, member.state)),
  ]);
}

export function multipathRows(storage: Storage): BundleRow[] {
  return (storage.multipaths ?? []).flatMap((map, at) => {
    const paths = map.paths ?? [];
    return [
      { key: `${at}`, depth: 0 as const, device: map.device, label: map.name ?? "", state: null, lacking: paths.filter(isDown).length, wanted: paths.length, action: null, wwid: map.wwid ?? null },
      ...paths.map((path, below) => memberRow(`${at}/${below}`, path.device, path.state)),
    ];
  });
}

const isDown = (path: { state?: string | null }) => path.state !== null && path.state !== undefined && path.state !== "running";

function memberRow(key: string, device: string, state: string | null | undefined): BundleRow {
  return { key, depth: 1, device, label: "", state: state ?? null, lacking: 0, wanted: 0, action: null, wwid: null };
}

/** What is wrong with the storage and cannot wait until somebody scrolls down to it. */
export type StorageTrouble = { kind: "disk"; device: string; verdict: string; problem: string | null } | { kind: "raid" | "multipath"; device: string; lacking: number; wanted: number } | { kind: "raid_state"; device: string; state: string };

const DEAD_STATES = ["inactive", "broken"];

export function storageTroubles(storage: Storage): StorageTrouble[] {
  const disks = (storage.devices ?? []).flatMap((device): StorageTrouble[] => {
    const verdict = device.health?.verdict;
    return verdict && verdict !== "ok" ? [{ kind: "disk", device: device.name, verdict, problem: device.health?.problem ?? null }] : [];
  });
  const arrays = (storage.raid_arrays ?? []).flatMap((array): StorageTrouble[] => {
    if (array.state && DEAD_STATES.includes(array.state)) return [{ kind: "raid_state", device: array.device, state: array.state }];
    return array.degraded ? [{ kind: "raid", device: array.device, lacking: array.degraded, wanted: array.members_wanted ?? 0 }] : [];
  });
  const maps = multipathRows(storage).flatMap((row): StorageTrouble[] => (row.depth === 0 && row.lacking > 0 ? [{ kind: "multipath", device: row.label || row.device, lacking: row.lacking, wanted: row.wanted }] : []));
  return [...disks, ...arrays, ...maps];
}
