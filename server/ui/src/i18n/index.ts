import { setupI18n, type Messages } from "@lingui/core";
import { useCallback, useSyncExternalStore } from "react";
import type en from "./en/index";
import { resolveParticles } from "./josa";

/** The languages the product is complete in. */
export const locales = ["ko", "en"] as const;
export type Locale = (typeof locales)[number];
/** A message's key; the English catalogue is the list of them. */
export type MessageKey = keyof typeof en;
export type Values = Record<string, string | number>;
/** Turns a key into text in the current language. */
export type Translate = (key: MessageKey, values?: Values) => string;

const i18n = setupI18n();
const loaders: Record<Locale, () => Promise<{ default: unknown }>> = {
  ko: () => import("./ko/index"),
  en: () => import("./en/index"),
};

export function isLocale(text: string | null | undefined): text is Locale {
  return text === "ko" || text === "en";
}

/** Loads a catalogue and makes it the current language; the document's language follows. */
export async function activate(locale: Locale): Promise<void> {
  const catalogue = (await loaders[locale]()).default as Messages;
  i18n.loadAndActivate({ locale, messages: catalogue });
  document.documentElement.lang = locale;
}

/** The current language. */
export function currentLocale(): Locale {
  return isLocale(i18n.locale) ? i18n.locale : "en";
}

function translate(locale: Locale, key: string, values?: Values): string {
  const text = i18n._(key, values);
  return locale === "ko" ? resolveParticles(text) : text;
}

/** Whether the catalogues have a message under this key; for keys made of a server's code. */
export function hasMessage(key: string): key is MessageKey {
  return key in i18n.messages;
}

function subscribe(listener: () => void) {
  return i18n.on("change", listener);
}

export function useLocale(): Locale {
  return useSyncExternalStore(subscribe, currentLocale);
}

/** The translator; components that use it are drawn again when the language changes. */
export function useT(): Translate {
  const locale = useLocale();
  return useCallback<Translate>((key, values) => translate(locale, key, values), [locale]);
}

/** The message `${prefix}.${code}`, or the code itself where a newer server sends one this version does not know. */
export function codeText(t: Translate, prefix: string, code: string, values?: Values): string {
  const key = `${prefix}.${code}`;
  return hasMessage(key) ? t(key, values) : code;
}
