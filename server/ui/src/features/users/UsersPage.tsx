import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { answer, api } from "../../api/client";
import { useList } from "../../api/queries";
import type { User } from "../../api/types";
import { codeText, useT } from "../../i18n";
import { ExportButton } from "../../layout/ExportButton";
import { ListBody } from "../../layout/ListBody";
import { FillCard, Page } from "../../layout/Page";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { DataTable, type Column } from "../../ui/DataTable";
import { useKeys } from "../../ui/keys";
import { SearchField } from "../../ui/SearchField";
import { Code, Name } from "../../ui/Text";
import { Time } from "../../ui/Time";
import { CreateUserDialog } from "./CreateUserDialog";
import { UserActions } from "./UserActions";
import styles from "./Users.module.css";

const route = getRouteApi("/app/users");

/** Who may sign in, with which roles over which organisations. */
export function UsersPage() {
  const t = useT();
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const [creating, setCreating] = useState(false);
  const find = (text: string) => void navigate({ search: { q: text || undefined }, replace: true });
  const list = useList<User>(["users", q ?? ""], (cursor, signal) => answer(api.GET("/users", { params: { query: { q, limit: 100, cursor } }, signal })));
  const columns = useColumns();
  useKeys({ c: () => setCreating(true) });
  return (
    <Page
      fill
      title={t("nav.users")}
      actions={
        <>
          <ExportButton path="/users" params={{ q }} />
          <Button tone="primary" icon="plus" onClick={() => setCreating(true)}>
            {t("users.create")}
          </Button>
        </>
      }
    >
      <div className={styles.bar}>
        <SearchField hotkey className={styles.search} label={t("users.search")} clearLabel={t("ui.clear")} value={q ?? ""} onSearch={find} />
      </div>
      <FillCard>
        <ListBody list={list} filtered={q !== undefined} onClear={() => find("")} emptyTitle={t("users.empty")}>
          <DataTable label={t("nav.users")} height="fill" columns={columns} rows={list.rows} rowKey={(row) => row.id} stale={list.stale} onEnd={list.loadMore} />
        </ListBody>
      </FillCard>
      {creating && <CreateUserDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}

function useColumns(): Column<User>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "login", header: t("sign_in.login"), size: 140, value: (row) => row.login, cell: (row) => <Code>{row.login}</Code> },
      { id: "display_name", header: t("user.display_name"), size: 180, value: (row) => row.display_name, cell: (row) => <Name>{row.display_name}</Name> },
      { id: "enabled", header: t("users.state"), size: 104, value: (row) => (row.enabled ? 0 : 1), cell: (row) => <Badge tone={row.enabled ? "ok" : "neutral"} mark={row.enabled ? "round" : "ring"}>{t(row.enabled ? "users.enabled" : "users.disabled")}</Badge> },
      { id: "grants", header: t("users.roles"), size: 300, cell: (row) => <Name>{row.grants.map((grant) => `${codeText(t, "role", grant.role)} (${grant.organisation.name})`).join(", ") || "—"}</Name> },
      { id: "language", header: t("shell.language"), size: 96, value: (row) => row.language, cell: (row) => (row.language === "ko" ? "한국어" : "English") },
      { id: "last", header: t("users.last_login"), size: 120, value: (row) => row.last_login_at, cell: (row) => (row.last_login_at ? <Time at={row.last_login_at} show="relative" /> : <span className="muted">{t("users.never")}</span>) },
      { id: "created", header: t("enrolment.created"), size: 148, value: (row) => row.created_at, cell: (row) => <Time at={row.created_at} show="day" /> },
      { id: "actions", header: t("ui.actions"), size: 120, pinned: true, cell: (row) => <UserActions user={row} /> },
    ],
    [t],
  );
}
