import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, answerWithEtag, api } from "../../../api/client";
import type { Baseline, BaselineFilter, Body } from "../../../api/types";

const LIST = ["baselines"];
const keyOf = (id: string) => ["baselines", id] as const;
const path = (id: string) => ({ path: { id } });

export function useBaselines() {
  return useQuery({ queryKey: LIST, queryFn: ({ signal }) => answer(api.GET("/baselines", { signal })) });
}

export function useBaseline(id: string) {
  return useQuery({ queryKey: keyOf(id), queryFn: ({ signal }) => answer(api.GET("/baselines/{id}", { params: path(id), signal })) });
}

export function useAcceptances(id: string) {
  return useQuery({ queryKey: [...keyOf(id), "acceptances"], queryFn: ({ signal }) => answer(api.GET("/baselines/{id}/acceptances", { params: path(id), signal })) });
}

/** The generated type wants every part of a filter, because each has a default. */
type NewBaseline = Omit<Body<"/baselines", "post">, "filter"> & { filter: BaselineFilter };

/** What can be done with baselines; what is shown of them is read again afterwards. */
export function useBaselineChanges() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: LIST });
  const take = useMutation({ mutationFn: (body: NewBaseline) => answer(api.POST("/baselines", { body: body as Body<"/baselines", "post"> })), onSuccess });
  const change = useMutation({
    mutationFn: ({ baseline, body }: { baseline: Baseline; body: Body<"/baselines/{id}", "patch"> }) =>
      answerWithEtag(api.PATCH("/baselines/{id}", { params: { ...path(baseline.id), header: { "If-Match": `"v${baseline.version}"` } }, body })),
    onSuccess,
  });
  const remove = useMutation({
    mutationFn: (baseline: Baseline) => answer(api.DELETE("/baselines/{id}", { params: path(baseline.id) })),
    onSuccess: (_gone, baseline) => {
      client.removeQueries({ queryKey: keyOf(baseline.id) });
      return onSuccess();
    },
  });
  const accept = useMutation({
    mutationFn: ({ id, body }: { id: string; body: Body<"/baselines/{id}/acceptances", "post"> }) => answer(api.POST("/baselines/{id}/acceptances", { params: path(id), body })),
    onSuccess,
  });
  const undo = useMutation({
    mutationFn: ({ id, acceptance, reason }: { id: string; acceptance: string; reason: string }) =>
      answer(api.POST("/baselines/{id}/acceptances/{acceptance}/undo", { params: { path: { id, acceptance } }, body: reason.trim() ? { reason } : {} })),
    onSuccess,
  });
  return { take, change, remove, accept, undo };
}
