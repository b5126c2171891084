import { useMemo } from "react";
import { readText, type Accounts, type LocalGroup, type LocalUser } from "../../../api/sections";
import { codeText, useT } from "../../../i18n";
import { Badge, type Mark, type Tone } from "../../../ui/Badge";
import type { Column } from "../../../ui/DataTable";
import { Name, Path } from "../../../ui/Text";
import { SectionTable } from "./SectionTable";

interface ViewProps {
  id: string;
  q: string;
  onClear: () => void;
}

interface UserRow extends LocalUser {
  groups: string[];
}

/** Users with the groups that they are in, the primary one first. */
export function usersOf(body: Accounts): UserRow[] {
  const groups = body.groups ?? [];
  const names = new Map(groups.map((group) => [group.gid, group.name]));
  const memberships = new Map<string, string[]>();
  for (const group of groups) for (const member of group.members ?? []) memberships.set(member, [...(memberships.get(member) ?? []), group.name]);
  return (body.users ?? []).map((user) => {
    const primary = user.gid === undefined ? undefined : (names.get(user.gid) ?? String(user.gid));
    return { ...user, groups: [...new Set([...(primary ? [primary] : []), ...(memberships.get(user.name) ?? [])])] };
  });
}

const groupsOf = (body: Accounts) => body.groups ?? [];
const isInteractive = (row: UserRow) => row.interactive === true;

/** Local users, and how they get in. */
export function AccountsTable({ interactiveOnly, ...props }: ViewProps & { interactiveOnly: boolean }) {
  return <SectionTable {...props} section="accounts" rowsOf={usersOf} keyOf={(row) => `${row.uid}/${row.name}`} useColumns={useUserColumns} keep={interactiveOnly ? isInteractive : undefined} />;
}

export function GroupsTable(props: ViewProps) {
  const t = useT();
  return <SectionTable {...props} label={t("security.groups")} section="accounts" rowsOf={groupsOf} keyOf={(row) => `${row.gid}/${row.name}`} useColumns={useGroupColumns} />;
}

function useUserColumns(): Column<UserRow>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "name", header: t("services.user"), size: 150, value: (row) => row.name, cell: (row) => <UserName user={row} /> },
      { id: "uid", header: "UID", size: 70, align: "end", value: (row) => row.uid, cell: (row) => row.uid },
      { id: "login", header: t("accounts.login"), size: 112, value: (row) => (row.interactive ? 0 : 1), cell: (row) => <Badge tone={row.interactive ? "accent" : "neutral"} mark={row.interactive ? "square" : "ring"}>{t(row.interactive ? "accounts.can_log_in" : "accounts.cannot")}</Badge> },
      { id: "password", header: t("accounts.password"), size: 130, value: (row) => row.password, cell: (row) => <Password user={row} /> },
      { id: "keys", header: t("accounts.keys"), size: 112, align: "end", value: (row) => row.authorised_keys, cell: (row) => row.authorised_keys ?? <Unseen /> },
      { id: "groups", header: t("security.groups"), size: 180, cell: (row) => <span title={row.groups.join(", ")}>{row.groups.join(", ") || "—"}</span> },
      { id: "full_name", header: t("accounts.full_name"), size: 130, value: (row) => row.full_name, cell: (row) => <Name>{row.full_name || "—"}</Name> },
      { id: "shell", header: t("accounts.shell"), size: 140, value: (row) => readText(row.shell), cell: (row) => <Path text={readText(row.shell)} /> },
      { id: "home", header: t("accounts.home"), size: 150, value: (row) => readText(row.home), cell: (row) => <Path text={readText(row.home)} /> },
    ],
    [t],
  );
}

/** The agent may not look, which is not the same as none. */
function Unseen() {
  const t = useT();
  return (
    <span className="muted" title={t("accounts.unseen_text")}>
      {t("accounts.unseen")}
    </span>
  );
}

function UserName({ user }: { user: UserRow }) {
  const t = useT();
  return (
    <span className="row">
      <Name>{user.name}</Name>
      {user.uid === 0 && user.name !== "root" && <Badge tone="critical">{t("accounts.root_rights")}</Badge>}
    </span>
  );
}

const PASSWORD_LOOK: Partial<Record<string, [Tone, Mark]>> = { set: ["neutral", "square"], locked: ["neutral", "ring"] };

function Password({ user }: { user: UserRow }) {
  const t = useT();
  if (!user.password) return <Unseen />;
  const [tone, mark] = user.password === "none" ? ([user.interactive ? "critical" : "warning", "cross"] as const) : (PASSWORD_LOOK[user.password] ?? (["neutral", "ring"] as const));
  return (
    <Badge tone={tone} mark={mark}>
      {codeText(t, "password_state", user.password)}
    </Badge>
  );
}

function useGroupColumns(): Column<LocalGroup>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "name", header: t("accounts.group"), size: 200, value: (row) => row.name, cell: (row) => <Name>{row.name}</Name> },
      { id: "gid", header: "GID", size: 90, align: "end", value: (row) => row.gid, cell: (row) => row.gid },
      { id: "count", header: t("accounts.member_count"), size: 90, align: "end", value: (row) => row.members?.length ?? 0, cell: (row) => row.members?.length ?? 0 },
      { id: "members", header: t("accounts.members"), size: 420, cell: (row) => <span title={row.members?.join(", ")}>{row.members?.join(", ") || "—"}</span> },
    ],
    [t],
  );
}
