/**
 * The bodies of report sections. The server hands them out as the agent sent them, so its contract leaves them open;
 * every field may be absent, because an older agent may not have sent it.
 */

/** Bytes from the kernel: text, or base64 where they are not UTF-8. */
export type WireText = string | { b64: string };

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
}

export interface Filesystem {
  mount_point: WireText;
  kind?: string;
  source?: WireText;
  device?: string | null;
  uuid?: string | null;
  size_bytes?: number;
  read_only?: boolean;
  remote?: { server?: string; address?: string | null; path?: WireText } | null;
}

export interface Storage {
  devices?: BlockDevice[];
  filesystems?: Filesystem[];
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
}

/** Readable text; bytes that are no UTF-8 show as U+FFFD. */
export function readText(text: WireText | null | undefined): string {
  if (text === null || text === undefined) return "";
  if (typeof text === "string") return text;
  try {
    const bytes = Uint8Array.from(atob(text.b64), (letter) => letter.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return "\uFFFD";
  }
}
