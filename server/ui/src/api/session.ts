import { queryOptions, useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { answer, api, setCsrfToken } from "./client";
import type { Body, Session } from "./types";

/** The signed-in user with permissions; fails with `unauthenticated` when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => remember(await answer(api.GET("/session", { signal }))),
  staleTime: 60_000,
  meta: { mayBeSignedOut: false },
});

/** Takes over the CSRF token of a session body and hands the body on. */
export function remember(session: Session): Session {
  setCsrfToken(session.csrf_token);
  return session;
}

/** The session inside the shell, where there always is one. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

/** Whether the server still waits for its first administrator. */
export function useSetupNeeded() {
  return useQuery({
    queryKey: ["setup"],
    queryFn: ({ signal }) => answer(api.GET("/setup", { signal })),
  });
}

export type Preferences = Body<"/session/preferences", "patch">;

/** Stores language, theme or time zone with the user. */
export function useSavePreferences() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: Preferences) => remember(await answer(api.PATCH("/session/preferences", { body }))),
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  });
}
