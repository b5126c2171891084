import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { can } from "../../api/can";
import { answer, api } from "../../api/client";
import { useSession } from "../../api/session";
import type { Organisation } from "../../api/types";
import { useT } from "../../i18n";
import { ErrorState } from "../../layout/ErrorState";
import { ExportButton } from "../../layout/ExportButton";
import { Page } from "../../layout/Page";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Skeleton } from "../../ui/States";
import { Name } from "../../ui/Text";
import { CreateOrganisationDialog, DeleteOrganisationDialog, EditOrganisationDialog } from "./OrganisationDialogs";
import { below } from "./tree";

type Open = { what: "create"; parent: string } | { what: "edit" | "delete"; organisation: Organisation } | null;

/** The tree by which hosts, people and agents belong somewhere. */
export function OrganisationsPage() {
  const t = useT();
  const changes = can(useSession(), "organisation.manage");
  const [open, setOpen] = useState<Open>(null);
  const list = useQuery({ queryKey: ["organisations"], queryFn: ({ signal }) => answer(api.GET("/organisations", { signal })) });
  const organisations = list.data?.items ?? [];
  const top = below(organisations, null)[0]?.id;
  const close = () => setOpen(null);
  return (
    <Page
      narrow
      title={t("nav.organisations")}
      actions={
        <>
          <ExportButton path="/organisations" />
          {changes && top && (
            <Button tone="primary" icon="plus" onClick={() => setOpen({ what: "create", parent: top })}>
              {t("organisations.create")}
            </Button>
          )}
        </>
      }
    >
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton label={t("nav.organisations")} />}
      {top && (
        <Card title={t("organisations.tree")}>
          <Branches organisations={organisations} parent={null} onOpen={changes ? setOpen : undefined} />
        </Card>
      )}
      {open?.what === "create" && <CreateOrganisationDialog organisations={organisations} parent={open.parent} onClose={close} />}
      {open?.what === "edit" && <EditOrganisationDialog organisations={organisations} organisation={open.organisation} onClose={close} />}
      {open?.what === "delete" && <DeleteOrganisationDialog organisation={open.organisation} onClose={close} />}
    </Page>
  );
}

/** A list of organisations, each with the list of those below it: a screen reader tells how deep it is. */
function Branches({ organisations, parent, onOpen }: { organisations: readonly Organisation[]; parent: string | null; onOpen: ((open: Open) => void) | undefined }) {
  const t = useT();
  const here = below(organisations, parent);
  if (here.length === 0) return null;
  return (
    <ul className="stack" aria-label={parent ? undefined : t("nav.organisations")} style={{ paddingInlineStart: parent ? "min(1.5rem, 6%)" : undefined }}>
      {here.map((organisation) => (
        <li key={organisation.id} className="stack">
          <div className="row">
            <span className="grow">
              <Name>{organisation.name}</Name>
            </span>
            <span className="muted nowrap">{t(organisation.agent_interval_s ? "organisations.interval_own" : "organisations.interval_inherited", { seconds: organisation.effective_agent_interval_s })}</span>
            {onOpen && (
              <>
                <Button small aria-label={t("organisations.edit_of", { name: organisation.name })} onClick={() => onOpen({ what: "edit", organisation })}>
                  {t("organisations.edit")}
                </Button>
                {organisation.parent_id && (
                  <Button small aria-label={t("organisations.delete_of", { name: organisation.name })} onClick={() => onOpen({ what: "delete", organisation })}>
                    {t("organisations.delete")}
                  </Button>
                )}
              </>
            )}
          </div>
          <Branches organisations={organisations} parent={organisation.id} onOpen={onOpen} />
        </li>
      ))}
    </ul>
  );
}
