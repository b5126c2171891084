import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, answerWithEtag, api } from "../../../api/client";
import type { Body, ClassDetail } from "../../../api/types";

/** A class with the tag of the version it was read at. */
export interface TaggedClass {
  body: ClassDetail;
  etag: string;
}

export function useClassDetail(name: string | undefined) {
  return useQuery({
    queryKey: ["class", name ?? ""],
    queryFn: ({ signal }) => answerWithEtag(api.GET("/classes/{name}", { params: { path: { name: name ?? "" } }, signal })),
    enabled: name !== undefined,
  });
}

/** Runs a change of the class model; everything that follows from it is read again. */
export function useDefine<T>(change: (value: T) => Promise<unknown>, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      await Promise.all([client.invalidateQueries({ queryKey: ["classes"] }), client.invalidateQueries({ queryKey: ["class"] })]);
      void client.invalidateQueries({ queryKey: ["ci"] });
      onDone();
    },
  });
}

const at = (read: TaggedClass) => ({ path: { name: read.body.name }, header: { "If-Match": read.etag } });
const attributeAt = (read: TaggedClass, attribute: string) => ({ path: { name: read.body.name, attribute }, header: { "If-Match": read.etag } });

export const createClass = (body: Body<"/classes", "post">) => answer(api.POST("/classes", { body }));
export const changeClass = (read: TaggedClass, body: Body<"/classes/{name}", "patch">) => answer(api.PATCH("/classes/{name}", { params: at(read), body }));
export const deleteClass = (read: TaggedClass) => answer(api.DELETE("/classes/{name}", { params: at(read) }));
export const createAttribute = (read: TaggedClass, body: Body<"/classes/{name}/attributes", "post">) => answer(api.POST("/classes/{name}/attributes", { params: at(read), body }));
export const changeAttribute = (read: TaggedClass, attribute: string, body: Body<"/classes/{name}/attributes/{attribute}", "patch">) => answer(api.PATCH("/classes/{name}/attributes/{attribute}", { params: attributeAt(read, attribute), body }));
export const deleteAttribute = (read: TaggedClass, attribute: string) => answer(api.DELETE("/classes/{name}/attributes/{attribute}", { params: attributeAt(read, attribute) }));
