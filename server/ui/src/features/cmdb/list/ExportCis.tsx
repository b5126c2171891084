import { useLocale } from "../../../i18n";
import { ExportButton, type Exported } from "../../../layout/ExportButton";
import { ciQuery, type CiSearch } from "./filters";

/** The listed CIs as a file, with the columns that are shown and the ids by which they are found again. */
export function ExportCis({ search, columns }: { search: CiSearch; columns: readonly string[] }) {
  const locale = useLocale();
  return <ExportButton path="/cis" params={exportParams(search, columns, locale)} />;
}

/** What narrows the list, and what of it is exported. */
export function exportParams(search: CiSearch, columns: readonly string[], language: string): Exported["params"] {
  return { ...ciQuery(search), cols: ["id", ...columns.filter((one) => one !== "id")].join(","), lang: language };
}
