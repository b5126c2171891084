import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, answerWithEtag, api } from "../../../api/client";
import type { Body } from "../../../api/types";
import { settle, type TaggedCi } from "./useCi";

/** Who says what of a CI, now or as it was. */
export function useValues(id: string, asOf?: string) {
  return useQuery({
    queryKey: ["ci", id, "values", asOf ?? null],
    queryFn: ({ signal }) => answer(api.GET("/cis/{id}/values", { params: { path: { id }, query: asOf ? { as_of: asOf } : {} }, signal })),
  });
}

export type PinBody = Body<"/cis/{id}/pins", "post">;

interface Changes {
  pin: PinBody;
  unpin: string;
  withdraw: string;
}
export type ValueChange = { [Action in keyof Changes]: { action: Action; with: Changes[Action] } }[keyof Changes];

/** Pins a value, lifts a pin or takes back what people say. The version is the one the reader decided on. */
export function useChangeValue(id: string, version: number, isCommon: boolean) {
  const client = useQueryClient();
  const header = { "If-Match": `"v${version}"` };
  return useMutation({
    mutationFn: (change: ValueChange): Promise<TaggedCi> => {
      switch (change.action) {
        case "pin":
          return answerWithEtag(api.POST("/cis/{id}/pins", { params: { path: { id }, header }, body: change.with }));
        case "unpin":
          return answerWithEtag(api.DELETE("/cis/{id}/pins/{attribute}", { params: { path: { id, attribute: change.with }, header } }));
        case "withdraw": {
          const body = isCommon ? { [change.with]: null } : { attributes: { [change.with]: null } };
          return answerWithEtag(api.PATCH("/cis/{id}", { params: { path: { id }, header }, body }));
        }
      }
    },
    onSuccess: (saved) => {
      settle(client, id, saved);
      void client.invalidateQueries({ queryKey: ["ci", id, "values"] });
    },
    onError: () => void client.invalidateQueries({ queryKey: ["ci", id, "values"] }),
  });
}
