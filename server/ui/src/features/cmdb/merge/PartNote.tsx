import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { mergeOf, mergesQuery } from "../../../api/identity";
import { useT } from "../../../i18n";
import { IconButton } from "../../../ui/Button";
import { Note } from "../../../ui/States";
import { visibleText } from "../../../ui/Text";
import { Time } from "../../../ui/Time";

const route = getRouteApi("/app/cis/$id/$tab");

/** Puts the id of the item that came into the address, where the reader asked for one that became part of it. */
export function useOwnAddress(asked: string, came: string | undefined) {
  const navigate = route.useNavigate();
  useEffect(() => {
    if (!came || came === asked) return;
    void navigate({ params: (before) => ({ ...before, id: came }), search: (before) => ({ ...before, part: asked }), replace: true });
  }, [asked, came, navigate]);
}

/** Says of the item that the reader came by since when it is part of this one. */
export function PartNote({ id, part }: { id: string; part: string }) {
  const t = useT();
  const navigate = route.useNavigate();
  const merges = useQuery(mergesQuery(id));
  const merge = mergeOf(merges.data ?? [], part);
  if (!merge) return null;
  return (
    <Note tone="accent" role="status">
      <span className="row">
        <span className="grow">
          {t("merge.part_of", { name: visibleText(merge.merged.name) })} <Time at={merge.at} show="full" />
        </span>
        <IconButton small icon="close" label={t("ui.close")} onClick={() => void navigate({ search: (before) => ({ ...before, part: undefined }), replace: true })} />
      </span>
    </Note>
  );
}
