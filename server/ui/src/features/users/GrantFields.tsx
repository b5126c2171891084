import { useQuery } from "@tanstack/react-query";
import { can } from "../../api/can";
import { answer, api } from "../../api/client";
import { useSession } from "../../api/session";
import { codeText, useT } from "../../i18n";
import { Button, IconButton } from "../../ui/Button";
import { controlClass } from "../../ui/Field";
import { roles } from "./roles";
import styles from "./Users.module.css";

/** A role over an organisation and everything below it, being edited. */
export interface DraftGrant {
  role: string;
  organisation_id: string;
}

interface GrantFieldsProps {
  grants: readonly DraftGrant[];
  onChange: (grants: DraftGrant[]) => void;
}

/** The roles of a user, each over an organisation. */
export function GrantFields({ grants, onChange }: GrantFieldsProps) {
  const t = useT();
  const organisations = useOrganisationChoices();
  const set = (at: number, part: Partial<DraftGrant>) => onChange(grants.map((grant, index) => (index === at ? { ...grant, ...part } : grant)));
  return (
    <fieldset className={styles.grants}>
      <legend>
        <strong>{t("users.roles")}</strong>
      </legend>
      {grants.map((grant, at) => (
        <div key={at} className={styles.grant}>
          <select className={controlClass} aria-label={t("users.role_number", { number: at + 1 })} value={grant.role} onChange={(event) => set(at, { role: event.target.value })}>
            {roles.map((role) => (
              <option key={role} value={role}>
                {codeText(t, "role", role)}
              </option>
            ))}
          </select>
          <select className={controlClass} aria-label={t("users.organisation_number", { number: at + 1 })} value={grant.organisation_id} onChange={(event) => set(at, { organisation_id: event.target.value })}>
            {organisations.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
          <IconButton icon="close" label={t("users.remove_role", { number: at + 1 })} onClick={() => onChange(grants.filter((_, index) => index !== at))} />
        </div>
      ))}
      <div>
        <Button small icon="plus" onClick={() => onChange([...grants, { role: "viewer", organisation_id: organisations[0]?.id ?? "" }])}>
          {t("users.add_role")}
        </Button>
      </div>
    </fieldset>
  );
}

/** Organisations a role can be given over: those in scope, or those of the reader's own grants. */
export function useOrganisationChoices(): { id: string; name: string }[] {
  const session = useSession();
  const all = useQuery({
    queryKey: ["organisations"],
    queryFn: ({ signal }) => answer(api.GET("/organisations", { signal })),
    enabled: can(session, "organisation.read"),
  });
  const own = session.grants.map((grant) => grant.organisation);
  return all.data?.items ?? [...new Map(own.map((one) => [one.id, one])).values()];
}
