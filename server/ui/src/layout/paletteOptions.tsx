import { useNavigate } from "@tanstack/react-router";
import { useMemo, type ReactNode } from "react";
import { can } from "../api/can";
import { useClassBook } from "../api/classes";
import { recentSearches, useSavedSearches, useSearch, useSuggestions } from "../api/search";
import { useSession } from "../api/session";
import type { QueryFault, SearchGroup, SearchHit, TextPart } from "../api/types";
import { codeText, useLocale, useT, type MessageKey } from "../i18n";
import { paths } from "../paths";
import { ClassLetter } from "../ui/Badge";
import { Icon } from "../ui/Icon";
import type { Completion, Completions } from "../ui/QueryField";
import { placeGroups } from "./navigation";
import { completionsOf } from "./queryFault";

/** Something that can be chosen: it leads somewhere, completes the query or is one. */
export interface Option {
  key: string;
  mark: ReactNode;
  name: readonly TextPart[];
  /** What it belongs to, and why it was found. */
  note: string;
  reason: readonly TextPart[] | null;
  go?: () => void;
  query?: string;
  completion?: Completion;
}

export interface Group {
  kind: string;
  label: string;
  options: Option[];
}

interface Found {
  groups: Group[];
  fault: QueryFault | null;
  error: unknown;
  waiting: number;
  pending: boolean;
  completions: Completions | null;
}

const COMPLETIONS = 6;
const SAVED = 6;
const plain = (text: string): TextPart[] => [{ text, matched: false }];

/** Everything that can be chosen for what is typed, by kind. */
export function usePaletteGroups({ text, cursor }: { text: string; cursor: number }): Found {
  const t = useT();
  const locale = useLocale();
  const session = useSession();
  const q = text.trim();
  const found = useSearch(q);
  const suggested = useSuggestions(text, cursor, q !== "" && can(session, "ci.read"));
  const completions = completionsOf(q === "" ? undefined : suggested.data, locale);
  const pages = usePages(q);
  const saved = useSavedOptions(q);
  const hit = useHit();
  const fault = q === "" ? null : (suggested.data?.fault ?? null);
  const hits = q === "" || found.isError ? [] : (found.data?.groups ?? []);
  const label = (kind: string) => codeText(t, "search.kind", kind);
  const completing = (completions?.items ?? []).slice(0, COMPLETIONS).map(
    (item): Option => ({ key: `complete-${item.text}`, mark: <Icon name="search" />, name: plain(item.text), note: item.label ?? "", reason: null, completion: item }),
  );
  // Values are asked for by a colon; names of filters may be what is meant and come last.
  const values = completions !== null && completions.items.every((item) => !item.isName);
  const suggestions = { kind: "suggestion", label: label("suggestion"), options: completing };
  const groups = [
    ...(values ? [suggestions] : []),
    ...(q === "" ? [{ kind: "recent", label: label("recent"), options: recentOptions() }] : []),
    ...hits.map((group) => ({ kind: group.kind, label: label(group.kind), options: group.items.map((one) => hit(group, one)) })),
    { kind: "saved", label: label("saved"), options: saved },
    { kind: "page", label: label("page"), options: pages },
    ...(values ? [] : [suggestions]),
  ].filter((group) => group.options.length > 0);
  return { groups, fault, error: q === "" ? null : found.error, waiting: q === "" ? 0 : (found.data?.waiting ?? 0), pending: found.isFetching, completions };
}

function recentOptions(): Option[] {
  return recentSearches().map((query) => ({ key: `recent-${query}`, mark: <Icon name="retry" />, name: plain(query), note: "", reason: null, query }));
}

function usePages(q: string): Option[] {
  const t = useT();
  const session = useSession();
  const navigate = useNavigate();
  const places = placeGroups.flatMap((group) => group.places).filter((place) => !place.permission || can(session, place.permission));
  const all = [...places, { label: "nav.account" as const, icon: "user" as const, link: paths.account() }];
  return all
    .filter((place) => t(place.label).toLowerCase().includes(q.toLowerCase()))
    .map((place) => ({ key: place.link.to, mark: <Icon name={place.icon} />, name: plain(t(place.label)), note: t("palette.page"), reason: null, go: () => void navigate({ to: place.link.to }) }));
}

function useSavedOptions(q: string): Option[] {
  const t = useT();
  const navigate = useNavigate();
  const saved = useSavedSearches();
  return useMemo(() => {
    const wanted = (saved.data?.items ?? []).filter((one) => one.name.toLowerCase().includes(q.toLowerCase()));
    return wanted.slice(0, SAVED).map((one) => ({ key: `saved-${one.id}`, mark: <Icon name="table" />, name: plain(one.name), note: one.shared ? one.owner.name : t("search.kind.saved"), reason: null, go: () => void navigate(paths.cis({ q: one.query })) }));
  }, [saved.data, q, navigate, t]);
}

/** What a hit looks like and where it leads. */
function useHit() {
  const t = useT();
  const navigate = useNavigate();
  const book = useClassBook();
  return ({ kind }: SearchGroup, one: SearchHit): Option => {
    const text = one.name.map((part) => part.text).join("");
    const field = one.reason && codeText(t, "search.field", one.reason.field);
    const why = one.reason && one.reason.field !== "name" ? t(`search.reason.${one.reason.rank}` as MessageKey, { field: field ?? "" }) : null;
    const about: Record<string, { mark: ReactNode; note: string; go: () => void }> = {
      ci: { mark: <ClassLetter {...book.mark(one.class ?? "")} />, note: [one.within, book.label(one.class ?? "")].filter(Boolean).join(" · "), go: () => void navigate(paths.ci(one.id)) },
      software: { mark: <Icon name="software" />, note: one.class ?? "", go: () => void navigate(paths.product(Number(one.id))) },
      agent: { mark: <Icon name="agents" />, note: codeText(t, "agent_state", one.class ?? ""), go: () => void navigate(paths.agents({ q: text })) },
      user: { mark: <Icon name="user" />, note: one.class ?? "", go: () => void navigate({ to: "/users", search: { q: one.class ?? text } }) },
      organisation: { mark: <Icon name="organisations" />, note: "", go: () => void navigate(paths.cis({ organisation: [one.id] })) },
    };
    const known = about[kind] ?? { mark: null, note: kind, go: () => undefined };
    return { key: `${kind}-${one.id}`, name: one.name, reason: why ? (one.reason?.text ?? null) : null, ...known, note: [why, known.note].filter(Boolean).join(" · ") };
  };
}
