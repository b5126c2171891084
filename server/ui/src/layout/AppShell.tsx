import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { Suspense, lazy, useEffect, useRef, useState } from "react";
import { can } from "../api/can";
import { openQuestionsQuery } from "../api/identity";
import { useSession } from "../api/session";
import { ZoneProvider } from "../format/TimeContext";
import { formatNumber } from "../format/number";
import { useLocale, useT } from "../i18n";
import { paths } from "../paths";
import { Badge } from "../ui/Badge";
import { IconButton } from "../ui/Button";
import { Sheet } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { useKeys } from "../ui/keys";
import { Kbd } from "../ui/Text";
import { Mark } from "./Brand";
import { ConnectionBanner } from "./ConnectionBanner";
import { PreferencesButton, UserButton } from "./menuButtons";
import { placeGroups } from "./navigation";
import { PasswordDialog } from "./PasswordDialog";
import styles from "./Shell.module.css";
import { usePreferences } from "./usePreferences";
import { useZone } from "./useZone";

const Palette = lazy(() => import("./Palette"));
const KeysDialog = lazy(() => import("./KeysDialog"));

/** The frame around every page: top bar, navigation, the page itself. */
export function AppShell() {
  const t = useT();
  const zone = useZone();
  usePreferences();
  const [layer, setLayer] = useState<"palette" | "keys" | "menu" | null>(null);
  const close = () => setLayer(null);
  useShellKeys(setLayer);
  return (
    <ZoneProvider zone={zone}>
      <a className={styles.skip} href="#main">
        {t("shell.skip")}
      </a>
      <div className={styles.shell}>
        <TopBar onMenu={() => setLayer("menu")} onJump={() => setLayer("palette")} onKeys={() => setLayer("keys")} />
        <nav className={styles.nav} aria-label={t("shell.navigation")}>
          <Places />
        </nav>
        <main className={styles.main} id="main" tabIndex={-1} data-scroll-restoration-id="main">
          <ConnectionBanner />
          <Outlet />
        </main>
      </div>
      {layer === "menu" && (
        <Sheet onClose={close} label={t("shell.navigation")}>
          <Places onGo={close} />
        </Sheet>
      )}
      <PasswordDialog />
      <Suspense>
        {layer === "palette" && <Palette onClose={close} />}
        {layer === "keys" && <KeysDialog onClose={close} />}
      </Suspense>
    </ZoneProvider>
  );
}

function TopBar({ onMenu, onJump, onKeys }: { onMenu: () => void; onJump: () => void; onKeys: () => void }) {
  const t = useT();
  return (
    <header className={styles.top}>
      <span className={styles.burger}>
        <IconButton icon="menu" label={t("shell.navigation")} onClick={onMenu} />
      </span>
      <Link {...paths.home()} className={styles.brand} aria-label="Terrier">
        <Mark />
        <span>Terrier</span>
      </Link>
      <button type="button" className={styles.jump} onClick={onJump} aria-keyshortcuts="Control+K Meta+K">
        <Icon name="search" size={14} />
        <span>{t("shell.jump")}</span>
        <Kbd>Ctrl K</Kbd>
      </button>
      <span className={styles.space} />
      <PreferencesButton />
      <UserButton onKeys={onKeys} />
    </header>
  );
}

function Places({ onGo }: { onGo?: () => void }) {
  const t = useT();
  const session = useSession();
  return placeGroups.map((group) => {
    const places = group.places.filter((place) => !place.permission || can(session, place.permission));
    if (places.length === 0) return null;
    return (
      <div key={group.label ?? "top"}>
        {group.label && (
          <div className={styles.group}>
            <span>{t(group.label)}</span>
          </div>
        )}
        {places.map((place) => (
          <Link key={place.link.to} to={place.link.to} className={styles.place} activeOptions={{ exact: place.link.to === "/", includeSearch: false }} onClick={onGo} title={t(place.label)}>
            <Icon name={place.icon} />
            <span>{t(place.label)}</span>
            {place.count && <OpenQuestions />}
          </Link>
        ))}
      </div>
    );
  });
}

/** How many questions wait for an answer; nothing where there is none. */
function OpenQuestions() {
  const t = useT();
  const locale = useLocale();
  const open = useQuery(openQuestionsQuery).data ?? 0;
  if (open === 0) return null;
  return (
    <span className={styles.placeCount}>
      <Badge tone="accent" title={t("duplicates.open_count", { count: open })}>
        <span aria-hidden="true">{formatNumber(open, locale)}</span>
        <span className="sr-only">{t("duplicates.open_count", { count: open })}</span>
      </Badge>
    </span>
  );
}

function useShellKeys(open: (layer: "palette" | "keys") => void) {
  const navigate = useNavigate();
  const goingSince = useRef(0);
  useEffect(() => {
    function jump(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      open("palette");
    }
    document.addEventListener("keydown", jump);
    return () => document.removeEventListener("keydown", jump);
  }, [open]);
  const places = placeGroups.flatMap((group) => group.places);
  const second = Object.fromEntries(
    places.map((place) => [
      place.key,
      () => {
        // Without the letter before, it means what the page takes it for.
        if (Date.now() - goingSince.current > 1200) return false;
        goingSince.current = 0;
        return void navigate({ to: place.link.to });
      },
    ]),
  );
  useKeys({
    ...second,
    g: () => (goingSince.current = Date.now()),
    "?": () => open("keys"),
    "/": () => document.querySelector<HTMLInputElement>("input[data-hotkey='/']")?.focus(),
  });
}
