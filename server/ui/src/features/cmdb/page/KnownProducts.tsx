import { useMemo } from "react";
import { readText, type KnownProduct, type Products } from "../../../api/sections";
import { codeText, useT } from "../../../i18n";
import { Badge } from "../../../ui/Badge";
import { Card } from "../../../ui/Card";
import type { Column } from "../../../ui/DataTable";
import { Code, Name, Path } from "../../../ui/Text";
import { SectionTable } from "./SectionTable";

const productsOf = (body: Products) => body.products ?? [];

/** Well-known software that runs here, whoever packaged it. */
export default function KnownProducts({ id, q, onClear }: { id: string; q: string; onClear: () => void }) {
  const t = useT();
  return (
    <Card flush title={t("software.products_view")}>
      <SectionTable id={id} section="products" q={q} onClear={onClear} rowsOf={productsOf} keyOf={(row) => `${row.name}/${readText(row.place)}/${row.unit ?? ""}/${row.container ?? ""}`} useColumns={useColumns} />
    </Card>
  );
}

function useColumns(): Column<KnownProduct>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "name", header: t("software.name"), size: 150, value: (row) => row.name, cell: (row) => <Name>{row.name}</Name> },
      { id: "version", header: t("software.version"), size: 170, value: (row) => row.version, cell: (row) => <Version row={row} /> },
      { id: "role", header: t("products.role"), size: 150, value: (row) => row.role, cell: (row) => (row.role ? codeText(t, "product_role", row.role) : "—") },
      { id: "member", header: t("products.member_role"), size: 110, value: (row) => row.member_role, cell: (row) => (row.member_role ? <Badge tone="accent">{codeText(t, "member_role", row.member_role)}</Badge> : "—") },
      { id: "unit", header: t("products.runs_in"), size: 200, value: (row) => row.unit ?? row.container, cell: (row) => <Name>{row.unit ?? row.container ?? "—"}</Name> },
      { id: "user", header: t("services.user"), size: 100, value: (row) => row.user, cell: (row) => row.user ?? "—" },
      { id: "place", header: t("hardware.place"), size: 280, value: (row) => readText(row.place), cell: (row) => <Path text={readText(row.place)} /> },
    ],
    [t],
  );
}

function Version({ row }: { row: KnownProduct }) {
  const t = useT();
  if (!row.version) return <span className="muted">{t("ui.unknown")}</span>;
  return (
    <span title={row.version_by ? t("products.known_by", { by: codeText(t, "version_by", row.version_by) }) : undefined}>
      <Code>{row.version}</Code>
    </span>
  );
}
