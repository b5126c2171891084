import type { Stored } from "./estate.ts";
import { ago } from "./estate.ts";
import { memoryModules, moreDisks, neighbours, newerBodies, storageParts } from "./inventory.ts";

const GiB = 1024 ** 3;

const units = [
  ["nginx.service", "A high performance web server and a reverse proxy server", "enabled", "active", "www-data", "/usr/sbin/nginx"],
  ["ssh.service", "OpenBSD Secure Shell server", "enabled", "active", null, "/usr/sbin/sshd"],
  ["postgresql@16-main.service", "PostgreSQL Cluster 16-main", "enabled-runtime", "active", "postgres", "/usr/bin/pg_ctlcluster"],
  ["결제-배치.service", "결제 정산 배치 (매일 02:00)", "enabled", "failed", "batch", "/opt/결제/bin/run"],
  ["cron.service", "Regular background program processing daemon", "enabled", "active", null, "/usr/sbin/cron"],
  ["apparmor.service", "Load AppArmor profiles", "enabled", "inactive", null, null],
  [`evil"><svg onload=alert(1)>.service`, "<b>bold</b>", "masked", "inactive", null, null],
] as const;

function owner(name: string, user = "root") {
  return { name, executable: `/usr/sbin/${name}`, user, unit: `${name}.service`, package: name };
}

/** The body of a section of a host, as its agent would send it. */
export function sectionBody(ci: Stored, section: string): unknown {
  return bodies(ci)[section] ?? {};
}

