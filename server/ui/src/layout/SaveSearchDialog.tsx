import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { can } from "../api/can";
import { answer, api } from "../api/client";
import { useSavedSearchChanges } from "../api/search";
import { useSession } from "../api/session";
import type { SavedSearch } from "../api/types";
import { useT } from "../i18n";
import { FormDialog } from "../ui/Dialog";
import { Check, SelectField, TextField } from "../ui/Field";
import { ProblemNote, fieldError } from "./ErrorState";

interface SaveSearchDialogProps {
  query: string;
  /** The search that is edited; a new one without. */
  saved?: SavedSearch;
  onClose: () => void;
  onSaved?: (saved: SavedSearch) => void;
}

/** Keeps a search under a name, or changes one that was kept. */
export default function SaveSearchDialog({ query, saved, onClose, onSaved }: SaveSearchDialogProps) {
  const t = useT();
  const session = useSession();
  const { create, change } = useSavedSearchChanges();
  const [draft, setDraft] = useState({ name: saved?.name ?? "", query: saved?.query ?? query, shared: saved?.shared ?? false, organisation: "" });
  const set = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }));
  const sending = saved ? change : create;
  function submit() {
    const body = { name: draft.name, query: draft.query, shared: draft.shared };
    const options = {
      onSuccess: (kept: SavedSearch) => {
        onClose();
        onSaved?.(kept);
      },
    };
    if (saved) change.mutate({ saved, body }, options);
    else create.mutate({ ...body, ...(draft.organisation ? { organisation_id: draft.organisation } : {}) }, options);
  }
  return (
    <FormDialog onClose={onClose} title={t(saved ? "search.rename" : "search.save")} submitLabel={t("search.save_submit")} busy={sending.isPending} onSubmit={submit}>
      <TextField label={t("search.name")} value={draft.name} autoFocus error={fieldError(t, sending.error, "name")} onChange={(event) => set({ name: event.target.value })} />
      <TextField label={t("search.query")} value={draft.query} error={fieldError(t, sending.error, "query")} onChange={(event) => set({ query: event.target.value })} />
      {!saved && <OrganisationField value={draft.organisation} error={fieldError(t, sending.error, "organisation_id")} onChange={(organisation) => set({ organisation })} />}
      {(can(session, "ci.write") || draft.shared) && <Check label={t("search.shared")} checked={draft.shared} onChange={(event) => set({ shared: event.target.checked })} />}
      <p className="muted">{t("search.save_text")}</p>
      <ProblemNote error={sending.error} fields={["name", "query", "organisation_id"]} />
    </FormDialog>
  );
}

/** Whose the search is, for readers who reach more than one organisation. */
function OrganisationField({ value, error, onChange }: { value: string; error: string | null; onChange: (id: string) => void }) {
  const t = useT();
  const session = useSession();
  const query = useQuery({ queryKey: ["organisations"], queryFn: ({ signal }) => answer(api.GET("/organisations", { signal })), enabled: can(session, "organisation.read") });
  const choices = query.data?.items ?? [];
  if (choices.length < 2) return null;
  return (
    <SelectField label={t("ci.organisation")} optional={t("ui.optional")} value={value} error={error} onChange={(event) => onChange(event.target.value)}>
      <option value="">—</option>
      {choices.map((one) => (
        <option key={one.id} value={one.id}>
          {one.name}
        </option>
      ))}
    </SelectField>
  );
}
