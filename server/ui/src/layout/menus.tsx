import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { answer, api } from "../api/client";
import { useSession } from "../api/session";
import { browserZone } from "../format/TimeContext";
import { zoneName } from "../format/time";
import { useT } from "../i18n";
import { paths } from "../paths";
import { chooseDensity, useDensity } from "../ui/density";
import { Menu, MenuChoice, MenuItem, MenuLine, MenuNote } from "../ui/Menu";
import type { TriggerElement } from "../ui/OnDemand";
import type { Theme } from "./theme";
import { usePreferences } from "./usePreferences";
import { useChooseZone, useChosenZone } from "./useZone";

/** Language, theme, density of tables and time zone. */
export function PreferencesMenu({ trigger }: { trigger: TriggerElement }) {
  const t = useT();
  const { language, theme, zone: own, change } = usePreferences();
  const zone = useChosenZone();
  const density = useDensity();
  const { choose } = useChooseZone();
  const zones = [...new Set([zone, own, browserZone, "Asia/Seoul", "UTC"])].filter(Boolean);
  const themes: [Theme, string][] = [
    ["system", t("theme.system")],
    ["light", t("theme.light")],
    ["dark", t("theme.dark")],
  ];
  return (
    <Menu trigger={trigger}>
      <MenuChoice label={t("shell.language")} value={language} options={[["ko", "한국어"], ["en", "English"]]} onChange={(next) => change({ language: next })} />
      <MenuLine />
      <MenuChoice label={t("shell.theme")} value={theme} options={themes} onChange={(next) => change({ theme: next })} />
      <MenuLine />
      <MenuChoice label={t("shell.density")} value={density} options={[["compact", t("density.compact")], ["comfortable", t("density.comfortable")]]} onChange={chooseDensity} />
      <MenuLine />
      <MenuChoice label={t("shell.time_zone")} value={zone} options={[["", t("shell.time_zone_of_browser", { zone: browserZone })], ...zones.map((name): [string, string] => [name, `${name} (${zoneName(name)})`])]} onChange={choose} />
    </Menu>
  );
}

/** Who is signed in, and the way out. */
export function UserMenu({ trigger, onKeys }: { trigger: TriggerElement; onKeys: () => void }) {
  const t = useT();
  const { user } = useSession();
  const signOut = useSignOut();
  return (
    <Menu trigger={trigger}>
      <MenuNote>
        {user.display_name} · {user.login}
      </MenuNote>
      <MenuItem render={<Link {...paths.account()} />}>{t("nav.account")}</MenuItem>
      <MenuItem onClick={onKeys}>{t("keys.title")}</MenuItem>
      <MenuLine />
      <MenuItem onClick={() => signOut.mutate()}>{t("shell.sign_out")}</MenuItem>
    </Menu>
  );
}

function useSignOut() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => answer(api.DELETE("/session")),
    onSettled: async () => {
      await navigate(paths.signIn());
      client.clear();
    },
  });
}
