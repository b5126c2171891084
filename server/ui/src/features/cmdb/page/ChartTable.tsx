import { useMemo } from "react";
import { useT } from "../../../i18n";
import { DataTable, type Column } from "../../../ui/DataTable";
import { Time } from "../../../ui/Time";
import type { Drawing } from "./charts";

interface TableRow {
  at: number;
  values: (number | null | undefined)[];
}

interface ChartTableProps {
  title: string;
  drawing: Drawing;
  /** What each line is called. */
  names: readonly string[];
  format: (value: number) => string;
}

/** A chart's numbers, the latest first. */
export default function ChartTable({ title, drawing, names, format }: ChartTableProps) {
  const t = useT();
  const rows = useMemo(
    () => drawing.times.map((at, index): TableRow => ({ at, values: drawing.lines.map((line) => line.values[index]) })).filter((row) => row.values.some((value) => value !== null)).reverse(),
    [drawing],
  );
  const key = names.join("\n");
  const columns = useMemo(
    (): Column<TableRow>[] => [
      { id: "at", header: t("utilisation.time"), size: 130, value: (row) => row.at, cell: (row) => <Time at={new Date(row.at * 1000).toISOString()} /> },
      ...key.split("\n").map((header, at): Column<TableRow> => ({
        id: `v${at}`,
        header,
        size: 120,
        align: "end",
        value: (row) => row.values[at],
        cell: (row) => {
          const value = row.values[at];
          return value === null || value === undefined ? "—" : format(value);
        },
      })),
    ],
    [t, key, format],
  );
  return <DataTable label={title} columns={columns} rows={rows} rowKey={(row) => String(row.at)} />;
}
