import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { Answer, BaselineFilter, Body } from "./types";

export type Edit = Answer<"/cis/edits/{id}", "get">;
export type EditState = Edit["state"];
export type EditItem = Answer<"/cis/edits/{id}/items", "get">["items"][number];
export type EditOutcome = EditItem["outcome"];
/** What is said of one attribute. */
export type Change = { set: unknown } | { clear: true } | { add?: string[]; remove?: string[] };
export type Changes = Record<string, Change>;
/** Which items: all that a filter finds, or these. */
export type Selected = { filter: BaselineFilter } | { ci_ids: string[] };

/** Whether the server is at work on it. */
export const isUnderWay = (state: EditState | undefined) => state === "applying" || state === "undoing";

/** An edit, asked for again as long as it goes on. */
export const editQuery = (id: string) =>
  queryOptions({
    queryKey: ["edits", id],
    queryFn: ({ signal }) => answer(api.GET("/cis/edits/{id}", { params: { path: { id } }, signal })),
    refetchInterval: (query) => (isUnderWay(query.state.data?.state) ? 1_000 : false),
  });

/** Prepares an edit: nothing is written but its preview. */
export function prepare(selected: Selected, changes: Changes, reason: string) {
  const body = { ...selected, changes, ...(reason.trim() ? { reason: reason.trim() } : {}) };
  return answer(api.POST("/cis/edits", { body: body as unknown as Body<"/cis/edits", "post"> }));
}
