import type { BlockDevice } from "../../../api/sections";

/** A device in the order and depth in which it shows; one that lies on several devices shows below each. */
export interface DeviceRow {
  key: string;
  device: BlockDevice;
  depth: number;
}

const DEEPEST = 12;

/** Disks first, what lies on them below. A device whose parents are not reported stands at the top; circles are cut. */
export function deviceTree(devices: readonly BlockDevice[]): DeviceRow[] {
  const names = new Set(devices.map((device) => device.name));
  const known = (device: BlockDevice) => (device.parents ?? []).filter((parent) => names.has(parent) && parent !== device.name);
  const rows: DeviceRow[] = [];
  function put(device: BlockDevice, depth: number, above: readonly string[]) {
    rows.push({ key: [...above, device.name].join("/"), device, depth });
    if (depth >= DEEPEST) return;
    for (const child of devices) {
      if (known(child).includes(device.name) && !above.includes(child.name)) put(child, depth + 1, [...above, device.name]);
    }
  }
  for (const device of devices) if (known(device).length === 0) put(device, 0, []);
  const placed = new Set(rows.map((row) => row.device.name));
  for (const device of devices) if (!placed.has(device.name)) rows.push({ key: device.name, device, depth: 0 });
  return rows;
}
