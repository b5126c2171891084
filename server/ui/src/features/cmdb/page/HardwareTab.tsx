import { Suspense, lazy } from "react";
import { readText, type BlockDevice, type Cpu, type Firmware, type Identity, type Memory, type NetworkInterface, type Os } from "../../../api/sections";
import { formatBytes, formatNumber } from "../../../format/number";
import { codeText, useLocale, useT } from "../../../i18n";
import { Badge } from "../../../ui/Badge";
import { Card, Facts, RowList } from "../../../ui/Card";
import { Skeleton } from "../../../ui/States";
import { Code, CopyButton, Name } from "../../../ui/Text";
import styles from "./CiPage.module.css";
import type { TabProps } from "./CiPage";
import { HealthBadge } from "./HealthBadge";
import { reports } from "./reports";
import { SectionBody } from "./SectionBody";

const HardwareParts = lazy(() => import("./HardwareParts"));

/** The machine itself: who made it, what it computes with, what is plugged in. */
export default function HardwareTab({ read }: TabProps) {
  const t = useT();
  const { id } = read.body;
  return (
    <div className="stack">
      <div className={styles.pair}>
        <Card title={t("section.identity")}>
          <SectionBody id={id} section="identity">
            {(identity) => <IdentityFacts identity={identity} />}
          </SectionBody>
        </Card>
        <div className="stack">
          <Card title={t("section.cpu")}>
            <SectionBody id={id} section="cpu">
              {(cpu) => <CpuFacts cpu={cpu} />}
            </SectionBody>
          </Card>
          <Card title={t("section.memory")}>
            <SectionBody id={id} section="memory">
              {(memory) => <MemoryFacts memory={memory} />}
            </SectionBody>
          </Card>
          <Card title={t("section.os")}>
            <SectionBody id={id} section="os">
              {(os) => <OsFacts os={os} />}
            </SectionBody>
          </Card>
        </div>
        <div className="stack">
          <Card flush title={t("hardware.disks")}>
            <SectionBody id={id} section="storage">
              {(storage) => <Disks disks={(storage.devices ?? []).filter((device) => device.kind === "disk" || device.kind === "optical")} />}
            </SectionBody>
          </Card>
          <Card flush title={t("hardware.adapters")}>
            <SectionBody id={id} section="network">
              {(network) => <Adapters adapters={(network.interfaces ?? []).filter((one) => one.kind === "ethernet" || one.kind === "wireless")} />}
            </SectionBody>
          </Card>
        </div>
      </div>
      <Suspense fallback={<Skeleton rows={4} label={t("ui.loading")} />}>
        <HardwareParts id={id} hasDevices={reports(read.body, "devices")} />
      </Suspense>
    </div>
  );
}

function machine(text: string | null | undefined) {
  return text ? <Code>{text}</Code> : null;
}

function firmware(part: Firmware | undefined): string {
  return [part?.vendor, part?.product, part?.version].filter(Boolean).join(" ");
}

function serial(text: string | null | undefined, label: string) {
  if (!text) return null;
  return (
    <span className="row">
      <Code>{text}</Code>
      <CopyButton text={text} label={label} />
    </span>
  );
}

function IdentityFacts({ identity }: { identity: Identity }) {
  const t = useT();
  const bios = [identity.bios_vendor, identity.bios_version, identity.bios_date].filter(Boolean).join(" · ");
  return (
    <Facts
      items={[
        [t("hardware.hostname"), machine(identity.hostname)],
        ["FQDN", machine(identity.fqdn)],
        [t("hardware.system"), firmware(identity.system)],
        [t("hardware.serial"), serial(identity.system?.serial, t("ui.copy"))],
        [t("hardware.board"), firmware(identity.board)],
        [t("hardware.board_serial"), serial(identity.board?.serial, t("ui.copy"))],
        [t("hardware.chassis"), identity.chassis_type ? codeText(t, "chassis", String(identity.chassis_type)) : null],
        [t("hardware.firmware"), bios],
        [t("hardware.virtualisation"), identity.hypervisor ?? t("hardware.bare_metal")],
        [t("hardware.container"), identity.container],
        [t("hardware.is_hypervisor"), t(identity.is_hypervisor ? "ui.yes" : "ui.no")],
        ["UUID", machine(identity.product_uuid)],
        [t("hardware.machine_id"), machine(identity.machine_id)],
        [t("hardware.tpm_key"), machine(identity.tpm_key)],
        [t("hardware.boot_id"), machine(identity.boot_id)],
      ]}
    />
  );
}

