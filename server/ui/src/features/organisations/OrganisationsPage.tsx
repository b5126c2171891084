import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { can } from "../../api/can";
import { answer, api } from "../../api/client";
import { useSession } from "../../api/session";
import type { Organisation } from "../../api/types";
import { useT } from "../../i18n";
import { ErrorState } from "../../layout/ErrorState";
import { Page } from "../../layout/Page";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Skeleton } from "../../ui/States";
import { Name } from "../../ui/Text";
import { CreateOrganisationDialog, DeleteOrganisationDialog, EditOrganisationDialog } from "./OrganisationDialogs";
import { treeOf } from "./tree";

type Open = { what: "create"; parent: string } | { what: "edit" | "delete"; organisation: Organisation } | null;

/** The tree by which hosts, people and agents belong somewhere. */
export function OrganisationsPage() {
  const t = useT();
  const changes = can(useSession(), "organisation.manage");
  const [open, setOpen] = useState<Open>(null);
  const list = useQuery({ queryKey: ["organisations"], queryFn: ({ signal }) => answer(api.GET("/organisations", { signal })) });
  const organisations = list.data?.items ?? [];
  const tree = treeOf(organisations);
  const top = tree[0]?.organisation.id;
  const close = () => setOpen(null);
  return (
    <Page
      narrow
      title={t("nav.organisations")}
      actions={
        changes &&
        top && (
          <Button tone="primary" icon="plus" onClick={() => setOpen({ what: "create", parent: top })}>
            {t("organisations.create")}
          </Button>
        )
      }
    >
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton label={t("nav.organisations")} />}
      {tree.length > 0 && (
        <Card title={t("organisations.tree")}>
          <ul className="stack" aria-label={t("nav.organisations")}>
            {tree.map(({ organisation, depth }) => (
              <li key={organisation.id} className="row" style={{ paddingInlineStart: `min(${depth * 1.5}rem, 40%)` }}>
                <span className="grow">
                  <Name>{organisation.name}</Name>
                </span>
                {changes && (
                  <>
                    <Button small aria-label={t("organisations.edit_of", { name: organisation.name })} onClick={() => setOpen({ what: "edit", organisation })}>
                      {t("organisations.edit")}
                    </Button>
                    {organisation.parent_id && (
                      <Button small aria-label={t("organisations.delete_of", { name: organisation.name })} onClick={() => setOpen({ what: "delete", organisation })}>
                        {t("organisations.delete")}
                      </Button>
                    )}
                  </>
                )}
              </li>
            ))}
          </ul>
        </Card>
      )}
      {open?.what === "create" && <CreateOrganisationDialog organisations={organisations} parent={open.parent} onClose={close} />}
      {open?.what === "edit" && <EditOrganisationDialog organisations={organisations} organisation={open.organisation} onClose={close} />}
      {open?.what === "delete" && <DeleteOrganisationDialog organisation={open.organisation} onClose={close} />}
    </Page>
  );
}
