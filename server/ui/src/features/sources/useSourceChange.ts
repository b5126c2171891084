import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "../../api/client";

/** Who is asked first, by class and attribute. */
export function useOrders() {
  return useQuery({ queryKey: ["source-orders"], queryFn: ({ signal }) => answer(api.GET("/source-orders", { signal })) });
}

/** Runs a change of the rules; whatever is shown by them is read again. */
export function useSourceChange<Input, Output>(change: (input: Input) => Promise<Output>, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => {
      for (const key of ["sources", "source-orders", "cis", "ci"]) void client.invalidateQueries({ queryKey: [key] });
      onDone();
    },
  });
}
