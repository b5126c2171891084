import { useMemo } from "react";
import type { PendingUpdate, Updates } from "../../../api/sections";
import { useT } from "../../../i18n";
import { Badge } from "../../../ui/Badge";
import { Card, Facts } from "../../../ui/Card";
import type { Column } from "../../../ui/DataTable";
import { EmptyState, Note } from "../../../ui/States";
import { Code, Name, Path } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { SectionBody } from "./SectionBody";
import { FilteredTable } from "./SectionTable";

interface ViewProps {
  id: string;
  q: string;
  securityOnly: boolean;
  onClear: () => void;
}

/** What waits to be installed, what closes holes first, and whether a reboot is due. */
export default function PendingUpdates({ id, ...filter }: ViewProps) {
  const t = useT();
  return (
    <SectionBody id={id} section="updates">
      {(updates) => (
        <div className="stack">
          {updates.reboot_required && <Reboot reasons={updates.reboot_reasons ?? []} />}
          <Card title={t("updates.state")}>
            <State updates={updates} />
          </Card>
          <Card flush title={t("updates.pending")}>
            <Pending updates={updates} {...filter} />
          </Card>
        </div>
      )}
    </SectionBody>
  );
}

function Reboot({ reasons }: { reasons: readonly string[] }) {
  const t = useT();
  return (
    <Note tone="warning">
      <strong>{t("updates.reboot_required")}</strong>
      {reasons.length > 0 && (
        <>
          {" "}
          — <Code>{reasons.join(", ")}</Code>
        </>
      )}
    </Note>
  );
}

function State({ updates }: { updates: Updates }) {
  const t = useT();
  const pending = updates.pending ?? null;
  const security = pending?.filter((one) => one.security).length ?? 0;
  const at = updates.checked_s ? new Date(updates.checked_s * 1000).toISOString() : null;
  return (
    <Facts
      items={[
        [t("updates.pending"), pending && t("updates.count", { count: pending.length })],
        [t("updates.security"), pending && (security > 0 ? <Badge tone="critical" mark="cross">{t("updates.count", { count: security })}</Badge> : t("ui.none"))],
        [t("updates.reboot"), t(updates.reboot_required ? "updates.reboot_required" : "updates.no_reboot")],
        [t("updates.checked"), <Time key="c" at={at} show="full" />],
        [t("updates.automatic"), updates.automatic ?? t("updates.by_hand")],
      ]}
    />
  );
}

/** Security first, else in the agent's order. */
function securityFirst(pending: readonly PendingUpdate[]): PendingUpdate[] {
  return [...pending.filter((one) => one.security), ...pending.filter((one) => !one.security)];
}

function Pending({ updates, q, securityOnly, onClear }: Omit<ViewProps, "id"> & { updates: Updates }) {
  const t = useT();
  const rows = useMemo(() => securityFirst(updates.pending ?? []), [updates]);
  const keep = useMemo(() => (securityOnly ? (row: PendingUpdate) => row.security === true : undefined), [securityOnly]);
  if (!updates.pending) return <EmptyState title={t("updates.unknown")}>{t("updates.unknown_text")}</EmptyState>;
  if (rows.length === 0) return <EmptyState icon="check" title={t("updates.none")}>{t("updates.none_text")}</EmptyState>;
  return <FilteredTable label={t("updates.pending")} all={rows} q={q} onClear={onClear} keep={keep} keyOf={(row) => `${row.ecosystem}/${row.name}/${row.architecture}/${row.available}`} useColumns={useColumns} />;
}

function useColumns(): Column<PendingUpdate>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "name", header: t("services.package"), size: 220, value: (row) => row.name, cell: (row) => <Name>{row.name}</Name> },
      { id: "security", header: t("updates.kind"), size: 110, value: (row) => (row.security ? 0 : 1), cell: (row) => (row.security ? <Badge tone="critical" mark="cross">{t("updates.security_word")}</Badge> : t("updates.ordinary")) },
      { id: "installed", header: t("updates.installed"), size: 220, value: (row) => row.installed, cell: (row) => <Path text={row.installed ?? ""} /> },
      { id: "available", header: t("updates.available"), size: 220, value: (row) => row.available, cell: (row) => <Path text={row.available ?? ""} /> },
      { id: "architecture", header: t("software.architecture"), size: 96, value: (row) => row.architecture, cell: (row) => row.architecture ?? "—" },
      { id: "ecosystem", header: t("software.ecosystem"), size: 90, value: (row) => row.ecosystem, cell: (row) => row.ecosystem ?? "—" },
    ],
    [t],
  );
}
