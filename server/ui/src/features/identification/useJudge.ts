import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import type { Judgement } from "../../api/identity";

export const sharedKey = ["identification", "shared"] as const;

/** Kinds of identifiers that are meant to be one machine's alone; the server judges no others. */
export const distinctive = ["cloud_instance", "tpm_key", "serial", "machine_id", "product_uuid", "mac"] as const;

/** Says whether an identifier tells something. */
export function useJudge(onSuccess?: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Judgement) => answer(api.POST("/identification/shared-identifiers", { body })),
    onSuccess,
    onSettled: () => client.invalidateQueries({ queryKey: sharedKey }),
  });
}
