import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useClassBook, type ClassBook } from "../../../api/classes";
import { answer, api } from "../../../api/client";
import type { Ci, Relation } from "../../../api/types";
import type { Dependence, Neighbourhood, PlaceableCi } from "./neighbourhood";

const NEAR = 100;
const FAR = 20;
const FOLLOWED = 10;

function relationsQuery(id: string, direction: "in" | undefined, limit: number, asOf: string | undefined) {
  return {
    queryKey: ["ci", id, "neighbours", direction ?? "", limit, asOf ?? ""],
    queryFn: ({ signal }: { signal: AbortSignal }) => answer(api.GET("/cis/{id}/relations", { params: { path: { id }, query: { direction, limit, as_of: asOf } }, signal })),
    staleTime: 30_000,
  };
}

/** The root's relations, and who relies on the first ten that rely on it. */
export function useNeighbourhood(ci: Ci, asOf: string | undefined) {
  const book = useClassBook();
  const near = useQuery(relationsQuery(ci.id, undefined, NEAR, asOf));
  const relations = near.data?.items;
  const followed = useMemo(() => unique((relations ?? []).filter((one) => one.direction === "in").map((one) => one.other)).slice(0, FOLLOWED), [relations]);
  const far = useQueries({
    queries: followed.map((one) => relationsQuery(one.id, "in", FAR, asOf)),
    combine: (results) => results.map((result) => result.data?.items ?? []),
  });
  const neighbourhood = useMemo(() => (relations ? build(ci, relations, followed, far, book) : null), [ci, relations, followed, far, book]);
  return { neighbourhood, relations, loading: near.isPending, error: near.error };
}

function build(ci: Ci, relations: readonly Relation[], followed: readonly PlaceableCi[], far: readonly (readonly Relation[])[], book: ClassBook): Neighbourhood {
  const label = (relation: Relation) => book.text(relation.type_label);
  const direct = relations.map((one): Dependence => ({ from: one.direction === "in" ? one.other.id : ci.id, to: one.direction === "in" ? ci.id : one.other.id, label: label(one), confidence: one.confidence }));
  const indirect = far.flatMap((list, at) => list.map((one): Dependence => ({ from: one.other.id, to: followed[at]?.id ?? "", label: label(one), confidence: one.confidence })));
  return {
    root: ci,
    needs: unique(relations.filter((one) => one.direction === "out").map((one) => one.other)),
    users: unique(relations.filter((one) => one.direction === "in").map((one) => one.other)),
    beyond: unique(far.flat().map((one) => one.other)),
    dependences: [...direct, ...indirect],
  };
}

function unique(all: readonly PlaceableCi[]): PlaceableCi[] {
  return [...new Map(all.map((one) => [one.id, one])).values()];
}
