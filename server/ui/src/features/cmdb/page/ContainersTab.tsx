import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { readText, type Container, type ContainerManager, type Containers, type Guest, type PublishedPort } from "../../../api/sections";
import { formatBytes, formatNumber } from "../../../format/number";
import { codeText, useLocale, useT } from "../../../i18n";
import { oneOf } from "../../../search";
import { Badge, type Mark, type Tone } from "../../../ui/Badge";
import { Card, Facts } from "../../../ui/Card";
import type { Column } from "../../../ui/DataTable";
import { Segments } from "../../../ui/Field";
import { SearchField } from "../../../ui/SearchField";
import { Code, CopyCode, Name, Path } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import styles from "./CiPage.module.css";
import type { TabProps } from "./CiPage";
import { Codes } from "./Codes";
import { SectionTable } from "./SectionTable";
import { containerViews } from "./tabSearch";
import { useSection } from "./useCi";

const route = getRouteApi("/app/cis/$id/$tab");
const containersOf = (body: Containers) => body.containers ?? [];
const guestsOf = (body: Containers) => body.guests ?? [];

/** What runs on this host as if on one of its own. */
export default function ContainersTab({ read }: TabProps) {
  const t = useT();
  const { id } = read.body;
  const { view: asked, q = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const body = useSection(id, "containers").data?.body;
  const containers = body?.containers?.length ?? 0;
  const guests = body?.guests?.length ?? 0;
  const view = oneOf(asked, containerViews) ?? (containers === 0 && guests > 0 ? "guests" : "containers");
  const find = (text: string) => void navigate({ search: (before) => ({ ...before, q: text || undefined }), replace: true });
  const options = [
    ["containers", `${t("containers.containers")} ${containers}`],
    ["guests", `${t("containers.guests")} ${guests}`],
  ] as const;
  const props = { id, section: "containers", q, onClear: () => find("") } as const;
  return (
    <>
      <div className={styles.bar}>
        <Segments label={t("tab.containers")} value={view} options={options} onChange={(next) => void navigate({ search: (before) => ({ ...before, view: next }), replace: true })} />
        <SearchField hotkey className={styles.filter} label={t("services.filter")} clearLabel={t("ui.clear")} value={q} onSearch={find} />
        <Managers managers={body?.managers ?? []} />
      </div>
      <Card flush title={t(`containers.${view}`)}>
        {view === "containers" && <SectionTable {...props} label={t("containers.containers")} rowsOf={containersOf} keyOf={(one) => one.id} useColumns={useContainerColumns} detail={CONTAINER_DETAIL} />}
        {view === "guests" && <SectionTable {...props} label={t("containers.guests")} rowsOf={guestsOf} keyOf={(one) => one.uuid} useColumns={useGuestColumns} detail={GUEST_DETAIL} />}
      </Card>
    </>
  );
}

function Managers({ managers }: { managers: readonly ContainerManager[] }) {
  const t = useT();
  return (
    <span className="row wrap">
      {managers.map((manager) => (
        <Badge key={manager.name} tone={manager.asked ? "accent" : "warning"} mark={manager.asked ? "round" : "half"} title={manager.asked ? undefined : t("containers.not_asked_text")}>
          {[manager.name, manager.version].filter(Boolean).join(" ")}
          {!manager.asked && ` · ${t("containers.not_asked")}`}
        </Badge>
      ))}
    </span>
  );
}

const CONTAINER_LOOK: Partial<Record<string, [Tone, Mark]>> = { running: ["ok", "round"], paused: ["warning", "half"], restarting: ["warning", "half"], dead: ["critical", "cross"] };

function State({ state }: { state: string | null | undefined }) {
  const t = useT();
  if (!state) return <span className="muted">{t("ui.unknown")}</span>;
  const [tone, mark] = CONTAINER_LOOK[state] ?? ["neutral", "ring"];
  return (
    <Badge tone={tone} mark={mark}>
      {codeText(t, "container_state", state)}
    </Badge>
  );
}

const shortId = (id: string) => (/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id);
const nameOf = (one: Container) => one.name ?? shortId(one.id);

/** `0.0.0.0:443 → 8443/tcp`; a port that is not published has only its own. */
function portText(one: PublishedPort): string {
  const own = `${one.container_port}/${one.transport ?? "tcp"}`;
  if (!one.port) return own;
  const address = one.address ? (one.address.includes(":") ? `[${one.address}]:` : `${one.address}:`) : "";
  return `${address}${one.port} → ${own}`;
}

/** The application that it belongs to, by compose or Kubernetes. */
function groupOf(one: Container): string | null {
  const labels = Object.fromEntries((one.labels ?? []).map(({ name, value }) => [name, value]));
  const pod = labels["io.kubernetes.pod.name"];
  const namespace = labels["io.kubernetes.pod.namespace"];
  return labels["com.docker.compose.project"] ?? (pod ? [namespace, pod].filter(Boolean).join("/") : null);
}

function useContainerColumns(): Column<Container>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "name", header: t("ci.name"), size: 220, value: nameOf, cell: (row) => <Name>{nameOf(row)}</Name> },
      { id: "state", header: t("network.state"), size: 104, value: (row) => row.state, cell: (row) => <State state={row.state} /> },
      { id: "image", header: t("containers.image"), size: 280, value: (row) => row.image, cell: (row) => <Path text={row.image ?? (row.image_id ? shortId(row.image_id) : "")} /> },
      { id: "ports", header: t("containers.ports"), size: 190, cell: (row) => <Path text={(row.ports ?? []).filter((one) => one.port).map(portText).join(", ")} /> },
      { id: "group", header: t("containers.group"), size: 160, value: groupOf, cell: (row) => <Name>{groupOf(row) ?? "—"}</Name> },
      { id: "manager", header: t("containers.manager"), size: 100, value: (row) => row.manager, cell: (row) => row.manager ?? "—" },
      { id: "created", header: t("containers.created"), size: 120, value: (row) => row.created_s, cell: (row) => <Time at={moment(row.created_s)} show="day" /> },
    ],
    [t],
  );
}

