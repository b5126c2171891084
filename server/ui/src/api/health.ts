import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { Answer, Body, Query } from "./types";

export type Health = Answer<"/health", "get">;
export type HealthCheck = Health["checks"][number];
export type Area = Health["classes"][number]["areas"][number];
export type HealthQuery = Pick<Query<"/health">, "class" | "organisation" | "q">;
export type SilentHost = Answer<"/silences", "get">["items"][number];
export type Silence = NonNullable<SilentHost["silence"]>;
export type DueAttestation = Answer<"/attestations", "get">["items"][number];
export type PolicyList = Answer<"/policies", "get">;
export type Policy = PolicyList["items"][number];
export type PolicyAction = Policy["action"];
export type PolicyBody = Body<"/policies", "post">;
export type PolicyRun = Answer<"/policy-runs", "get">["items"][number];
export type PolicyUndo = Answer<"/policy-runs/{id}/undo", "post">;
export type PolicyMatch = Answer<"/policies/{id}/cis", "get">["items"][number];

export const policyActions = ["retire", "archive", "delete", "attest"] as const satisfies readonly PolicyAction[];

/** How good the register is, of what matches. */
export const healthQuery = (query: HealthQuery) =>
  queryOptions({ queryKey: ["health", query], queryFn: ({ signal }) => answer(api.GET("/health", { params: { query }, signal })), staleTime: 30_000 });

/** What is known of a host's silence, if it is silent. */
export const silenceQuery = (id: string) =>
  queryOptions({ queryKey: ["ci", id, "silence"], queryFn: async ({ signal }) => (await answer(api.GET("/cis/{id}/silence", { params: { path: { id } }, signal }))).silence });

/** What is to be confirmed of an item, and who confirmed it before. */
export const attestationsQuery = (id: string) =>
  queryOptions({ queryKey: ["ci", id, "attestations"], queryFn: ({ signal }) => answer(api.GET("/cis/{id}/attestations", { params: { path: { id } }, signal })) });

export const policiesQuery = queryOptions({ queryKey: ["policies"], queryFn: ({ signal }) => answer(api.GET("/policies", { signal })) });

export const runsQuery = queryOptions({ queryKey: ["policies", "runs"], queryFn: async ({ signal }) => (await answer(api.GET("/policy-runs", { signal }))).items });
