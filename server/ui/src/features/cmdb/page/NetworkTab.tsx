import { useMemo } from "react";
import type { Neighbour, Network, NetworkInterface, Route } from "../../../api/sections";
import { codeText, useT } from "../../../i18n";
import { Badge } from "../../../ui/Badge";
import { Card, Facts } from "../../../ui/Card";
import { DataTable, type Column } from "../../../ui/DataTable";
import { EmptyState } from "../../../ui/States";
import { Code, CopyButton, CopyCode, Name } from "../../../ui/Text";
import type { TabProps } from "./CiPage";
import { SectionBody } from "./SectionBody";
import { useSection } from "./useCi";

/** Interfaces with their addresses, what they are plugged into, routes, and who resolves names. */
export default function NetworkTab({ read }: TabProps) {
  const t = useT();
  const { id } = read.body;
  return (
    <div className="stack">
      <Card flush title={t("network.interfaces")}>
        <SectionBody id={id} section="network">
          {(network) => <Interfaces interfaces={network.interfaces ?? []} />}
        </SectionBody>
      </Card>
      <StoredNeighbours id={id} />
      <Card flush title={t("network.routes")}>
        <SectionBody id={id} section="network">
          {(network) => <Routes routes={network.routes ?? []} />}
        </SectionBody>
      </Card>
      <Card title={t("network.resolvers")}>
        <SectionBody id={id} section="network">
          {(network) => <Resolvers network={network} />}
        </SectionBody>
      </Card>
    </div>
  );
}

/** Who is at the other end; only where somebody said so. */
function StoredNeighbours({ id }: { id: string }) {
  const t = useT();
  const columns = useNeighbourColumns();
  const neighbours = useSection(id, "network").data?.body.neighbours ?? [];
  const rows = useMemo(() => neighbours.map((one, at) => ({ ...one, at })), [neighbours]);
  if (neighbours.length === 0) return null;
  return (
    <Card flush title={t("network.neighbours")}>
      <DataTable label={t("network.neighbours")} columns={columns} rows={rows} rowKey={(row) => String(row.at)} />
    </Card>
  );
}

function useNeighbourColumns(): Column<Neighbour & { at: number }>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "interface", header: t("network.interface"), size: 110, value: (row) => row.interface, cell: (row) => <Code>{row.interface}</Code> },
      { id: "name", header: t("network.neighbour"), size: 210, value: (row) => row.name, cell: (row) => <span title={row.description ?? undefined}><Name>{row.name || row.chassis || "—"}</Name></span> },
      { id: "port", header: t("network.neighbour_port"), size: 230, value: (row) => row.port, cell: (row) => <Name>{[row.port, row.port_description].filter(Boolean).join(" · ") || "—"}</Name> },
      { id: "vlan", header: "VLAN", size: 72, align: "end", value: (row) => row.vlan, cell: (row) => row.vlan ?? "—" },
      { id: "addresses", header: t("network.management"), size: 190, cell: (row) => <CopyCode text={row.addresses?.join(", ")} label={t("ui.copy")} /> },
      { id: "chassis", header: t("network.chassis"), size: 180, value: (row) => row.chassis, cell: (row) => <CopyCode text={row.chassis} label={t("ui.copy")} /> },
    ],
    [t],
  );
}

function Interfaces({ interfaces }: { interfaces: readonly NetworkInterface[] }) {
  const t = useT();
  const columns = useInterfaceColumns();
  if (interfaces.length === 0) return <EmptyState title={t("section.empty")}>{t("section.empty_text")}</EmptyState>;
  return <DataTable wrap height="page" label={t("network.interfaces")} columns={columns} rows={interfaces} rowKey={(row) => row.name} />;
}

function useInterfaceColumns(): Column<NetworkInterface>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "name", header: t("network.interface"), size: 120, value: (row) => row.name, cell: (row) => <Code>{row.name}</Code> },
      { id: "state", header: t("network.state"), size: 90, value: (row) => (row.up ? 0 : 1), cell: (row) => <Badge tone={row.up ? "ok" : "neutral"} mark={row.up ? "round" : "ring"}>{t(row.up ? "network.up" : "network.down")}</Badge> },
      { id: "addresses", header: t("network.addresses"), size: 240, cell: (row) => <Addresses row={row} /> },
      { id: "kind", header: t("network.kind"), size: 190, value: (row) => row.kind, cell: (row) => <Kind row={row} /> },
      { id: "mac", header: "MAC", size: 150, value: (row) => row.mac, cell: (row) => (row.mac ? <Code>{row.mac}</Code> : "—") },
      { id: "speed", header: t("network.speed"), size: 96, align: "end", value: (row) => row.speed_mbps, cell: (row) => speed(row.speed_mbps) },
      { id: "mtu", header: "MTU", size: 72, align: "end", value: (row) => row.mtu, cell: (row) => row.mtu ?? "—" },
      { id: "above", header: t("network.part_of"), size: 110, cell: (row) => row.master || row.parents?.join(", ") || "—" },
      { id: "driver", header: t("network.driver"), size: 110, value: (row) => row.driver, cell: (row) => <Driver row={row} /> },
    ],
    [t],
  );
}