function CpuFacts({ cpu }: { cpu: Cpu }) {
  const t = useT();
  const locale = useLocale();
  const weak = cpu.vulnerable_to ?? [];
  return (
    <Facts
      items={[
        [t("hardware.model"), cpu.model],
        [t("hardware.topology"), t("hardware.topology_value", { sockets: cpu.sockets ?? 0, cores: cpu.cores ?? 0, threads: cpu.threads ?? 0 })],
        ["NUMA", cpu.numa_nodes ? formatNumber(cpu.numa_nodes, locale) : null],
        [t("hardware.max_clock"), cpu.max_mhz ? `${formatNumber(cpu.max_mhz / 1000, locale, 2)}\u2009GHz` : null],
        [t("hardware.cache"), cpu.cache_bytes ? formatBytes(cpu.cache_bytes, locale) : null],
        [t("hardware.microcode"), machine(cpu.microcode)],
        [t("hardware.vulnerable"), weak.length > 0 ? <Weaknesses names={weak} /> : t("hardware.not_vulnerable")],
      ]}
    />
  );
}

function Weaknesses({ names }: { names: readonly string[] }) {
  return (
    <span className="row wrap">
      {names.map((name) => (
        <Badge key={name} tone="warning">
          {name}
        </Badge>
      ))}
    </span>
  );
}

function MemoryFacts({ memory }: { memory: Memory }) {
  const t = useT();
  const locale = useLocale();
  const huge = memory.huge_pages && memory.huge_page_bytes ? `${formatNumber(memory.huge_pages, locale)} × ${formatBytes(memory.huge_page_bytes, locale)}` : null;
  return (
    <Facts
      items={[
        [t("hardware.memory_total"), memory.total_bytes ? formatBytes(memory.total_bytes, locale) : null],
        [t("memory.max"), memory.max_bytes ? formatBytes(memory.max_bytes, locale) : null],
        [t("memory.error_correction"), memory.error_correction ? codeText(t, "error_correction", memory.error_correction) : null],
        [t("hardware.swap"), memory.swap_total_bytes ? formatBytes(memory.swap_total_bytes, locale) : t("ui.none")],
        [t("hardware.huge_pages"), huge ?? t("ui.none")],
      ]}
    />
  );
}

function OsFacts({ os }: { os: Os }) {
  const t = useT();
  return (
    <Facts
      items={[
        [t("section.os"), os.pretty_name ?? os.name],
        [t("ci.version"), [os.version, os.codename].filter(Boolean).join(" · ")],
        [t("hardware.kernel"), machine(os.kernel_release)],
        [t("hardware.architecture"), os.architecture],
        [t("hardware.init"), os.init],
        [t("shell.time_zone"), os.timezone],
      ]}
    />
  );
}

function Disks({ disks }: { disks: readonly BlockDevice[] }) {
  const t = useT();
  const locale = useLocale();
  if (disks.length === 0) return <Nothing />;
  return (
    <RowList>
      {disks.map((disk) => (
        <li key={disk.name}>
          <Code>{disk.name}</Code>
          <span className="grow">
            <Name>{[disk.vendor, disk.model].filter(Boolean).join(" ") || t("ui.unknown")}</Name>
          </span>
          {disk.health && <HealthBadge health={disk.health} />}
          <span className="muted">{disk.transport}</span>
          <span className="num nowrap">{disk.size_bytes ? formatBytes(disk.size_bytes, locale) : "—"}</span>
        </li>
      ))}
    </RowList>
  );
}

function Adapters({ adapters }: { adapters: readonly NetworkInterface[] }) {
  if (adapters.length === 0) return <Nothing />;
  return (
    <RowList>
      {adapters.map((adapter) => (
        <li key={adapter.name}>
          <Code>{readText(adapter.name)}</Code>
          <span className="grow">{adapter.driver}</span>
          <Code>{adapter.permanent_mac ?? adapter.mac ?? "—"}</Code>
        </li>
      ))}
    </RowList>
  );
}

function Nothing() {
  const t = useT();
  return (
    <RowList>
      <li className="muted">{t("ui.none")}</li>
    </RowList>
  );
}