const moment = (seconds: number | null | undefined) => (seconds ? new Date(seconds * 1000).toISOString() : null);

const CONTAINER_DETAIL = { name: nameOf, show: (row: Container) => <ContainerFacts container={row} /> };

function ContainerFacts({ container: one }: { container: Container }) {
  const t = useT();
  const locale = useLocale();
  const limits = [one.memory_limit_bytes ? formatBytes(one.memory_limit_bytes, locale) : null, one.cpu_limit_millis ? t("containers.cores", { count: formatNumber(one.cpu_limit_millis / 1000, locale, 2) }) : null].filter(Boolean);
  const mounts = (one.mounts ?? []).map((mount) => `${readText(mount.source)} → ${readText(mount.target)}${mount.read_only ? ` (${t("storage.read_only")})` : ""}`);
  return (
    <Facts
      items={[
        ["ID", <CopyCode key="i" text={one.id} label={t("ui.copy")} />],
        [t("containers.image_id"), <CopyCode key="m" text={one.image_id} label={t("ui.copy")} />],
        [t("containers.ports"), <Codes key="p" texts={(one.ports ?? []).map(portText)} />],
        [t("containers.mounts"), <Codes key="v" texts={mounts} />],
        [t("containers.networks"), <Codes key="n" texts={one.networks ?? []} />],
        [t("containers.limits"), limits.length > 0 ? limits.join(" · ") : t("containers.no_limits")],
        [t("containers.labels"), <Codes key="l" texts={(one.labels ?? []).map(({ name, value }) => `${name}=${value}`)} />],
      ]}
    />
  );
}

function useGuestColumns(): Column<Guest>[] {
  const t = useT();
  const locale = useLocale();
  return useMemo(
    () => [
      { id: "name", header: t("ci.name"), size: 220, value: (row) => row.name, cell: (row) => <Name>{row.name}</Name> },
      { id: "state", header: t("network.state"), size: 104, value: (row) => (row.running ? 0 : 1), cell: (row) => <Badge tone={row.running ? "ok" : "neutral"} mark={row.running ? "round" : "ring"}>{t(row.running ? "containers.running" : "containers.stopped")}</Badge> },
      { id: "cpus", header: "vCPU", size: 76, align: "end", value: (row) => row.cpus, cell: (row) => row.cpus ?? "—" },
      { id: "memory", header: t("section.memory"), size: 100, align: "end", value: (row) => row.memory_bytes, cell: (row) => (row.memory_bytes ? formatBytes(row.memory_bytes, locale) : "—") },
      { id: "hypervisor", header: t("containers.hypervisor"), size: 110, value: (row) => row.hypervisor, cell: (row) => row.hypervisor ?? "—" },
      { id: "autostart", header: t("containers.autostart"), size: 110, value: (row) => (row.autostart ? 0 : 1), cell: (row) => (row.autostart === null || row.autostart === undefined ? "—" : t(row.autostart ? "ui.yes" : "ui.no")) },
      { id: "uuid", header: "UUID", size: 310, value: (row) => row.uuid, cell: (row) => <CopyCode text={row.uuid} label={t("ui.copy")} /> },
    ],
    [t, locale],
  );
}

const GUEST_DETAIL = { name: (row: Guest) => row.name, show: (row: Guest) => <GuestFacts guest={row} /> };

function GuestFacts({ guest }: { guest: Guest }) {
  const t = useT();
  return (
    <Facts
      items={[
        ["UUID", <Code key="u">{guest.uuid}</Code>],
        [t("hardware.disks"), <Codes key="d" texts={(guest.disks ?? []).map(readText)} />],
        ["MAC", <Codes key="m" texts={guest.macs ?? []} />],
      ]}
    />
  );
}
