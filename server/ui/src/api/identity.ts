import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { Answer, Body } from "./types";

export type ProposalPage = Answer<"/proposals", "get">;
export type Proposal = ProposalPage["items"][number];
export type ProposalSide = Proposal["newer"];
export type ProposalAnswer = Body<"/proposals/{id}/answer", "post">;
export type WaitingAgent = Answer<"/identification/waiting", "get">["items"][number];
export type RuleList = Answer<"/identification/rules", "get">;
export type Rule = RuleList["items"][number];
export type RuleBody = Body<"/identification/rules/{id}", "put">;
export type SharedIdentifier = Answer<"/identification/shared-identifiers", "get">["items"][number];
export type Judgement = Body<"/identification/shared-identifiers", "post">;
export type Explanation = Answer<"/identification/explain", "post">;
export type ExplainBody = Body<"/identification/explain", "post">;
export type ExplainedRule = Explanation["trace"][number];
export type ExplainedStep = ExplainedRule["steps"][number];
export type Candidate = NonNullable<Explanation["ci"]>;
export type Merge = Answer<"/cis/{id}/merges", "get">["items"][number];
export type ReporterList = Answer<"/cis/{id}/reporters", "get">;
export type Reporter = ReporterList["reporters"][number];
export type Split = ReporterList["splits"][number];

/** The tag of a version, as the server makes it. */
export const etagOf = ({ version }: { version: number }) => `"v${version}"`;

/** The rules, and the words that rules are made of. */
export const rulesQuery = queryOptions({
  queryKey: ["identification", "rules"],
  queryFn: ({ signal }) => answer(api.GET("/identification/rules", { signal })),
  staleTime: 60_000,
});

/** How many questions are open. */
export const openQuestionsQuery = queryOptions({
  queryKey: ["proposals", "count"],
  queryFn: async ({ signal }) => (await answer(api.GET("/proposals", { params: { query: { state: "open", limit: 1 } }, signal }))).open,
  staleTime: 60_000,
  refetchInterval: 60_000,
});

/** The merges that a CI is made of. */
export const mergesQuery = (id: string) =>
  queryOptions({
    queryKey: ["ci", id, "merges"],
    queryFn: async ({ signal }) => (await answer(api.GET("/cis/{id}/merges", { params: { path: { id } }, signal }))).items,
  });

/** The merge by which `merged` became part of `survivor`, if it holds. */
export function mergeOf(merges: readonly Merge[], merged: string): Merge | undefined {
  return merges.find((one) => one.merged.id === merged && !one.undone_at);
}

/** Takes a merge back. */
export function undoMerge(id: string, reason = "") {
  return answer(api.POST("/merges/{id}/undo", { params: { path: { id } }, body: reason.trim() ? { reason: reason.trim() } : {} }));
}

/** Who reports of a CI, and who was given one of its own. */
export const reportersQuery = (id: string) =>
  queryOptions({
    queryKey: ["ci", id, "reporters"],
    queryFn: ({ signal }) => answer(api.GET("/cis/{id}/reporters", { params: { path: { id } }, signal })),
  });

/** Gives a reporter of a CI one of its own. */
export function splitCi(id: string, reporter: string, reason = "") {
  return answer(api.POST("/cis/{id}/split", { params: { path: { id } }, body: { reporter, ...(reason.trim() ? { reason: reason.trim() } : {}) } }));
}

/** Takes a split back. */
export function undoSplit(id: string, reason = "") {
  return answer(api.POST("/splits/{id}/undo", { params: { path: { id } }, body: reason.trim() ? { reason: reason.trim() } : {} }));
}
