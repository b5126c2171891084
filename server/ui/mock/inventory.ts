import { startedAt } from "./clock.ts";
import type { Stored } from "./estate.ts";

const GiB = 1024 ** 3;
const DAY = 86_400;
const now = Math.floor(startedAt / 1000);
/** Pairs as they travel: in a list, because a name may be anything. */
const named = <Value>(pairs: Record<string, Value>) => Object.entries(pairs).map(([name, value]) => ({ name, value }));
const hex = (seed: number, length: number) => Array.from({ length }, (_, at) => ((seed * 31 + at * 7 + ((seed >> at % 8) & 15)) % 16).toString(16)).join("");

export const memoryModules = Array.from({ length: 16 }, (_, at) => {
  const slot = `PROC ${at < 8 ? 1 : 2} DIMM ${1 + (at % 8)}`;
  if (at % 2) return { slot, bank: null, size_bytes: null };
  return { slot, bank: `Bank ${at / 2}`, size_bytes: 32 * GiB, form: "dimm", technology: "DDR5", max_mts: 5600, mts: at === 4 ? 4400 : 4800, vendor: "Samsung", part_number: "M321R4GA3BB6-CQKET", serial: `03A1B2${at.toString(16).toUpperCase()}F` };
});

export const storageParts = {
  volume_groups: [
    {
      name: "vg0",
      uuid: "aTz3Hf-1kQm-8s2W-Yb0n-Xr5L-pE7c-VdQ9uJ",
      size_bytes: 1023 * GiB,
      free_bytes: 3 * GiB,
      physical_volumes: ["nvme0n1p2"],
      volumes: [
        { name: "root", uuid: "0aK9pM-Wd2f-4HsE-Lq8x-Tn1V-cY6b-RzJ5uG", device: "dm-0", size_bytes: 40 * GiB, layout: "linear" },
        { name: "var", uuid: null, device: "dm-1", size_bytes: 120 * GiB, layout: "linear" },
        { name: "데이터", uuid: null, device: "dm-2", size_bytes: 860 * GiB, layout: "thin" },
      ],
    },
    { name: "vg_backup", uuid: null, size_bytes: null, free_bytes: null, physical_volumes: ["kJ2m9Q-missing"], volumes: [] },
  ],
  raid_arrays: [
    { device: "md0", level: "raid1", state: "clean", members_wanted: 2, degraded: 0, action: null, members: [{ device: "sda1", state: "in_sync" }, { device: "sdb1", state: "in_sync" }] },
    { device: "md1", level: "raid5", state: "active", members_wanted: 4, degraded: 1, action: "recover", members: [{ device: "sda2", state: "in_sync" }, { device: "sdb2", state: "in_sync" }, { device: "sdc2", state: "in_sync" }, { device: "sdd2", state: "faulty" }, { device: "sde2", state: "spare" }] },
  ],
  multipaths: [{ device: "dm-3", name: "mpatha", wwid: "3600508b1001c7e0a5f3b1d4c9e8f7a61", paths: [{ device: "sdf", state: "running" }, { device: "sdg", state: "offline" }] }],
  exports: [{ path: "/srv/데이터", clients: ["10.0.0.0/8(rw,sync,no_subtree_check)", "*.hanbit.example(ro)"] }, { path: "/srv/iso", clients: ["*(ro)"] }],
};

export const moreDisks = [
  { name: "sda", kind: "disk", size_bytes: 4000 * GiB, parents: [], vendor: "SEAGATE", model: "ST4000NM000A", serial: "WFN1A2B3", rotational: true, transport: "sas", firmware: "SN03", health: { verdict: "ok", by: "smart" } },
  { name: "sdb", kind: "disk", size_bytes: 4000 * GiB, parents: [], vendor: "SEAGATE", model: "ST4000NM000A", serial: "WFN1A2C4", rotational: true, transport: "sas", health: { verdict: "worn", by: "smart", worn_percent: 96 } },
  { name: "sdd", kind: "disk", size_bytes: 4000 * GiB, parents: [], vendor: "SEAGATE", model: "ST4000NM000A", serial: "WFN1A2D9", rotational: true, transport: "sas", health: { verdict: "failing", by: "smart", problem: "FAILURE PREDICTION THRESHOLD EXCEEDED" } },
];

