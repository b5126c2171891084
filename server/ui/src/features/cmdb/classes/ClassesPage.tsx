import { Link, getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { can } from "../../../api/can";
import { useClassBook, type ClassBook } from "../../../api/classes";
import { useSession } from "../../../api/session";
import { formatNumber } from "../../../format/number";
import { useLocale, useT } from "../../../i18n";
import { ErrorState } from "../../../layout/ErrorState";
import { Page } from "../../../layout/Page";
import { paths } from "../../../paths";
import { Badge, ClassLetter } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { Card } from "../../../ui/Card";
import { EmptyState, Skeleton } from "../../../ui/States";
import { ClassCard } from "./ClassCard";
import { CreateClassDialog } from "./ClassDialogs";
import styles from "./Classes.module.css";
import { useClassDetail } from "./useDefinitions";

const route = getRouteApi("/app/admin/classes");

/** The class model: the tree of classes, and of one of them everything that it defines and inherits. */
export function ClassesPage() {
  const t = useT();
  const locale = useLocale();
  const book = useClassBook();
  const configures = can(useSession(), "register.configure");
  const { class: chosen } = route.useSearch();
  const navigate = useNavigate();
  const [creating, setCreating] = useState(false);
  const root = book.classes.find((one) => !one.parent)?.name;
  const name = chosen ?? root;
  const detail = useClassDetail(name);
  return (
    <Page
      title={t("nav.classes")}
      count={book.loaded ? formatNumber(book.classes.length, locale) : undefined}
      actions={
        configures &&
        book.loaded && (
          <Button tone="primary" icon="plus" onClick={() => setCreating(true)}>
            {t("classes.create")}
          </Button>
        )
      }
    >
      <div className={styles.columns}>
        <Card flush title={t("classes.tree")}>
          {!book.loaded && <Skeleton label={t("classes.tree")} />}
          <nav aria-label={t("classes.tree")} className={styles.tree}>
            <Branch book={book} parent={null} chosen={name} />
          </nav>
        </Card>
        <div className="stack">
          {detail.error && <ErrorState error={detail.error} onRetry={() => void detail.refetch()} />}
          {detail.isPending && name !== undefined && <Skeleton label={t("ui.loading")} />}
          {detail.data && <ClassCard read={detail.data} onGone={(parent) => void navigate(paths.classes(parent ?? undefined))} />}
          {book.loaded && name === undefined && <EmptyState title={t("classes.none")} />}
        </div>
      </div>
      {creating && <CreateClassDialog parent={name ?? root ?? ""} onClose={() => setCreating(false)} onCreated={(made) => void navigate(paths.classes(made))} />}
    </Page>
  );
}

/** Classes below one, each with the list of those below it: a screen reader tells how deep it is. */
function Branch({ book, parent, chosen }: { book: ClassBook; parent: string | null; chosen: string | undefined }) {
  const t = useT();
  const locale = useLocale();
  const below = parent === null ? book.classes.filter((one) => !one.parent) : book.children(parent);
  if (below.length === 0) return null;
  return (
    <ul>
      {below.map((one) => (
        <li key={one.name}>
          <Link {...paths.classes(one.name)} className={styles.node} aria-current={one.name === chosen ? "page" : undefined} resetScroll={false}>
            <ClassLetter {...book.mark(one.name)} />
            <span className="grow">{book.label(one.name)}</span>
            {one.origin === "added" && <Badge tone="accent">{t("classes.added")}</Badge>}
            {one.hidden && <Badge>{t("classes.hidden")}</Badge>}
            <span className={styles.count} title={t("classes.items_below")}>
              {formatNumber(book.count(one.name), locale)}
            </span>
          </Link>
          <Branch book={book} parent={one.name} chosen={chosen} />
        </li>
      ))}
    </ul>
  );
}
