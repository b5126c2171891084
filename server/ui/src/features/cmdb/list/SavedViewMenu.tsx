import { useSavedSearchChanges } from "../../../api/search";
import type { SavedSearch } from "../../../api/types";
import { useT } from "../../../i18n";
import { Menu, MenuItem } from "../../../ui/Menu";
import type { TriggerElement } from "../../../ui/OnDemand";

/** What was just done, and what can be undone. */
export interface Said {
  what: "deleted" | "delete_failed" | "copied";
  saved: SavedSearch;
}

export interface ViewMenuProps {
  saved: SavedSearch;
  onEdit: () => void;
  onSaid: (said: Said) => void;
}

/** What can be done with the view that is shown. */
export default function SavedViewMenu({ trigger, saved, onEdit, onSaid }: ViewMenuProps & { trigger: TriggerElement }) {
  const t = useT();
  const { remove } = useSavedSearchChanges();
  async function copy() {
    await navigator.clipboard.writeText(location.href);
    onSaid({ what: "copied", saved });
  }
  function forget() {
    remove.mutate(saved, { onSuccess: () => onSaid({ what: "deleted", saved }), onError: () => onSaid({ what: "delete_failed", saved }) });
  }
  return (
    <Menu trigger={trigger} align="start">
      <MenuItem onClick={() => void copy()}>{t("search.copy_link")}</MenuItem>
      {saved.may_change && <MenuItem onClick={onEdit}>{t("search.edit")}</MenuItem>}
      {saved.may_change && <MenuItem onClick={forget}>{t("search.delete")}</MenuItem>}
    </Menu>
  );
}
