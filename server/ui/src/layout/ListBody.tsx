import type { ReactNode } from "react";
import { useT } from "../i18n";
import { Button } from "../ui/Button";
import { TableFoot } from "../ui/TableFoot";
import { EmptyState, Skeleton } from "../ui/States";
import { ErrorState } from "./ErrorState";

interface ListState {
  rows: readonly unknown[];
  total: number | null;
  loading: boolean;
  error: Error | null;
  retry: () => void;
  hasMore: boolean;
  loadingMore: boolean;
  loadMore: () => void;
}

interface ListBodyProps {
  list: ListState;
  /** Whether a filter is on: an empty list then says so and offers to clear it. */
  filtered?: boolean;
  onClear?: () => void;
  emptyTitle: string;
  emptyText?: string;
  emptyAction?: ReactNode;
  children: ReactNode;
}

/** The states of a list around its table: loading, refused, empty because of a filter, empty at all, and more to come. */
export function ListBody({ list, filtered = false, onClear, emptyTitle, emptyText, emptyAction, children }: ListBodyProps) {
  const t = useT();
  if (list.loading) return <Skeleton rows={12} label={t("ui.loading")} />;
  if (list.error && list.rows.length === 0) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.rows.length === 0 && filtered) {
    const clear = onClear && <Button onClick={onClear}>{t("ui.clear_filters")}</Button>;
    return (
      <EmptyState icon="search" title={t("ui.nothing_matches")} actions={clear}>
        {t("ui.nothing_matches_text")}
      </EmptyState>
    );
  }
  if (list.rows.length === 0) {
    return (
      <EmptyState title={emptyTitle} actions={emptyAction}>
        {emptyText}
      </EmptyState>
    );
  }
  return (
    <>
      {children}
      <ListFoot list={list} />
    </>
  );
}

function ListFoot({ list }: { list: ListState }) {
  const t = useT();
  const shown = list.rows.length;
  const text = list.total === null ? t("ui.shown", { shown }) : t("ui.shown_of", { shown, total: list.total });
  return (
    <TableFoot>
      <span className="num" role="status">
        {text}
      </span>
      {list.hasMore && (
        <Button small busy={list.loadingMore} onClick={list.loadMore}>
          {t("ui.load_more")}
        </Button>
      )}
      {list.error && <span>{t("ui.more_failed")}</span>}
    </TableFoot>
  );
}