function bodies(ci: Stored): Record<string, unknown> {
  const memory = Number(ci.attributes["memory_bytes"] ?? 8 * GiB);
  const threads = Number(ci.attributes["cpu_threads"] ?? 4);
  const virtual = ci.class === "virtual_machine";
  const newer = ci.sections.some((one) => one.section === "devices");
  return {
    ...newerBodies(ci),
    identity: {
      hostname: ci.name,
      fqdn: ci.attributes["fqdn"],
      machine_id: ci.id.replace(/-/g, ""),
      boot_id: ci.id,
      system: virtual ? { vendor: "QEMU", product: "Standard PC (Q35 + ICH9, 2009)", version: "pc-q35-8.2", serial: null } : { vendor: "HPE", product: "ProLiant DL380 Gen11", version: null, serial: ci.attributes["serial"] },
      board: { vendor: "HPE", product: "ProLiant DL380 Gen11", serial: "PWKZT0ARHG1" },
      product_uuid: ci.id,
      tpm_key: "942fbd1b3d4fee46756bd4beaf6f6a62b6e50e2f48cd0183778134abfdbc45a1",
      chassis_type: 23,
      bios_vendor: "HPE",
      bios_version: "U54",
      bios_date: "09/14/2024",
      hypervisor: virtual ? "kvm" : null,
      container: null,
      is_hypervisor: false,
    },
    os: { family: "linux", id: "debian", name: "Debian GNU/Linux", pretty_name: ci.attributes["os_name"], version: ci.attributes["os_version"], codename: "bookworm", kernel_release: "6.1.0-28-amd64", kernel_version: "#1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1", architecture: "x86_64", timezone: "Asia/Seoul", init: "systemd" },
    cpu: { model: "Intel(R) Xeon(R) Gold 6438Y+", vendor: "GenuineIntel", sockets: 1, cores: threads / 2, threads, numa_nodes: 1, max_mhz: 4000, cache_bytes: 60 * 1024 ** 2, microcode: "0x2b0005c0", vulnerable_to: ["spec_store_bypass"] },
    memory: { total_bytes: memory, swap_total_bytes: 4 * GiB, huge_page_bytes: 2 * 1024 ** 2, huge_pages: 0, ...(newer ? { error_correction: "multi_bit_ecc", max_bytes: 8192 * GiB, modules: virtual ? [] : memoryModules } : {}) },
    storage: {
      devices: [
        { name: "nvme0n1", kind: "disk", size_bytes: 1024 * GiB, parents: [], vendor: "Samsung", model: "MZQL21T9HCJR-00A07", serial: "S64GNE0T512345", wwn: "eui.36344730545123450025384500000001", rotational: false, transport: "nvme", ...(newer ? { firmware: "GDC5602Q", health: { verdict: "ok", by: "nvme", worn_percent: 3 } } : {}) },
        ...(newer && !virtual ? moreDisks : []),
        { name: "nvme0n1p1", kind: "partition", size_bytes: 1 * GiB, parents: ["nvme0n1"] },
        { name: "nvme0n1p2", kind: "partition", size_bytes: 1023 * GiB, parents: ["nvme0n1"] },
        { name: "dm-0", kind: "mapped", label: "vg0-root", size_bytes: 40 * GiB, parents: ["nvme0n1p2"] },
        { name: "dm-1", kind: "mapped", label: "vg0-var", size_bytes: 120 * GiB, parents: ["nvme0n1p2"] },
        { name: "dm-2", kind: "mapped", label: "vg0-데이터", size_bytes: 860 * GiB, parents: ["nvme0n1p2"] },
        { name: "sr0", kind: "optical", size_bytes: 0, parents: [], removable: true },
      ],
      ...(newer ? (virtual ? { volume_groups: storageParts.volume_groups } : storageParts) : {}),
      filesystems: [
        { mount_point: "/", kind: "ext4", source: "/dev/mapper/vg0-root", device: "dm-0", size_bytes: 39 * GiB },
        { mount_point: "/boot", kind: "ext4", source: "/dev/nvme0n1p1", device: "nvme0n1p1", size_bytes: 1 * GiB },
        { mount_point: "/var", kind: "xfs", source: "/dev/mapper/vg0-var", device: "dm-1", size_bytes: 118 * GiB },
        { mount_point: "/srv/데이터", kind: "xfs", source: "/dev/mapper/vg0-데이터", device: "dm-2", size_bytes: 855 * GiB },
        { mount_point: { b64: "L21udC//X2Jpbg==" }, kind: "ext4", source: "/dev/sdz", device: null, size_bytes: 10 * GiB, read_only: true },
        { mount_point: "/home", kind: "nfs4", source: "nas-01:/export/home", device: null, size_bytes: 20480 * GiB, remote: { server: "nas-01", address: "10.0.9.9", path: "/export/home" } },
      ],
    },
    network: {
      interfaces: [
        { name: "lo", kind: "loopback", mac: null, mtu: 65536, up: true, addresses: [{ address: "127.0.0.1", prefix: 8 }, { address: "::1", prefix: 128 }] },
        { name: "bond0", kind: "bond", mac: "52:54:00:aa:bb:cc", mtu: 9000, up: true, speed_mbps: 20000, full_duplex: true, driver: "bonding", bond: { mode: "802.3ad", monitor_ms: 100, active: null, members: [{ interface: "eth0", up: true }, { interface: "eth1", up: false }] }, addresses: [{ address: String((ci.attributes["addresses"] as string[])?.[0] ?? "10.0.0.1"), prefix: 24 }, { address: "fd00:12::10", prefix: 64, dynamic: true }] },
        { name: "eth0", kind: "ethernet", mac: "52:54:00:aa:bb:cc", permanent_mac: "52:54:00:00:00:01", mtu: 9000, up: true, speed_mbps: 10000, full_duplex: true, driver: "ice", master: "bond0", bus_address: "0000:3b:00.0", addresses: [] },
        { name: "eth1", kind: "ethernet", mac: "52:54:00:aa:bb:cc", permanent_mac: "52:54:00:00:00:02", mtu: 9000, up: false, driver: "ice", master: "bond0", addresses: [] },
        { name: "bond0.120", kind: "vlan", mac: "52:54:00:aa:bb:cc", mtu: 9000, up: true, parents: ["bond0"], vlan: 120, addresses: [{ address: "10.120.4.7", prefix: 23 }] },
        { name: "br0", kind: "bridge", mac: "52:54:00:aa:bb:ff", mtu: 1500, up: true, bridge: { ports: ["vnet0", "vnet1"], stp: true, vlan_filtering: false }, addresses: [] },
      ],
      routes: [
        { destination: "0.0.0.0", prefix: 0, gateway: "10.0.0.254", interface: "bond0", metric: 0 },
        { destination: "10.0.0.0", prefix: 24, interface: "bond0", metric: 0 },
        { destination: "10.120.4.0", prefix: 23, interface: "bond0.120", metric: 400 },
      ],
      neighbours: newer && !virtual ? neighbours : [],
      nameservers: ["10.0.0.2", "10.0.0.3"],
      search_domains: ["hanbit.example"],
    },
    services: { manager: "systemd", units: [...units.map(([name, description, enablement, state, user, program]) => ({ name, description, enablement, state, user, program })), ...Array.from({ length: 130 }, (_, at) => ({ name: `unit-${at}.service`, description: `Unit number ${at}`, enablement: at % 3 ? "static" : "enabled", state: at % 4 ? "inactive" : "active", user: null, program: `/usr/lib/unit-${at}` }))] },
    processes: { processes: Array.from({ length: 124 }, (_, at) => ({ pid: 1 + at * 37, parent_pid: at === 0 ? 0 : 1, name: ["systemd", "nginx", "postgres", "sshd", "cron"][at % 5], executable: `/usr/sbin/${["systemd", "nginx", "postgres", "sshd", "cron"][at % 5]}`, command_line: at === 7 ? `postgres: 결제 app 10.0.0.9(51234) --password=***` : `/usr/sbin/worker --id ${at} --config /etc/worker.conf`, user: ["root", "www-data", "postgres"][at % 3], started_s: Math.floor(Date.parse(ago(0)) / 1000) - at * 3600, unit: at % 2 ? "nginx.service" : null })) },
    sockets: {
      listeners: [
        { transport: "tcp", address: "0.0.0.0", port: 22, owner: owner("sshd") },
        { transport: "tcp", address: "::", port: 22, owner: owner("sshd") },
        { transport: "tcp", address: "0.0.0.0", port: 80, owner: owner("nginx", "www-data") },
        { transport: "tcp", address: "0.0.0.0", port: 443, owner: owner("nginx", "www-data") },
        { transport: "tcp", address: "127.0.0.1", port: 5432, owner: owner("postgres", "postgres") },
        { transport: "udp", address: "0.0.0.0", port: 123, owner: owner("chronyd", "_chrony") },
        { transport: "tcp", address: "127.0.0.1", port: 6010, owner: {} },
      ],
    },
    connections: {
      connections: Array.from({ length: 36 }, (_, at) => ({ direction: at % 3 ? "incoming" : "outgoing", transport: "tcp", owner: owner(at % 3 ? "nginx" : "postgres"), remote_address: `10.${at % 5}.3.${at + 10}`, port: at % 3 ? 443 : 5432, local_address: "10.0.0.1", count: 1 + ((at * 13) % 90) })),
    },
  };
}
