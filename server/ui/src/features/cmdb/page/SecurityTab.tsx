import { getRouteApi } from "@tanstack/react-router";
import { codeText, useT } from "../../../i18n";
import { oneOf } from "../../../search";
import { Card } from "../../../ui/Card";
import { Check, Segments } from "../../../ui/Field";
import { SearchField } from "../../../ui/SearchField";
import { AccountsTable, GroupsTable } from "./AccountsView";
import { CertificatesTable } from "./CertificatesView";
import styles from "./CiPage.module.css";
import type { TabProps } from "./CiPage";
import { KernelView } from "./KernelView";
import { securityViews } from "./tabSearch";

const route = getRouteApi("/app/cis/$id/$tab");

/** What a row has to be when the box beside the filter is ticked. */
const ONLY = { certificates: "expiring", accounts: "interactive" } as const;

/** Certificates and when they end, who may be on the host, and how its kernel and firewall are set. */
export default function SecurityTab({ read }: TabProps) {
  const t = useT();
  const { view: asked, q = "", type } = route.useSearch();
  const navigate = route.useNavigate();
  const { id } = read.body;
  const view = oneOf(asked, securityViews) ?? "certificates";
  const only = view === "certificates" || view === "accounts" ? ONLY[view] : null;
  const set = (change: { view?: string; q?: string | undefined; type?: string | undefined }) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const onClear = () => set({ q: undefined, type: undefined });
  const props = { id, q, onClear };
  return (
    <>
      <div className={styles.bar}>
        <Segments label={t("tab.security")} value={view} options={securityViews.map((one) => [one, t(`security.${one}`)] as const)} onChange={(next) => set({ view: next, type: undefined })} />
        <SearchField hotkey className={styles.filter} label={t("services.filter")} clearLabel={t("ui.clear")} value={q} onSearch={(text) => set({ q: text || undefined })} />
        {only && <Check label={codeText(t, "security_only", only)} checked={type === only} onChange={(event) => set({ type: event.target.checked ? only : undefined })} />}
      </div>
      {view === "certificates" && (
        <Card flush title={t("section.certificates")}>
          <CertificatesTable {...props} expiringOnly={type === ONLY.certificates} />
        </Card>
      )}
      {view === "accounts" && (
        <Card flush title={t("section.accounts")}>
          <AccountsTable {...props} interactiveOnly={type === ONLY.accounts} />
        </Card>
      )}
      {view === "groups" && (
        <Card flush title={t("security.groups")}>
          <GroupsTable {...props} />
        </Card>
      )}
      {view === "kernel" && <KernelView {...props} />}
    </>
  );
}
