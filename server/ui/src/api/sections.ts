/**
 * The bodies of report sections. The server hands them out as the agent sent them, so its contract leaves them open;
 * every field may be absent, because an older agent may not have sent it.
 */

import type { Accounts, Certificates, Cloud, Containers, Custom, Devices, Firewall, Kernel, MemoryModule, Products, Schedules, Updates } from "./inventory";
import type { WireText } from "./text";

export * from "./inventory";
export { readText, type WireText } from "./text";

export interface Firmware {
  vendor?: string | null;
  product?: string | null;
  version?: string | null;
  serial?: string | null;
}

export interface Identity {
  hostname?: string;
  fqdn?: string | null;
  machine_id?: string | null;
  boot_id?: string | null;
  system?: Firmware;
  board?: Firmware;
  product_uuid?: string | null;
  tpm_key?: string | null;
  chassis_type?: number | null;
  bios_vendor?: string | null;
  bios_version?: string | null;
  bios_date?: string | null;
  hypervisor?: string | null;
  container?: string | null;
  is_hypervisor?: boolean;
}

export interface Os {
  pretty_name?: string;
  name?: string;
  version?: string | null;
  codename?: string | null;
  kernel_release?: string;
  kernel_version?: string;
  architecture?: string;
  timezone?: string | null;
  init?: string | null;
}

export interface Cpu {
  model?: string | null;
  vendor?: string | null;
  sockets?: number;
  cores?: number;
  threads?: number;
  numa_nodes?: number;
  max_mhz?: number | null;
  cache_bytes?: number | null;
  microcode?: string | null;
  vulnerable_to?: string[];
}

export interface Memory {
  total_bytes?: number;
  swap_total_bytes?: number;
  huge_page_bytes?: number | null;
  huge_pages?: number | null;
  error_correction?: string | null;
  max_bytes?: number | null;
  modules?: MemoryModule[];
}

export interface BlockDevice {
  name: string;
  kind?: string;
  size_bytes?: number;
  parents?: string[];
  label?: string | null;
  vendor?: string | null;
  model?: string | null;
  serial?: string | null;
  wwn?: string | null;
  rotational?: boolean | null;
  removable?: boolean;
  read_only?: boolean;
  transport?: string | null;
  firmware?: string | null;
  health?: Health | null;
}

/** What a device or the kernel says of its state. */
export interface Health {
  verdict?: string;
  by?: string;
  worn_percent?: number | null;
  problem?: string | null;
}

export interface LogicalVolume {
  name: string;
  uuid?: string | null;
  device?: string | null;
  size_bytes?: number | null;
  layout?: string | null;
}

export interface VolumeGroup {
  name: string;
  uuid?: string | null;
  /** Absent where its metadata cannot be read. */
  size_bytes?: number | null;
  free_bytes?: number | null;
  physical_volumes?: string[];
  volumes?: LogicalVolume[];
}

export interface RaidArray {
  device: string;
  level?: string;
  state?: string;
  members_wanted?: number;
  /** How many members it lacks. */
  degraded?: number;
  action?: string | null;
  members?: { device: string; state?: string }[];
}

export interface Multipath {
  device: string;
  name?: string;
  wwid?: string | null;
  paths?: { device: string; state?: string | null }[];
}

export interface Export {
  path: WireText;
  clients?: string[];
}

export interface Filesystem {
  mount_point: WireText;
  kind?: string;
  source?: WireText;
  device?: string | null;
  uuid?: string | null;
  size_bytes?: number | null;
  read_only?: boolean;
  remote?: { server?: string; address?: string | null; path?: WireText } | null;
}

export interface Storage {
  devices?: BlockDevice[];
  filesystems?: Filesystem[];
  volume_groups?: VolumeGroup[];
  raid_arrays?: RaidArray[];
  multipaths?: Multipath[];
  exports?: Export[];
}

export interface NetworkInterface {
  name: string;
  kind?: string;
  mac?: string | null;
  permanent_mac?: string | null;
  mtu?: number;
  up?: boolean;
  speed_mbps?: number | null;
  full_duplex?: boolean | null;
  driver?: string | null;
  master?: string | null;
  parents?: string[];
  addresses?: { address: string; prefix: number; dynamic?: boolean }[];
  vlan?: number | null;
  bond?: Bond | null;
  bridge?: Bridge | null;
  bus_address?: string | null;
}

export interface Bond {
  mode?: string;
  members?: { interface: string; up?: boolean }[];
  active?: string | null;
  monitor_ms?: number | null;
}

export interface Bridge {
  ports?: string[];
  stp?: boolean;
  vlan_filtering?: boolean;
}

/** The other end of a link, by its own words (LLDP). */
export interface Neighbour {
  interface: string;
  chassis?: string;
  port?: string;
  port_description?: string | null;
  name?: string | null;
  description?: string | null;
  addresses?: string[];
  vlan?: number | null;
}

export interface Route {
  destination: string;
  prefix: number;
  gateway?: string | null;
  interface: string;
  metric?: number;
}

export interface Network {
  interfaces?: NetworkInterface[];
  routes?: Route[];
  nameservers?: string[];
  search_domains?: string[];
  neighbours?: Neighbour[];
}

export interface Unit {
  name: string;
  description?: string | null;
  enablement?: string | null;
  state?: string | null;
  user?: string | null;
  program?: WireText | null;
}

export interface Services {
  manager?: string | null;
  units?: Unit[];
}

export interface Process {
  pid: number;
  parent_pid?: number;
  name?: WireText;
  executable?: WireText | null;
  command_line?: WireText;
  user?: string;
  started_s?: number;
  unit?: string | null;
  container?: string | null;
}

export interface Processes {
  processes?: Process[];
}

export interface Owner {
  name?: WireText | null;
  executable?: WireText | null;
  user?: string | null;
  unit?: string | null;
  container?: string | null;
  package?: string | null;
}

export interface Listener {
  transport: string;
  address: string;
  port: number;
  owner?: Owner;
}

export interface Sockets {
  listeners?: Listener[];
}

export interface ConnectionEntry {
  direction: string;
  transport: string;
  owner?: Owner;
  remote_address: string;
  port: number;
  local_address: string;
  count: number;
}

export interface Connections {
  connections?: ConnectionEntry[];
}

export interface SectionBodies {
  identity: Identity;
  os: Os;
  cpu: Cpu;
  memory: Memory;
  storage: Storage;
  network: Network;
  services: Services;
  processes: Processes;
  sockets: Sockets;
  connections: Connections;
  devices: Devices;
  kernel: Kernel;
  firewall: Firewall;
  updates: Updates;
  schedules: Schedules;
  accounts: Accounts;
  certificates: Certificates;
  containers: Containers;
  products: Products;
  cloud: Cloud;
  custom: Custom;
}
