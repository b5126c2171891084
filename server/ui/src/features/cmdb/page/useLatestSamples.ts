import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../../api/client";

const REFRESH_MS = 60_000;

/** What was measured last of a CI, by metric and dimension. */
export function useLatestSamples(id: string) {
  return useQuery({
    queryKey: ["ci", id, "samples", "latest"],
    queryFn: ({ signal }) => answer(api.GET("/cis/{id}/samples/latest", { params: { path: { id } }, signal })),
    refetchInterval: REFRESH_MS,
  });
}
