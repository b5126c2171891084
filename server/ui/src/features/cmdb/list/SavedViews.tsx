import { Link, useNavigate } from "@tanstack/react-router";
import { Suspense, lazy, useEffect, useState } from "react";
import { useSavedSearchChanges, useSavedSearches } from "../../../api/search";
import type { SavedSearch } from "../../../api/types";
import { useT } from "../../../i18n";
import { paths } from "../../../paths";
import { Button, IconButton } from "../../../ui/Button";
import { OnDemand } from "../../../ui/OnDemand";
import { Name } from "../../../ui/Text";
import { queryOf } from "./asQuery";
import { isFiltered, type CiSearch } from "./filters";
import type { Said, ViewMenuProps } from "./SavedViewMenu";
import styles from "./SavedViews.module.css";

const SaveSearchDialog = lazy(() => import("../../../layout/SaveSearchDialog"));
const loadMenu = () => import("./SavedViewMenu");
const SavedViewMenu = lazy(loadMenu);
const UNDO_MS = 15_000;
// A view is the page that is shown if all of the address is the same.
const EXACT = { exact: true };

/** The searches that were kept, as tabs over the list; the one that is shown can be renamed, linked to and deleted. */
export function SavedViews({ search }: { search: CiSearch }) {
  const t = useT();
  const navigate = useNavigate();
  const saved = useSavedSearches();
  const [editing, setEditing] = useState<SavedSearch | "new" | null>(null);
  const [said, setSaid] = useState<Said | null>(null);
  const query = queryOf(search);
  const items = saved.data?.items ?? [];
  const shown = items.find((one) => one.query === query);
  const show = (q: string) => void navigate(paths.cis({ q }));
  if (items.length === 0 && !isFiltered(search) && !said) return null;
  return (
    <>
      <div className={styles.views}>
        <nav className={styles.tabs} aria-label={t("search.views")}>
          <Link {...paths.cis()} className={styles.tab} data-shown={!isFiltered(search)} activeOptions={EXACT}>
            {t("search.all")}
          </Link>
          {items.map((one) => (
            <span key={one.id} className={styles.view}>
              <Link {...paths.cis({ q: one.query })} className={styles.tab} data-shown={one === shown} activeOptions={EXACT} title={one.query}>
                <Name>{one.name}</Name>
              </Link>
              {one === shown && <ViewMenu saved={one} onEdit={() => setEditing(one)} onSaid={setSaid} />}
            </span>
          ))}
        </nav>
        {isFiltered(search) && !shown && (
          <Button small tone="quiet" icon="plus" onClick={() => setEditing("new")}>
            {t("search.save")}
          </Button>
        )}
      </div>
      <SaidNote said={said} onOver={() => setSaid(null)} onBack={(one) => show(one.query)} />
      <Suspense>{editing && <SaveSearchDialog query={query} {...(editing === "new" ? {} : { saved: editing })} onClose={() => setEditing(null)} onSaved={(one) => show(one.query)} />}</Suspense>
    </>
  );
}

function ViewMenu({ saved, onEdit, onSaid }: ViewMenuProps) {
  const t = useT();
  return (
    <OnDemand kind="menu" preload={loadMenu} trigger={<IconButton small icon="down" label={t("search.more", { name: saved.name })} />}>
      {(button) => <SavedViewMenu trigger={button} saved={saved} onEdit={onEdit} onSaid={onSaid} />}
    </OnDemand>
  );
}

function SaidNote({ said, onOver, onBack }: { said: Said | null; onOver: () => void; onBack: (saved: SavedSearch) => void }) {
  const t = useT();
  const { create } = useSavedSearchChanges();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    setFailed(false);
    if (!said) return;
    const timer = setTimeout(onOver, UNDO_MS);
    return () => clearTimeout(timer);
    // The parent's callback is new at each drawing; only what is said counts.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [said]);
  function undo({ saved }: Said) {
    const { name, query, shared, organisation_id } = saved;
    create.mutate(
      { name, query, shared, organisation_id },
      {
        onSuccess: () => {
          onOver();
          onBack(saved);
        },
        onError: () => setFailed(true),
      },
    );
  }
  const texts = { deleted: "search.deleted", delete_failed: "search.delete_failed", undo_failed: "search.undo_failed", copied: "search.copied" } as const;
  return (
    <div role="status" className={styles.said}>
      {said && (
        <>
          {t(failed ? texts.undo_failed : texts[said.what], { name: said.saved.name })}
          {said.what === "deleted" && (
            <Button small busy={create.isPending} onClick={() => undo(said)}>
              {t("search.undo")}
            </Button>
          )}
        </>
      )}
    </div>
  );
}
