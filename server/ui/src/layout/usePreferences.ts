import { useEffect } from "react";
import { useSavePreferences, useSession, type Preferences } from "../api/session";
import { activate, currentLocale, isLocale, type Locale } from "../i18n";
import { applyTheme, keepLanguage, type Theme } from "./theme";

/** Language, theme and zone of the user: applied when they change anywhere, saved with the user. */
export function usePreferences() {
  const { user } = useSession();
  const save = useSavePreferences();
  useEffect(() => applyTheme(user.theme), [user.theme]);
  useEffect(() => void showLanguage(user.language), [user.language]);
  return {
    language: (isLocale(user.language) ? user.language : currentLocale()) as Locale,
    theme: (user.theme === "light" || user.theme === "dark" ? user.theme : "system") as Theme,
    zone: user.time_zone,
    change: (preferences: Preferences) => save.mutate(preferences),
    error: save.error,
    saved: save.isSuccess,
  };
}

/** Switches the language of the page and of the next visit's first paint. */
export async function showLanguage(language: string): Promise<void> {
  if (!isLocale(language)) return;
  keepLanguage(language);
  if (language !== currentLocale()) await activate(language);
}
