import { setupI18n, type Messages } from "@lingui/core";
import { useCallback, useSyncExternalStore } from "react";
import type en from "./en/index";
import type baselines from "./en/baselines.msg.json";
import type edits from "./en/edits.msg.json";
import type exchange from "./en/exchange.msg.json";
import type health from "./en/health.msg.json";
import type identification from "./en/identification.msg.json";
import type imports from "./en/imports.msg.json";
import type sources from "./en/sources.msg.json";
import { resolveParticles } from "./josa";

/** The languages the product is complete in. */
export const locales = ["ko", "en"] as const;
export type Locale = (typeof locales)[number];
/** A message's key; the English catalogues are the list of them. */
export type MessageKey = keyof typeof en | keyof typeof baselines | keyof typeof edits | keyof typeof exchange | keyof typeof health | keyof typeof identification | keyof typeof imports | keyof typeof sources;
export type Values = Record<string, string | number>;
/** Turns a key into text in the current language. */
export type Translate = (key: MessageKey, values?: Values) => string;

const i18n = setupI18n();
const loaders: Record<Locale, () => Promise<{ default: unknown }>> = {
  ko: () => import("./ko/index"),
  en: () => import("./en/index"),
};

/** Messages that only some pages need; they come with those pages, see {@link withMessages}. */
const parts = {
  baselines: {
    ko: () => import("./ko/baselines.msg.json"),
    en: () => import("./en/baselines.msg.json"),
  },
  edits: {
    ko: () => import("./ko/edits.msg.json"),
    en: () => import("./en/edits.msg.json"),
  },
  exchange: {
    ko: () => import("./ko/exchange.msg.json"),
    en: () => import("./en/exchange.msg.json"),
  },
  health: {
    ko: () => import("./ko/health.msg.json"),
    en: () => import("./en/health.msg.json"),
  },
  identification: {
    ko: () => import("./ko/identification.msg.json"),
    en: () => import("./en/identification.msg.json"),
  },
  imports: {
    ko: () => import("./ko/imports.msg.json"),
    en: () => import("./en/imports.msg.json"),
  },
  sources: {
    ko: () => import("./ko/sources.msg.json"),
    en: () => import("./en/sources.msg.json"),
  },
} satisfies Record<string, Record<Locale, () => Promise<{ default: unknown }>>>;
export type MessagePart = keyof typeof parts;
const wanted = new Map<MessagePart, Promise<void>>();

export function isLocale(text: string | null | undefined): text is Locale {
  return text === "ko" || text === "en";
}

/** Loads a catalogue and makes it the current language; the document's language follows. */
export async function activate(locale: Locale): Promise<void> {
  const loaded = await Promise.all([loaders[locale](), ...[...wanted.keys()].map((part) => parts[part][locale]())]);
  const messages = Object.assign({}, ...loaded.map((one) => one.default)) as Messages;
  i18n.loadAndActivate({ locale, messages });
  document.documentElement.lang = locale;
}

/** What `load` gives, once the messages that it needs beyond the common ones are there; they follow the language from then on. */
export async function withMessages<T>(part: MessagePart, load: () => Promise<T>): Promise<T> {
  const there = wanted.get(part) ?? loadPart(part, currentLocale());
  wanted.set(part, there);
  try {
    const [loaded] = await Promise.all([load(), there]);
    return loaded;
  } catch (error) {
    wanted.delete(part);
    throw error;
  }
}

async function loadPart(part: MessagePart, locale: Locale) {
  i18n.load(locale, (await parts[part][locale]()).default as unknown as Messages);
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