export const neighbours = [
  { interface: "eth0", chassis: "b0:26:80:1a:2b:3c", port: "Ethernet1/14", port_description: "web-p-035 eth0 · 서버팜 A", name: "sw-idc1-a07.hanbit.example", description: "Arista Networks EOS version 4.31.2F", addresses: ["10.255.1.7"], vlan: 120 },
  { interface: "eth1", chassis: "b0:26:80:1a:2b:99", port: "Ethernet1/14", port_description: null, name: "sw-idc1-b07.hanbit.example", addresses: ["10.255.1.8", "fd00:ff::8"], vlan: 120 },
];

const devices = {
  pci: [
    ["0000:00:00.0", "060000", "Host bridge", "8086", "Intel Corporation", "09a2", "Ice Lake Memory Map/VT-d", null],
    ["0000:00:1f.0", "060100", "ISA bridge", "8086", "Intel Corporation", "a242", "Lewisburg LPC or eSPI Controller", null],
    ["0000:17:00.0", "010802", "Non-Volatile memory controller", "144d", "Samsung Electronics Co Ltd", "a824", "NVMe SSD Controller PM9A1/PM9A3/980PRO", "nvme"],
    ["0000:31:00.0", "030200", "3D controller", "10de", "NVIDIA Corporation", "26b9", "AD102GL [L40S]", "nvidia"],
    ["0000:3b:00.0", "020000", "Ethernet controller", "8086", "Intel Corporation", "1593", "Ethernet Controller E810-C for SFP", "ice"],
    ["0000:3b:00.1", "020000", "Ethernet controller", "8086", "Intel Corporation", "1593", "Ethernet Controller E810-C for SFP", "ice"],
    ["0000:65:00.0", "010700", "Serial Attached SCSI controller", "1000", "Broadcom / LSI", "10e6", "Fusion-MPT 24GSAS/PCIe SAS40xx", "mpi3mr"],
    ["0000:ff:00.0", "ffff00", null, "1234", null, "0042", null, null],
  ].map(([address, class_id, name, vendor_id, vendor, device_id, device, driver]) => ({ address, class_id, class: name, vendor_id, vendor, device_id, device, driver, subsystem_vendor_id: "1590", subsystem_id: "02d3", subsystem: vendor ? "HPE Adapter" : null, revision: "02" })),
  usb: [
    { place: "1-4", vendor_id: "0557", vendor: "ATEN International Co., Ltd", product_id: "2419", product: "Virtual mouse/keyboard device", serial: null, class_id: "03", drivers: ["usbhid"], speed_mbps: 12 },
    { place: "2-1.2", vendor_id: "0951", vendor: "Kingston Technology", product_id: "1666", product: `DataTraveler "><img src=x onerror=alert(1)>`, serial: "E0D55EA573FCF450A97D10A2", class_id: "08", drivers: ["usb-storage"], speed_mbps: 5000 },
  ],
  gpus: [{ address: "0000:31:00.0", name: "NVIDIA Corporation AD102GL [L40S]", driver: "nvidia", driver_version: "560.35.05", memory_bytes: 48 * GiB, serial: "GPU-5d3a1c7e-9b42-4f0e-8f6a-2a1b3c4d5e6f" }],
  slots: [
    { name: "PCI-E Slot 1", kind: "pci_express_gen5_x16", in_use: true, address: "0000:31:00.0" },
    { name: "PCI-E Slot 2", kind: "pci_express_gen5_x16", in_use: false },
    { name: "OCP Slot 10", kind: "ocp_nic_3.0_small_form_factor", in_use: true, address: "0000:3b:00.0" },
    { name: "PCI-E Slot 4", kind: null, in_use: null },
  ],
};

