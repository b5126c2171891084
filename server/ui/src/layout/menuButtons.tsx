import { lazy } from "react";
import { useSession } from "../api/session";
import { zoneName } from "../format/time";
import { useT } from "../i18n";
import { Button } from "../ui/Button";
import { OnDemand } from "../ui/OnDemand";
import styles from "./Shell.module.css";
import { useZone } from "./useZone";

const load = () => import("./menus");
const PreferencesMenu = lazy(() => load().then((module) => ({ default: module.PreferencesMenu })));
const UserMenu = lazy(() => load().then((module) => ({ default: module.UserMenu })));

/** Opens theme, language and time zone; shows the zone that times are in. */
export function PreferencesButton() {
  const t = useT();
  const zone = useZone();
  const trigger = (
    <Button tone="quiet" icon="globe">
      <span className="sr-only">{t("shell.preferences")}</span>
      <span className={styles.zone}>{zoneName(zone)}</span>
    </Button>
  );
  return (
    <OnDemand kind="menu" trigger={trigger} preload={load}>
      {(button) => <PreferencesMenu trigger={button} />}
    </OnDemand>
  );
}

/** Opens the menu of who is signed in. */
export function UserButton({ onKeys }: { onKeys: () => void }) {
  const t = useT();
  const { user } = useSession();
  const trigger = <Button tone="quiet" icon="user" aria-label={t("shell.user_menu", { name: user.display_name })} />;
  return (
    <OnDemand kind="menu" trigger={trigger} preload={load}>
      {(button) => <UserMenu trigger={button} onKeys={onKeys} />}
    </OnDemand>
  );
}
