/**
 * Bodies of the sections about what is in a host and what it is made to do; see `sections.ts` for what holds for all.
 * Numbers that end in `_s` are seconds since 1970.
 */
import type { WireText } from "./text";

export interface MemoryModule {
  slot: string;
  bank?: string | null;
  /** Absent for an empty slot. */
  size_bytes?: number | null;
  form?: string | null;
  technology?: string | null;
  max_mts?: number | null;
  mts?: number | null;
  vendor?: string | null;
  part_number?: string | null;
  serial?: string | null;
}

export interface PciDevice {
  address: string;
  class_id?: string;
  class?: string | null;
  vendor_id?: string;
  vendor?: string | null;
  device_id?: string;
  device?: string | null;
  subsystem_vendor_id?: string | null;
  subsystem_id?: string | null;
  subsystem?: string | null;
  revision?: string | null;
  driver?: string | null;
}

export interface UsbDevice {
  place: string;
  vendor_id?: string;
  vendor?: string | null;
  product_id?: string;
  product?: string | null;
  serial?: string | null;
  class_id?: string | null;
  drivers?: string[];
  speed_mbps?: number | null;
}

export interface Gpu {
  address: string;
  name?: string;
  driver?: string | null;
  driver_version?: string | null;
  memory_bytes?: number | null;
  serial?: string | null;
}

export interface Slot {
  name: string;
  kind?: string | null;
  in_use?: boolean | null;
  address?: string | null;
}

export interface Devices {
  pci?: PciDevice[];
  usb?: UsbDevice[];
  gpus?: Gpu[];
  slots?: Slot[];
}

export interface KernelModule {
  name: string;
  version?: string | null;
  out_of_tree?: boolean;
}

export interface Kernel {
  modules?: KernelModule[];
  parameters?: { name: string; value: string }[];
  command_line?: string | null;
  taints?: string[];
  security_modules?: string[];
  selinux?: string | null;
  lockdown?: string | null;
  secure_boot?: boolean | null;
}

export interface Firewall {
  managers?: { name: string; enabled?: boolean | null }[];
  filtering?: boolean | null;
  rules?: number | null;
}

export interface PendingUpdate {
  ecosystem?: string;
  name: string;
  architecture?: string | null;
  installed?: string;
  available?: string;
  security?: boolean;
}

export interface Updates {
  /** Absent where the host has no list of what there is. */
  pending?: PendingUpdate[] | null;
  checked_s?: number | null;
  reboot_required?: boolean;
  reboot_reasons?: string[];
  automatic?: string | null;
}

export interface Timer {
  name: string;
  unit?: string;
  description?: string | null;
  enablement?: string | null;
  when?: string[];
  persistent?: boolean;
}

export interface CronJob {
  file?: WireText;
  line?: number | null;
  when?: string;
  user?: string;
  command?: WireText;
}

export interface Schedules {
  timers?: Timer[];
  jobs?: CronJob[];
  /** Files with more of them that the agent may not read. */
  unread?: WireText[];
}

export interface LocalUser {
  uid: number;
  name: string;
  gid?: number;
  full_name?: string | null;
  home?: WireText;
  shell?: WireText;
  interactive?: boolean;
  password?: string | null;
  authorised_keys?: number | null;
}

export interface LocalGroup {
  gid: number;
  name: string;
  members?: string[];
}

export interface Accounts {
  users?: LocalUser[];
  groups?: LocalGroup[];
}

export interface Certificate {
  fingerprint: string;
  subject?: string;
  issuer?: string;
  serial?: string;
  not_before_s?: number;
  not_after_s?: number;
  names?: string[];
  key?: string;
  signature?: string;
  is_authority?: boolean;
  self_issued?: boolean;
  files?: WireText[];
  listeners?: string[];
}

export interface Certificates {
  certificates?: Certificate[];
  /** Files that the agent may not read. */
  unread?: WireText[];
}

export interface PublishedPort {
  transport?: string;
  /** Absent for every address of the host. */
  address?: string | null;
  /** Absent where the port is not published. */
  port?: number | null;
  container_port: number;
}

export interface Container {
  id: string;
  manager?: string;
  name?: string | null;
  image?: string | null;
  image_id?: string | null;
  state?: string | null;
  created_s?: number | null;
  ports?: PublishedPort[];
  mounts?: { target?: WireText; source?: WireText; read_only?: boolean }[];
  networks?: string[];
  labels?: { name: string; value: string }[];
  memory_limit_bytes?: number | null;
  cpu_limit_millis?: number | null;
}

export interface Guest {
  uuid: string;
  name: string;
  hypervisor?: string;
  running?: boolean;
  autostart?: boolean | null;
  cpus?: number | null;
  memory_bytes?: number | null;
  disks?: WireText[];
  macs?: string[];
}

export interface ContainerManager {
  name: string;
  version?: string | null;
  /** Whether it could be asked; otherwise only what the kernel shows is known. */
  asked?: boolean;
}

export interface Containers {
  managers?: ContainerManager[];
  containers?: Container[];
  guests?: Guest[];
}

export interface KnownProduct {
  name: string;
  role?: string;
  version?: string | null;
  version_by?: string | null;
  place?: WireText;
  unit?: string | null;
  container?: string | null;
  user?: string | null;
  member_role?: string | null;
}

export interface Products {
  products?: KnownProduct[];
}

export interface Cloud {
  provider?: string | null;
  instance_id?: string | null;
  region?: string | null;
  zone?: string | null;
}

export type FactValue = boolean | number | string | string[];

export interface Custom {
  /** Facts by the file they are from and by name. */
  facts?: { namespace: string; name: string; value: FactValue }[];
  /** Files that gave none, and why. */
  problems?: { namespace: string; problem: string }[];
}
