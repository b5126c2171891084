import { useQuery } from "@tanstack/react-query";
import { can } from "../api/can";
import { answer, api } from "../api/client";
import { useSession } from "../api/session";
import { useT } from "../i18n";
import { SelectField } from "../ui/Field";

/** Whose a new thing is, for readers who reach more than one organisation; the server takes the top unless one is chosen. */
export function OrganisationField({ value, error, onChange }: { value: string; error: string | null; onChange: (id: string) => void }) {
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
