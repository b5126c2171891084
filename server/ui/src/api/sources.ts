import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { hasMessage, useLocale, useT } from "../i18n";
import { answer, api } from "./client";
import type { Source } from "./types";

/** Every source, as an administrator set them. */
export function useSources() {
  return useQuery({ queryKey: ["sources"], queryFn: ({ signal }) => answer(api.GET("/sources", { signal })), staleTime: 60_000 });
}

const NONE: readonly Source[] = [];

/** What people call a source, by its name. */
export function useSourceName(): (name: string) => string {
  const t = useT();
  const locale = useLocale();
  const sources = useSources().data?.items ?? NONE;
  return useMemo(() => {
    const labels = new Map(sources.map((source) => [source.name, source.label[locale]]));
    return (name) => {
      const key = `source.${name}`;
      return labels.get(name) ?? (hasMessage(key) ? t(key) : name);
    };
  }, [sources, locale, t]);
}
