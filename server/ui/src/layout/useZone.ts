import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useSavePreferences, useSession } from "../api/session";
import { browserZone } from "../format/TimeContext";

const app = getRouteApi("/app");

/** The zone in which times are shown: that of the address, so that a link shows everybody the same; else the reader's. */
export function useZone(): string {
  const { tz } = app.useSearch();
  const { user } = useSession();
  return tz ?? (user.time_zone || browserZone);
}

/** The zone that was chosen, by the address or by the reader; empty where the browser's holds. */
export function useChosenZone(): string {
  const { tz } = app.useSearch();
  const { user } = useSession();
  return tz ?? user.time_zone;
}

/** Shows times in another zone, empty for the browser's: says so in the address, and keeps it with the user. */
export function useChooseZone() {
  const navigate = useNavigate();
  const save = useSavePreferences();
  return {
    choose(zone: string) {
      save.mutate({ time_zone: zone });
      void navigate({ to: ".", search: (before) => ({ ...before, tz: zone || undefined }), replace: true });
    },
    error: save.error,
  };
}
