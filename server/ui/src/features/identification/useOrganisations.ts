import { useQuery } from "@tanstack/react-query";
import { can } from "../../api/can";
import { answer, api } from "../../api/client";
import { useSession } from "../../api/session";
import type { Organisation } from "../../api/types";

const NONE: readonly Organisation[] = [];

/** The organisations that the reader may see. */
export function useOrganisations(): readonly Organisation[] {
  const session = useSession();
  const query = useQuery({ queryKey: ["organisations"], queryFn: ({ signal }) => answer(api.GET("/organisations", { signal })), enabled: can(session, "organisation.read") });
  return query.data?.items ?? NONE;
}