/** What the interface is, and what that kind of interface has besides. */
function Kind({ row }: { row: NetworkInterface }) {
  const t = useT();
  const kind = codeText(t, "interface_kind", row.kind ?? "other");
  const { bond, bridge } = row;
  return (
    <>
      {row.vlan !== null && row.vlan !== undefined ? `${kind} ${row.vlan}` : kind}
      {bond && (
        <div className="muted">
          {[bond.mode, bond.monitor_ms ? t("network.monitored", { ms: bond.monitor_ms }) : null].filter(Boolean).join(" · ")}
          {(bond.members ?? []).map((member) => (
            <div key={member.interface} className="row wrap">
              <Code>{member.interface}</Code>
              <Badge tone={member.up ? "ok" : "critical"} mark={member.up ? "round" : "cross"}>
                {t(member.up ? "network.up" : "network.down")}
              </Badge>
              {bond.active === member.interface && t("network.active_member")}
            </div>
          ))}
        </div>
      )}
      {bridge && (
        <div className="muted">
          {bridge.ports?.length ? <Code>{bridge.ports.join(", ")}</Code> : t("network.no_ports")}
          {bridge.stp && " · STP"}
          {bridge.vlan_filtering && ` · ${t("network.vlan_filtering")}`}
        </div>
      )}
    </>
  );
}

function Driver({ row }: { row: NetworkInterface }) {
  return (
    <>
      {row.driver ?? "—"}
      {row.bus_address && (
        <div className="muted">
          <Code>{row.bus_address}</Code>
        </div>
      )}
    </>
  );
}

function speed(mbps: number | null | undefined): string {
  if (!mbps) return "—";
  return mbps >= 1000 ? `${mbps / 1000}\u2009Gbit/s` : `${mbps}\u2009Mbit/s`;
}

function Addresses({ row }: { row: NetworkInterface }) {
  const t = useT();
  const addresses = row.addresses ?? [];
  if (addresses.length === 0) return "—";
  return addresses.map((one) => (
    <div key={`${one.address}/${one.prefix}`} className="row">
      <Code>{`${one.address}/${one.prefix}`}</Code>
      {one.dynamic && <span className="muted">{t("network.dynamic")}</span>}
      <CopyButton text={one.address} label={t("network.copy_address", { address: one.address })} />
    </div>
  ));
}

function Routes({ routes }: { routes: readonly Route[] }) {
  const t = useT();
  const columns = useRouteColumns();
  if (routes.length === 0) return <EmptyState title={t("section.empty")}>{t("section.empty_text")}</EmptyState>;
  return <DataTable label={t("network.routes")} columns={columns} rows={routes} rowKey={(row) => `${row.destination}/${row.prefix}/${row.gateway ?? ""}/${row.interface}/${row.metric ?? 0}`} />;
}

function useRouteColumns(): Column<Route>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "destination", header: t("network.destination"), size: 200, value: (row) => row.destination, cell: (row) => (row.prefix === 0 ? <>{t("network.default_route")} <Code>{`${row.destination}/0`}</Code></> : <Code>{`${row.destination}/${row.prefix}`}</Code>) },
      { id: "gateway", header: t("network.gateway"), size: 170, value: (row) => row.gateway, cell: (row) => (row.gateway ? <Code>{row.gateway}</Code> : t("network.on_link")) },
      { id: "interface", header: t("network.interface"), size: 120, value: (row) => row.interface, cell: (row) => <Code>{row.interface}</Code> },
      { id: "metric", header: t("network.metric"), size: 80, align: "end", value: (row) => row.metric, cell: (row) => row.metric ?? 0 },
    ],
    [t],
  );
}

function Resolvers({ network }: { network: Network }) {
  const t = useT();
  const codes = (texts: readonly string[] | undefined) =>
    texts && texts.length > 0 ? (
      <span className="row wrap">
        {texts.map((one) => (
          <Code key={one}>{one}</Code>
        ))}
      </span>
    ) : null;
  return (
    <Facts
      items={[
        [t("network.nameservers"), codes(network.nameservers)],
        [t("network.search_domains"), codes(network.search_domains)],
      ]}
    />
  );
}
