import { useMemo } from "react";
import type { Custom, FactValue } from "../../../api/sections";
import { useT, type Translate } from "../../../i18n";
import { Card, Facts } from "../../../ui/Card";
import { DataTable, type Column } from "../../../ui/DataTable";
import { EmptyState, Note } from "../../../ui/States";
import { Code, CopyButton, Name } from "../../../ui/Text";
import { SectionBody } from "./SectionBody";

type FactRow = NonNullable<Custom["facts"]>[number];

function factText(value: FactValue, t: Translate): string {
  if (typeof value === "boolean") return t(value ? "ui.yes" : "ui.no");
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** What the people who run the host say of it. */
export default function CustomFacts({ id }: { id: string }) {
  const t = useT();
  return (
    <Card flush title={t("section.custom")}>
      <SectionBody id={id} section="custom">
        {(custom) => <FactTable custom={custom} />}
      </SectionBody>
    </Card>
  );
}

function FactTable({ custom }: { custom: Custom }) {
  const t = useT();
  const rows = custom.facts ?? [];
  const columns = useColumns();
  const problems = custom.problems ?? [];
  return (
    <>
      {problems.length > 0 && (
        <Note tone="warning">
          <Facts items={problems.map((one) => [one.namespace, <Code key={one.namespace}>{one.problem}</Code>])} />
        </Note>
      )}
      {rows.length === 0 ? (
        <EmptyState title={t("section.empty")}>{t("section.empty_text")}</EmptyState>
      ) : (
        <DataTable label={t("section.custom")} columns={columns} rows={rows} rowKey={(row) => `${row.namespace}\n${row.name}`} />
      )}
    </>
  );
}

function useColumns(): Column<FactRow>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "name", header: t("custom.fact"), size: 200, value: (row) => row.name, cell: (row) => <Name>{row.name}</Name> },
      { id: "value", header: t("ci.value"), size: 300, value: (row) => factText(row.value, t), cell: (row) => <Value text={factText(row.value, t)} /> },
      { id: "namespace", header: t("custom.namespace"), size: 140, value: (row) => row.namespace, cell: (row) => <Code>{row.namespace}</Code> },
    ],
    [t],
  );
}

function Value({ text }: { text: string }) {
  const t = useT();
  return (
    <span className="row">
      <Name>{text}</Name>
      <CopyButton text={text} label={t("ui.copy")} />
    </span>
  );
}
