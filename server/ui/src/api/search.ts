import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { can } from "./can";
import { answer, api } from "./client";
import { useSession } from "./session";
import type { SavedSearch } from "./types";

const SAVED = ["saved-searches"];

/** What the query finds, by kind. A query with a fault in it is not asked again. */
export function useSearch(q: string, limit = 8) {
  return useQuery({
    queryKey: ["search", q, limit],
    queryFn: ({ signal }) => answer(api.GET("/search", { params: { query: { q, limit } }, signal })),
    enabled: q !== "",
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 0,
  });
}

/** How the query can go on where the cursor stands, and what is wrong with it. */
export function useSuggestions(q: string, cursor: number, enabled: boolean) {
  return useQuery({
    queryKey: ["search", "suggestions", q, cursor],
    queryFn: ({ signal }) => answer(api.GET("/search/suggestions", { params: { query: { q, cursor } }, signal })),
    enabled,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** The searches that the reader kept or that are shared with him. */
export function useSavedSearches() {
  const session = useSession();
  return useQuery({
    queryKey: SAVED,
    queryFn: ({ signal }) => answer(api.GET("/saved-searches", { signal })),
    enabled: can(session, "ci.read"),
    staleTime: 60_000,
  });
}

/** What can be done with saved searches. */
export function useSavedSearchChanges() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: SAVED });
  const create = useMutation({
    mutationFn: (body: { name: string; query: string; shared: boolean; organisation_id?: string }) => answer(api.POST("/saved-searches", { body })),
    onSuccess,
  });
  const change = useMutation({
    mutationFn: ({ saved, body }: { saved: SavedSearch; body: { name?: string; query?: string; shared?: boolean } }) =>
      answer(api.PATCH("/saved-searches/{id}", { params: { path: { id: saved.id }, header: { "If-Match": `"v${saved.version}"` } }, body })),
    onSuccess,
  });
  const remove = useMutation({
    mutationFn: (saved: SavedSearch) => answer(api.DELETE("/saved-searches/{id}", { params: { path: { id: saved.id } } })),
    onSuccess,
  });
  return { create, change, remove };
}

const RECENT = "terrier.searches";
const RECENT_MAX = 8;

/** What was searched for last in this browser, newest first. */
export function recentSearches(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(RECENT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string").slice(0, RECENT_MAX) : [];
  } catch {
    return [];
  }
}

/** Remembers a search that led somewhere. */
export function rememberSearch(q: string) {
  const text = q.trim();
  if (text === "") return;
  try {
    localStorage.setItem(RECENT, JSON.stringify([text, ...recentSearches().filter((one) => one !== text)].slice(0, RECENT_MAX)));
  } catch {
    // Without storage nothing is remembered.
  }
}

export function forgetSearches() {
  try {
    localStorage.removeItem(RECENT);
  } catch {
    // There is nothing to forget.
  }
}
