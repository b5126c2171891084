import { answer, api } from "../../../api/client";
import { etagOf, mergesQuery, undoMerge, type Merge, type Proposal, type ProposalAnswer } from "../../../api/identity";
import { queryClient } from "../../../api/queries";

/** The two are one by other merges than that of the question. */
export class OneByOthers extends Error {}

/** The merge that made the two one. */
export function mergeOfQuestion(merges: readonly Merge[], { newer, older }: Proposal): Merge | undefined {
  const pair = [newer.id, older.id];
  return merges.find((one) => !one.undone_at && pair.includes(one.merged.id) && pair.includes(one.survivor.id));
}

/** Answers a question as it was when it was read. */
export function sendAnswer(proposal: Proposal, body: ProposalAnswer): Promise<Proposal> {
  return answer(api.POST("/proposals/{id}/answer", { params: { path: { id: proposal.id } }, headers: { "If-Match": etagOf(proposal) }, body }));
}

/** Takes an answer back, with the reason in `note`: what was made one is two again, and the question stands open. */
export async function takeBack(proposal: Proposal, note = ""): Promise<Proposal> {
  if (proposal.merged) {
    const merges = await queryClient.fetchQuery({ ...mergesQuery(proposal.older.id), staleTime: 0 });
    const merge = mergeOfQuestion(merges, proposal);
    if (!merge) throw new OneByOthers();
    await undoMerge(merge.id, note);
  }
  return sendAnswer(proposal, { state: "open" });
}

/** What an answer changes: the questions, and the items that they are about. */
export function settleAnswer() {
  for (const key of ["proposals", "proposal", "ci", "cis"]) void queryClient.invalidateQueries({ queryKey: [key] });
}
