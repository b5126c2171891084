import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useLocale } from "../i18n";
import { answer, api } from "./client";
import type { CiClass, ClassAttribute } from "./types";

interface Labels {
  en: string;
  ko: string;
}

/** The class model for reading: labels in the reader's language, letters, the tree. */
export interface ClassBook {
  loaded: boolean;
  classes: readonly CiClass[];
  /** The class's name for people; its own name until the model is loaded. */
  label: (name: string) => string;
  text: (labels: Labels) => string;
  mark: (name: string) => { letter: string; family: string };
  attribute: (className: string, name: string) => ClassAttribute | undefined;
  /** CIs of the class and everything below it. */
  count: (name: string) => number;
  children: (name: string) => readonly CiClass[];
  /** Where the tree begins for people: below the class that everything is, if there is one. */
  tops: readonly CiClass[];
  /** The class's attributes without those that every CI has. */
  attributesOf: (name: string) => readonly ClassAttribute[];
  /** Whether `name` is `ancestor` or lies below it. */
  isA: (name: string, ancestor: string) => boolean;
}

const NONE: readonly CiClass[] = [];

/** What every CI has; the API names these as fields of their own, beside `attributes`. */
export const commonAttributes: readonly string[] = ["name", "owner", "support_team", "criticality", "environment", "lifecycle"];

export function useClassBook(): ClassBook {
  const locale = useLocale();
  const query = useQuery({
    queryKey: ["classes"],
    queryFn: ({ signal }) => answer(api.GET("/classes", { signal })),
    staleTime: 60_000,
  });
  const classes = query.data?.items ?? NONE;
  return useMemo(() => bookOf(classes, locale, query.isSuccess), [classes, locale, query.isSuccess]);
}

/** Builds the book; pure. */
export function bookOf(classes: readonly CiClass[], locale: "ko" | "en", loaded: boolean): ClassBook {
  const byName = new Map(classes.map((one) => [one.name, one]));
  const below = (name: string | null) => classes.filter((one) => (one.parent ?? null) === name);
  const count = (name: string): number => below(name).reduce((sum, child) => sum + count(child.name), byName.get(name)?.count ?? 0);
  const isA = (name: string, ancestor: string): boolean => {
    if (name === ancestor) return true;
    const parent = byName.get(name)?.parent;
    return parent ? isA(parent, ancestor) : false;
  };
  const roots = below(null);
  const [root] = roots;
  return {
    loaded,
    classes,
    label: (name) => byName.get(name)?.label[locale] ?? name,
    text: (labels) => labels[locale],
    mark: (name) => ({ letter: byName.get(name)?.icon ?? "·", family: byName.get(name)?.family ?? "org" }),
    attribute: (className, name) => byName.get(className)?.attributes.find((attribute) => attribute.name === name),
    count,
    children: below,
    tops: root && roots.length === 1 ? below(root.name) : roots,
    attributesOf: (name) => (byName.get(name)?.attributes ?? []).filter((one) => !commonAttributes.includes(one.name)),
    isA,
  };
}