const kernel = {
  modules: [{ name: "nvidia", version: "560.35.05", out_of_tree: true }, { name: "zfs", version: "2.2.6-1", out_of_tree: true }, ...["8021q", "bonding", "br_netfilter", "dm_multipath", "ice", "ip_tables", "kvm", "kvm_intel", "nf_tables", "nfsd", "nvme", "overlay", "raid1", "raid456", "xfs"].map((name) => ({ name, version: null, out_of_tree: false })), ...Array.from({ length: 120 }, (_, at) => ({ name: `mod_${at}`, out_of_tree: false }))],
  parameters: named({ "fs.file-max": "9223372036854775807", "fs.protected_symlinks": "1", "kernel.dmesg_restrict": "1", "kernel.kptr_restrict": "0", "kernel.randomize_va_space": "2", "kernel.yama.ptrace_scope": "1", "net.core.somaxconn": "4096", "net.ipv4.ip_forward": "1", "net.ipv4.tcp_congestion_control": "bbr", "net.ipv4.tcp_rmem": "4096 131072 6291456", "vm.max_map_count": "262144", "vm.overcommit_memory": "0", "vm.swappiness": "10" }),
  command_line: "BOOT_IMAGE=/vmlinuz-6.1.0-28-amd64 root=/dev/mapper/vg0-root ro quiet audit=1 intel_iommu=on luks.key=***",
  taints: ["P", "O", "E"],
  security_modules: ["lockdown", "capability", "landlock", "yama", "apparmor"],
  selinux: null,
  lockdown: "integrity",
  secure_boot: true,
};

const pendingNames = ["openssl", "libssl3", "linux-image-amd64", "curl", "libcurl4", "tzdata", "base-files", "vim-common", "postgresql-16", "nginx", "python3.11", "systemd"];
const updates = {
  pending: pendingNames.map((name, at) => ({ ecosystem: "deb", name, architecture: at % 5 === 4 ? "all" : "amd64", installed: `1:${at}.0.14-1~deb12u2`, available: `1:${at}.0.15-1~deb12u1`, security: at % 4 === 0 })),
  checked_s: now - 7 * 3600,
  reboot_required: true,
  reboot_reasons: ["linux-image-6.1.0-29-amd64", "libc6", "dbus"],
  automatic: "unattended-upgrades",
};

const schedules = {
  timers: [
    { name: "apt-daily.timer", unit: "apt-daily.service", description: "Daily apt download activities", enablement: "enabled", when: ["OnCalendar=*-*-* 6,18:00"], persistent: true },
    { name: "logrotate.timer", unit: "logrotate.service", description: "Daily rotation of log files", enablement: "enabled", when: ["OnCalendar=daily"], persistent: true },
    { name: "fstrim.timer", unit: "fstrim.service", description: "Discard unused filesystem blocks once a week", enablement: "enabled", when: ["OnCalendar=weekly"], persistent: true },
    { name: "systemd-tmpfiles-clean.timer", unit: "systemd-tmpfiles-clean.service", description: "Daily Cleanup of Temporary Directories", enablement: "static", when: ["OnBootSec=15min", "OnUnitActiveSec=1d"], persistent: false },
    { name: "sysstat-collect.timer", unit: "sysstat-collect.service", description: null, enablement: "enabled", when: ["OnCalendar=*:00/10"], persistent: false },
    { name: "quarter.timer", unit: "분기마감.service", description: "분기 마감", enablement: "disabled", when: ["OnCalendar=Mon..Fri *-03,06,09,12-25..31 23:30:00"], persistent: false },
  ],
  jobs: [
    { file: "/etc/crontab", line: 13, when: "25 6 * * *", user: "root", command: "test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )" },
    { file: "/etc/cron.daily/dpkg", line: null, when: "@daily", user: "root", command: "/etc/cron.daily/dpkg" },
    { file: "/var/spool/cron/crontabs/batch", line: 3, when: "0 2 * * 1-5", user: "batch", command: "/opt/결제/bin/정산 --날짜 $(date +%F) --token=***" },
    { file: "/var/spool/cron/crontabs/batch", line: 4, when: "*/10 9-18 * * 1-5", user: "batch", command: "/opt/결제/bin/sync" },
    { file: "/etc/cron.d/backup", line: 2, when: "30 1 1,15 * *", user: "backup", command: "/usr/local/bin/backup --full" },
    { file: "/etc/cron.d/odd", line: 1, when: "7-59/13 0-5,22 13 * 5", user: "nobody", command: `"><script>alert(1)</script>` },
    { file: "/var/spool/cron/crontabs/app", line: 1, when: "@reboot", user: "app", command: "/home/app/start.sh" },
  ],
};

