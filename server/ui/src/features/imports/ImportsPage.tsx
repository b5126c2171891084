import { getRouteApi } from "@tanstack/react-router";
import { can } from "../../api/can";
import { useSession } from "../../api/session";
import { useT } from "../../i18n";
import { Page } from "../../layout/Page";
import { Segments } from "../../ui/Field";
import { FileDrop } from "./FileDrop";
import { ForeignAgents } from "./ForeignAgents";
import { PastImports } from "./PastImports";
import { TableImport } from "./TableImport";
import { importViews } from "./filters";

const route = getRouteApi("/app/imports");

/** What other programs know: their files, and their agents that report here. */
export function ImportsPage() {
  const t = useT();
  const session = useSession();
  const { view = "files" } = route.useSearch();
  const navigate = route.useNavigate();
  const mayLetIn = can(session, "enrolment.manage");
  const mayWrite = can(session, "ci.write");
  const views = [["files", t("imports.files")] as const, ...(mayWrite ? [["tables", t("imports.tables")] as const] : []), ...(mayLetIn ? [["agents", t("imports.agents")] as const] : [])];
  return (
    <Page
      title={t("nav.imports")}
      actions={views.length > 1 && <Segments label={t("agents.view")} value={view} options={views} onChange={(next) => void navigate({ search: { view: importViews.find((one) => one === next && one !== "files") } })} />}
    >
      {view === "agents" && mayLetIn ? (
        <ForeignAgents />
      ) : (
        <>
          {mayWrite && (view === "tables" ? <TableImport /> : <FileDrop />)}
          <PastImports />
        </>
      )}
    </Page>
  );
}
