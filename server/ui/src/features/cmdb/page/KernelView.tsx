import { useMemo } from "react";
import type { Firewall, Kernel, KernelModule } from "../../../api/sections";
import { codeText, useT } from "../../../i18n";
import { Badge, type Tone } from "../../../ui/Badge";
import { Card, Facts } from "../../../ui/Card";
import type { Column } from "../../../ui/DataTable";
import { Code, Name, Path } from "../../../ui/Text";
import styles from "./CiPage.module.css";
import { SectionBody } from "./SectionBody";
import { SectionTable } from "./SectionTable";

interface ViewProps {
  id: string;
  q: string;
  onClear: () => void;
}

type Parameter = NonNullable<Kernel["parameters"]>[number];
const parametersOf = (body: Kernel) => body.parameters ?? [];
const modulesOf = (body: Kernel) => body.modules ?? [];

/** Whether something filters packets, what the kernel allows, and what it was loaded with. */
export function KernelView({ id, ...filter }: ViewProps) {
  const t = useT();
  return (
    <div className="stack">
      <div className={styles.pair}>
        <Card title={t("section.firewall")}>
          <SectionBody id={id} section="firewall">
            {(firewall) => <FirewallFacts firewall={firewall} />}
          </SectionBody>
        </Card>
        <Card title={t("kernel.protection")}>
          <SectionBody id={id} section="kernel">
            {(kernel) => <KernelFacts kernel={kernel} />}
          </SectionBody>
        </Card>
      </div>
      <div className={styles.pair}>
        <Card flush title={t("kernel.parameters")}>
          <SectionTable {...filter} id={id} section="kernel" label={t("kernel.parameters")} rowsOf={parametersOf} keyOf={(row) => row.name} useColumns={useParameterColumns} />
        </Card>
        <Card flush title={t("kernel.modules")}>
          <SectionTable {...filter} id={id} section="kernel" label={t("kernel.modules")} rowsOf={modulesOf} keyOf={(row) => row.name} useColumns={useModuleColumns} />
        </Card>
      </div>
    </div>
  );
}

/** A state that may be unknown. */
function Known({ value, yes, no, good = true }: { value: boolean | null | undefined; yes: string; no: string; good?: boolean }) {
  const t = useT();
  if (value === null || value === undefined) return <span className="muted">{t("ui.unknown")}</span>;
  const tone: Tone = value === good ? "ok" : "warning";
  return (
    <Badge tone={tone} mark={value === good ? "round" : "half"}>
      {value ? yes : no}
    </Badge>
  );
}

function FirewallFacts({ firewall }: { firewall: Firewall }) {
  const t = useT();
  const managers = firewall.managers ?? [];
  return (
    <Facts
      items={[
        [t("firewall.filtering"), <Known key="f" value={firewall.filtering} yes={t("firewall.on")} no={t("firewall.off")} />],
        [
          t("firewall.managers"),
          managers.length === 0 ? (
            t("ui.none")
          ) : (
            <span key="m" className="row wrap">
              {managers.map((manager) => (
                <Badge key={manager.name} tone={manager.enabled ? "accent" : "neutral"} mark={manager.enabled ? "square" : "ring"}>
                  {manager.name} · {manager.enabled === true ? t("firewall.enabled") : manager.enabled === false ? t("firewall.disabled") : t("ui.unknown")}
                </Badge>
              ))}
            </span>
          ),
        ],
      ]}
    />
  );
}

function KernelFacts({ kernel }: { kernel: Kernel }) {
  const t = useT();
  const taints = kernel.taints ?? [];
  return (
    <Facts
      items={[
        [t("kernel.secure_boot"), <Known key="s" value={kernel.secure_boot} yes={t("kernel.secure_boot_on")} no={t("kernel.secure_boot_off")} />],
        [t("kernel.security_modules"), kernel.security_modules?.length ? <Code>{kernel.security_modules.join(", ")}</Code> : t("ui.none")],
        ["SELinux", kernel.selinux ? <Badge tone={kernel.selinux === "enforcing" ? "ok" : "warning"} mark={kernel.selinux === "enforcing" ? "round" : "half"}>{codeText(t, "selinux", kernel.selinux)}</Badge> : null],
        [t("kernel.lockdown"), kernel.lockdown ? codeText(t, "lockdown", kernel.lockdown) : null],
        [t("kernel.taints"), taints.length === 0 ? t("kernel.not_tainted") : <Taints letters={taints} />],
        [t("kernel.command_line"), kernel.command_line ? <Code>{kernel.command_line}</Code> : null],
      ]}
    />
  );
}

function Taints({ letters }: { letters: readonly string[] }) {
  const t = useT();
  return (
    <ul>
      {letters.map((letter) => (
        <li key={letter}>
          <Badge tone="warning">{letter}</Badge> {codeText(t, "taint", letter)}
        </li>
      ))}
    </ul>
  );
}

function useParameterColumns(): Column<Parameter>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "name", header: t("kernel.parameter"), size: 260, value: (row) => row.name, cell: (row) => <Code>{row.name}</Code> },
      { id: "value", header: t("ci.value"), size: 150, value: (row) => row.value, cell: (row) => <Path text={row.value} /> },
    ],
    [t],
  );
}

function useModuleColumns(): Column<KernelModule>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "name", header: t("kernel.module"), size: 170, value: (row) => row.name, cell: (row) => <Name>{row.name}</Name> },
      { id: "version", header: t("software.version"), size: 120, value: (row) => row.version, cell: (row) => (row.version ? <Code>{row.version}</Code> : "—") },
      { id: "origin", header: t("ci.source"), size: 130, value: (row) => (row.out_of_tree ? 0 : 1), cell: (row) => (row.out_of_tree ? <Badge tone="warning">{t("kernel.out_of_tree")}</Badge> : t("kernel.in_tree")) },
    ],
    [t],
  );
}
