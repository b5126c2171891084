import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, answerWithEtag, api } from "../../../api/client";
import { ApiError } from "../../../api/errors";
import type { SectionBodies } from "../../../api/sections";
import type { Body, Ci } from "../../../api/types";

/** A CI together with the tag of the version it was read at. */
export interface TaggedCi {
  body: Ci;
  etag: string;
}

export type CiPatch = Body<"/cis/{id}", "patch">;

const ciKey = (id: string, asOf?: string) => ["ci", id, asOf ?? null] as const;

/** The CI, now or as it was; while another time of the same CI is read, what was shown stays. */
export function useCi(id: string, asOf?: string) {
  return useQuery({
    queryKey: ciKey(id, asOf),
    queryFn: ({ signal }) => answerWithEtag(api.GET("/cis/{id}", { params: { path: { id }, query: asOf ? { as_of: asOf } : {} }, signal })),
    placeholderData: (before: TaggedCi | undefined, query) => (query?.queryKey[1] === id ? before : undefined),
  });
}

/** A section of the CI's last report; 404 means that no report had it. */
export function useSection<Name extends keyof SectionBodies>(id: string, section: Name, enabled = true) {
  return useQuery({
    queryKey: ["ci", id, "section", section],
    queryFn: async ({ signal }) => {
      const stored = await answer(api.GET("/cis/{id}/sections/{section}", { params: { path: { id, section } }, signal }));
      return { ...stored, body: (stored.body ?? {}) as SectionBodies[Name] };
    },
    staleTime: 30_000,
    enabled,
  });
}

/** Someone else changed the same field since it was read. */
export class FieldConflict extends Error {
  readonly theirs: TaggedCi;

  constructor(theirs: TaggedCi) {
    super("the field was changed meanwhile");
    this.theirs = theirs;
  }
}

interface Edit {
  /** The version on which the reader decided. */
  on: TaggedCi;
  patch: CiPatch;
  /** The edited field's value in a version of the CI; tells a conflict from a change elsewhere. */
  field: (ci: Ci) => unknown;
}

/** Saves one field.
 *
 * When the record changed meanwhile but this field did not, the change is repeated on the new version;
 * when this very field changed, it fails with {@link FieldConflict} and saves nothing.
 */
export function useSaveField(id: string) {
  const client = useQueryClient();
  const send = (patch: CiPatch, etag: string) => answerWithEtag(api.PATCH("/cis/{id}", { params: { path: { id }, header: { "If-Match": etag } }, body: patch }));
  return useMutation({
    mutationFn: async ({ on, patch, field }: Edit) => {
      try {
        return await send(patch, on.etag);
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== "stale") throw error;
        const fresh = await answerWithEtag(api.GET("/cis/{id}", { params: { path: { id } } }));
        client.setQueryData(ciKey(id), fresh);
        if (!same(field(fresh.body), field(on.body))) throw new FieldConflict(fresh);
        return await send(patch, fresh.etag);
      }
    },
    onSuccess: (saved) => settle(client, id, saved),
  });
}

/** Moves the CI to another stage of its life. */
export function useChangeLifecycle(read: TaggedCi) {
  const client = useQueryClient();
  const id = read.body.id;
  return useMutation({
    mutationFn: (body: Body<"/cis/{id}/lifecycle", "post">) => answerWithEtag(api.POST("/cis/{id}/lifecycle", { params: { path: { id }, header: { "If-Match": read.etag } }, body })),
    onSuccess: (saved) => settle(client, id, saved),
    onError: () => void client.invalidateQueries({ queryKey: ["ci", id] }),
  });
}

/** Takes over what was saved; what depends on it is read again. */
export function settle(client: ReturnType<typeof useQueryClient>, id: string, saved: TaggedCi) {
  client.setQueryData(ciKey(id), saved);
  void client.invalidateQueries({ queryKey: ["cis"] });
  void client.invalidateQueries({ queryKey: ["ci", id, "history"] });
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left ?? null) === JSON.stringify(right ?? null);
}
