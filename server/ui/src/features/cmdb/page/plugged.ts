import type { Devices } from "../../../api/sections";

/** What a plugged-in device is for, in the order in which a reader looks for it. */
export const deviceGroups = ["accelerator", "display", "network", "wireless", "storage", "input", "multimedia", "printer", "imaging", "smart_card", "communication", "processor", "memory", "serial_bus", "hub", "system", "bridge", "other"] as const;
export type DeviceGroup = (typeof deviceGroups)[number];

/** A device on PCI or USB, as one row of a list. */
export interface PluggedRow {
  bus: "pci" | "usb";
  group: DeviceGroup;
  place: string;
  /** Maker and device by name, else by number. */
  name: string;
  /** `8086:1572`. */
  ids: string;
  kind: string | null;
  subsystem: string | null;
  revision: string | null;
  serial: string | null;
  drivers: string[];
  speed_mbps: number | null;
}

/** By the base class of PCI, and by the class of USB. */
const PCI: Record<string, DeviceGroup> = { "01": "storage", "02": "network", "03": "display", "04": "multimedia", "05": "memory", "06": "bridge", "07": "communication", "08": "system", "09": "input", "0a": "system", "0b": "processor", "0c": "serial_bus", "0d": "wireless", "0f": "communication", "10": "accelerator", "11": "communication", "12": "accelerator", "40": "accelerator" };
const USB: Record<string, DeviceGroup> = { "01": "multimedia", "02": "communication", "03": "input", "06": "imaging", "07": "printer", "08": "storage", "09": "hub", "0a": "communication", "0b": "smart_card", "0e": "multimedia", e0: "wireless" };

export function pluggedRows(devices: Devices): PluggedRow[] {
  const pci = (devices.pci ?? []).map((one): PluggedRow => {
    const ids = [one.vendor_id, one.device_id].filter(Boolean).join(":");
    const card = [one.subsystem_vendor_id, one.subsystem_id].filter(Boolean).join(":");
    return {
      bus: "pci",
      group: PCI[one.class_id?.slice(0, 2).toLowerCase() ?? ""] ?? "other",
      place: one.address,
      name: [one.vendor, one.device].filter(Boolean).join(" ") || ids,
      ids,
      kind: one.class ?? one.class_id ?? null,
      subsystem: [one.subsystem, card].filter(Boolean).join(" · ") || null,
      revision: one.revision ?? null,
      serial: null,
      drivers: one.driver ? [one.driver] : [],
      speed_mbps: null,
    };
  });
  const usb = (devices.usb ?? []).map((one): PluggedRow => {
    const ids = [one.vendor_id, one.product_id].filter(Boolean).join(":");
    return {
      bus: "usb",
      group: USB[one.class_id?.toLowerCase() ?? ""] ?? "other",
      place: one.place,
      name: [one.vendor, one.product].filter(Boolean).join(" ") || ids,
      ids,
      kind: one.class_id ?? null,
      subsystem: null,
      revision: null,
      serial: one.serial ?? null,
      drivers: one.drivers ?? [],
      speed_mbps: one.speed_mbps ?? null,
    };
  });
  const rank = (row: PluggedRow) => deviceGroups.indexOf(row.group);
  return [...pci, ...usb].sort((a, b) => rank(a) - rank(b));
}

/** How many devices there are of each group, in the groups' order. */
export function countGroups(rows: readonly PluggedRow[]): [DeviceGroup, number][] {
  const counts = new Map<DeviceGroup, number>();
  for (const row of rows) counts.set(row.group, (counts.get(row.group) ?? 0) + 1);
  return [...counts];
}