const person = (uid: number, name: string, full_name: string, extra: object = {}) => ({ uid, name, gid: uid, full_name, home: `/home/${name}`, shell: "/bin/bash", interactive: true, password: "set", authorised_keys: 1, ...extra });
const system = (uid: number, name: string) => ({ uid, name, gid: uid, full_name: null, home: "/nonexistent", shell: "/usr/sbin/nologin", interactive: false, password: "locked", authorised_keys: 0 });
const users = [
  { uid: 0, name: "root", gid: 0, full_name: "root", home: "/root", shell: "/bin/bash", interactive: true, password: "locked", authorised_keys: 2 },
  { uid: 0, name: "toor", gid: 0, full_name: null, home: "/root", shell: "/bin/sh", interactive: true, password: "set", authorised_keys: 0 },
  ...["daemon", "bin", "sys", "www-data", "backup", "nobody", "_chrony", "postgres"].map((name, at) => system(at + 1, name)),
  person(1000, "dohyun", "김도현"),
  person(1001, "seoyeon", "이서연", { authorised_keys: 3, password: "locked" }),
  person(1002, "guest", "손님", { password: "none", authorised_keys: 0 }),
  person(1003, "batch", "", { password: null, authorised_keys: null, shell: "/bin/zsh" }),
];
const accounts = { users, groups: [...users.filter((user, at) => users.findIndex((one) => one.gid === user.gid) === at).map((user) => ({ gid: user.gid, name: user.name, members: [] as string[] })), { gid: 27, name: "sudo", members: ["dohyun", "seoyeon"] }, { gid: 999, name: "docker", members: ["batch"] }] };

const certificate = (seed: number, cn: string, days: number, extra: object = {}) => ({
  fingerprint: hex(seed, 64),
  subject: `CN=${cn},OU=인프라,O=Hanbit Card Co.\\, Ltd.,C=KR`,
  issuer: "CN=Hanbit Issuing CA 3,O=Hanbit Card,C=KR",
  serial: hex(seed + 5, 32),
  not_before_s: now - 300 * DAY,
  not_after_s: now + days * DAY + 3600,
  names: [`DNS:${cn}`, `DNS:www.${cn}`],
  key: "RSA 2048",
  signature: "sha256WithRSAEncryption",
  is_authority: false,
  self_issued: false,
  files: [`/etc/ssl/certs/${cn}.pem`],
  listeners: [] as string[],
  ...extra,
});
const certificates = {
  unread: ["/etc/ssl/private"],
  certificates: [
    certificate(1, "pay.hanbit.example", 4, { listeners: ["0.0.0.0:443", "[::]:443"] }),
    certificate(2, "old.hanbit.example", -12, { listeners: ["127.0.0.1:8443"] }),
    certificate(3, "api.hanbit.example", 22, { key: "EC P-256", signature: "ecdsa-with-SHA256" }),
    certificate(4, "Hanbit Issuing CA 3", 2400, { is_authority: true, names: [], key: "RSA 4096" }),
    certificate(5, "snakeoil", 3200, { self_issued: true, issuer: "CN=snakeoil", files: ["/etc/ssl/certs/ssl-cert-snakeoil.pem"] }),
    certificate(6, "next.hanbit.example", 700, { not_before_s: now + 3 * DAY }),
    certificate(7, "결제.한빛.example", 180, { subject: "", names: ["DNS:결제.한빛.example"], files: [{ b64: "L2V0Yy9zc2wv//5jcnQ=" }] }),
  ],
};

