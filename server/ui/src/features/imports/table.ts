import { answer, api } from "../../api/client";
import type { ClassBook } from "../../api/classes";
import { commonAttributes } from "../../api/classes";
import type { ImportReport, TableInspection, TableMapping } from "../../api/types";

type ColumnMapping = TableMapping["columns"][number];

/** What a column may mean beside an attribute. */
export const OWN_MEANINGS = ["id", "key", "class", "organisation", "lifecycle", "reason"] as const;
/** What a column of a table of relations may mean. */
export const RELATION_MEANINGS = ["relation_source", "relation_target", "relation_type"] as const;

const raw = {
  bodySerializer: (body: unknown) => body as Blob,
  headers: { "Content-Type": "application/octet-stream" },
};

/** Asks what a table looks like and what its columns probably mean. */
export function inspect(file: File, how: { className: string; separator: string }): Promise<TableInspection> {
  const query = { ...(how.className ? { class: how.className } : {}), ...(how.separator ? { separator: how.separator } : {}) };
  return answer<TableInspection>(api.POST("/imports/tables/inspect", { params: { query }, body: file as unknown as string, ...raw }));
}

/** Sends a table: to hear what would happen, or to have it happen. */
export function sendTable(file: File, mapping: TableMapping, how: { dryRun: boolean; separator: string; organisation: string; key?: string }): Promise<ImportReport> {
  const query = {
    mapping: JSON.stringify(mapping),
    file_name: file.name.slice(0, 255),
    ...(how.dryRun ? { dry_run: true } : {}),
    ...(how.separator ? { separator: how.separator } : {}),
    ...(how.organisation ? { organisation_id: how.organisation } : {}),
  };
  const header = how.key ? { "Idempotency-Key": how.key } : {};
  return answer<ImportReport>(api.POST("/imports/tables", { params: { query, header }, body: file as unknown as string, ...raw }));
}

/** The mapping with another meaning of a column; an empty one leaves the column out. */
export function withMeaning(mapping: TableMapping, column: string, to: string): TableMapping {
  const others = mapping.columns.filter((one) => one.column !== column);
  const before = mapping.columns.find((one) => one.column === column);
  const next: ColumnMapping[] = to ? [...others, { ...before, column, to: [to], by: namesAnother(to) ? (before?.by ?? "name") : null }] : others;
  return { ...mapping, columns: next };
}

/** The mapping with another way in which a column names other items. */
export function withNaming(mapping: TableMapping, column: string, by: NonNullable<ColumnMapping["by"]>): TableMapping {
  return { ...mapping, columns: mapping.columns.map((one) => (one.column === column ? { ...one, by } : one)) };
}

/** Whether what a column means is another item. */
export function namesAnother(to: string): boolean {
  return to.startsWith("relation:") || to.startsWith("relation_from:") || to === "relation_source" || to === "relation_target";
}

/** A mapping as far as it speaks of columns that this table has. */
export function fitting(mapping: TableMapping, headings: readonly string[]): TableMapping {
  return { ...mapping, columns: mapping.columns.filter((one) => headings.includes(one.column)) };
}

/** The attributes that a column may mean for items of a class; of every class where rows say theirs. */
export function attributeChoices(book: ClassBook, className: string): { name: string; label: string }[] {
  const [root, ...others] = [...book.classes].sort((one, other) => Number(Boolean(one.parent)) - Number(Boolean(other.parent)));
  const common = (root?.attributes ?? []).filter((one) => commonAttributes.includes(one.name) && one.name !== "lifecycle");
  const own = className ? book.attributesOf(className) : others.flatMap((one) => one.attributes);
  const all = new Map([...common, ...own].filter((one) => one.name !== "lifecycle").map((one) => [one.name, book.text(one.label)]));
  return [...all].map(([name, label]) => ({ name, label }));
}
