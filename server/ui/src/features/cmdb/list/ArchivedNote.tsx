import { Link } from "@tanstack/react-router";
import { useT } from "../../../i18n";
import { paths } from "../../../paths";
import { lifecycles } from "../words";
import { isFiltered, type CiSearch } from "./filters";

/** Tells that the list leaves out what was disposed of as long as nobody filters it, and how to see that, too. */
export function ArchivedNote({ search }: { search: CiSearch }) {
  const t = useT();
  if (isFiltered(search)) return null;
  return (
    <p className="row wrap muted">
      <span>{t("cis.archived_hidden")}</span>
      <Link {...paths.cis({ ...search, lifecycle: [...lifecycles] })}>{t("cis.archived_show")}</Link>
    </p>
  );
}
