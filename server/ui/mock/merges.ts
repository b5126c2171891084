/** A merge as the mock keeps it: items by their ids. */
export interface StoredMerge {
  id: string;
  merged: string;
  survivor: string;
  at: string;
  by: string | null;
  reason: string | null;
  undone_at: string | null;
  undone_by: string | null;
  undo_reason: string | null;
}

/** Newest first. */
export const merges: StoredMerge[] = [];

/** The item that `id` is part of by now; itself where it is part of none. */
export function partOf(id: string): string {
  const merge = merges.find((one) => one.merged === id && !one.undone_at);
  return merge ? partOf(merge.survivor) : id;
}