const container = (at: number) => ({
  id: hex(at + 40, 64),
  manager: at % 6 === 5 ? "containerd" : "docker",
  name: at % 6 === 5 ? null : `shop-${["web", "api", "redis", "worker", "db"][at % 5]}-${at}`,
  image: `registry.hanbit.example/shop/${["web", "api", "redis", "worker", "db"][at % 5]}:2.${at}.0`,
  image_id: `sha256:${hex(at + 90, 64)}`,
  state: ["running", "running", "exited", "paused", "running", null][at % 6],
  created_s: now - at * DAY,
  ports: at % 3 ? [{ transport: "tcp", address: null, port: null, container_port: 6379 }] : [{ transport: "tcp", address: "0.0.0.0", port: 8080 + at, container_port: 8080 }, { transport: "udp", address: "::", port: 5000 + at, container_port: 5000 }],
  mounts: [{ target: "/var/lib/data", source: "shop_data", read_only: false }, { target: "/etc/app/설정.yml", source: "/srv/shop/설정.yml", read_only: true }],
  networks: ["shop_default", "edge"],
  labels: named(at % 6 === 5 ? { "io.kubernetes.pod.name": "coredns-7db6d8ff4d-x2x9z", "io.kubernetes.pod.namespace": "kube-system" } : { "com.docker.compose.project": "shop", "com.docker.compose.service": "web", "org.opencontainers.image.version": `2.${at}.0` }),
  memory_limit_bytes: at % 2 ? 512 * 1024 ** 2 : null,
  cpu_limit_millis: at % 2 ? 1500 : null,
});
const containers = {
  managers: [{ name: "containerd", version: null, asked: false }, { name: "docker", version: "27.3.1", asked: true }, { name: "libvirt", version: "9.0.0", asked: true }],
  containers: Array.from({ length: 12 }, (_, at) => container(at)),
  guests: [
    { uuid: "4f1c2a7e-83b4-4a55-9c0e-5a1b2c3d4e5f", name: "win-license-01", hypervisor: "kvm", running: true, autostart: true, cpus: 4, memory_bytes: 16 * GiB, disks: ["/var/lib/libvirt/images/win-license-01.qcow2"], macs: ["52:54:00:12:34:56"] },
    { uuid: "9a8b7c6d-1111-4222-8333-444455556666", name: "테스트-복원", hypervisor: "kvm", running: false, autostart: false, cpus: 2, memory_bytes: 4 * GiB, disks: [], macs: [] },
  ],
};

const products = {
  products: [
    { name: "nginx", role: "web_server", version: "1.22.1", version_by: "package", place: "/usr/sbin/nginx", unit: "nginx.service", container: null, user: "www-data", member_role: null },
    { name: "openjdk", role: "runtime", version: "17.0.13", version_by: "file", place: "/opt/java/openjdk-17", unit: "tomcat.service", container: null, user: "tomcat", member_role: null },
    { name: "postgresql", role: "database", version: "16.4", version_by: "package", place: "/usr/lib/postgresql/16/bin/postgres", unit: "postgresql@16-main.service", container: null, user: "postgres", member_role: "primary" },
    { name: "redis", role: "cache", version: null, version_by: null, place: "/usr/local/bin/redis-server", unit: null, container: "shop-redis-2", user: "999", member_role: "replica" },
    { name: "tomcat", role: "application_server", version: "10.1.30", version_by: "path", place: "/opt/apache-tomcat-10.1.30", unit: "tomcat.service", container: null, user: "tomcat", member_role: null },
  ],
};

/** The bodies of the sections that only newer agents send. */
export function newerBodies(ci: Stored): Record<string, unknown> {
  return {
    devices,
    kernel,
    firewall: { managers: [{ name: "firewalld", enabled: false }, { name: "nftables", enabled: true }], filtering: true },
    updates,
    schedules,
    accounts,
    certificates,
    containers,
    products,
    cloud: { provider: "aws", instance_id: `i-0${ci.id.replace(/-/g, "").slice(-16)}`, region: "ap-northeast-2", zone: "ap-northeast-2c" },
    custom: { facts: [...named({ location: "IDC1-A07-U22", pdu: ["A-12", "B-12"], warranty_until: "2028-03-31", leased: true, units: 2 }).map((one) => ({ namespace: "rack", ...one })), ...named({ 서비스명: "결제승인", 등급: 1 }).map((one) => ({ namespace: "업무", ...one }))], problems: [{ namespace: "old", problem: "exited with status 3 after 0.2 s" }] },
  };
}

/** Which of them the host at this place of the estate sends: some agents are older, and few ask a cloud. */
export function newerSections(index: number): string[] {
  if (index % 9 === 5) return [];
  const most = ["devices", "kernel", "firewall", "updates", "schedules", "accounts", "certificates", "containers", "products"];
  return [...most, ...(index % 2 === 0 ? ["custom"] : []), ...(index % 8 === 0 ? ["cloud"] : [])];
}
