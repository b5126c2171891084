import { getRouteApi } from "@tanstack/react-router";
import { Suspense, lazy, useCallback, useMemo, useState } from "react";
import { can } from "../../../api/can";
import { useClassBook } from "../../../api/classes";
import { answer, api } from "../../../api/client";
import { useList } from "../../../api/queries";
import { useSession } from "../../../api/session";
import type { CiItem } from "../../../api/types";
import { useT, withMessages } from "../../../i18n";
import { ListBody } from "../../../layout/ListBody";
import { FillCard, Page } from "../../../layout/Page";
import { Button } from "../../../ui/Button";
import { DataTable, type RowSelection, type Sort } from "../../../ui/DataTable";
import { useKeys } from "../../../ui/keys";
import { useNarrow } from "../../../ui/useNarrow";
import { ArchivedNote } from "./ArchivedNote";
import { ColumnChooser } from "./ColumnChooser";
import { shownColumns, useCiColumns } from "./columns";
import { ExportCis } from "./ExportCis";
import { FilterBar } from "./FilterBar";
import { SavedViews } from "./SavedViews";
import { DEFAULT_SORT, ciQuery, isFiltered, type CiSearch } from "./filters";

const CreateCiDialog = lazy(async () => ({ default: (await import("./CreateCiDialog")).CreateCiDialog }));
const SelectionBar = lazy(() => withMessages("edits", () => import("../edits/SelectionBar")));
const HistoryButtons = lazy(() => import("../history/ListButtons"));
const route = getRouteApi("/app/cis");
const PAGE = 100;

/** Every CI the reader may see, filtered, sorted and with the columns the address says. */
export function CiListPage() {
  const t = useT();
  const session = useSession();
  const [creating, setCreating] = useState(false);
  const mayCreate = can(session, "ci.write");
  const { search, change, clear } = useCiSearch();
  const book = useClassBook();
  const columns = useCiColumns(book, search.class);
  const shown = useShown(search.cols);
  const query = useMemo(() => ciQuery(search), [search]);
  const selection = useSelection(query, mayCreate);
  const list = useList<CiItem>(["cis", query], (cursor, signal) => answer(api.GET("/cis", { params: { query: { ...query, limit: PAGE, cursor } }, signal })));
  useKeys(mayCreate ? { c: () => setCreating(true) } : {});
  const actions = (
    <>
      <Suspense>
        <HistoryButtons search={search} />
      </Suspense>
      <ColumnChooser columns={columns} shown={shown} onChange={(cols) => change({ cols })} />
      <ExportCis search={search} columns={shown} />
      {mayCreate && (
        <Button tone="primary" icon="plus" onClick={() => setCreating(true)}>
          {t("cis.create")}
        </Button>
      )}
    </>
  );
  return (
    <Page fill title={t("nav.cis")} count={list.total === null ? undefined : t("cis.count", { count: list.total })} actions={actions}>
      <SavedViews search={search} />
      <FilterBar search={search} onChange={change} onClear={clear} />
      <ArchivedNote search={search} />
      {selection && selection.ids.size > 0 && (
        <Suspense>
          <SelectionBar search={search} rows={list.rows} total={list.total} selected={selection.ids} onClear={() => selection.onChange(new Set())} />
        </Suspense>
      )}
      <FillCard>
        <ListBody list={list} filtered={isFiltered(search)} onClear={clear} emptyTitle={t("cis.empty")} emptyText={t("cis.empty_text")}>
          <DataTable
            label={t("nav.cis")}
            height="fill"
            scrollId="cis"
            hotkeys
            columns={columns}
            shown={shown}
            rows={list.rows}
            rowKey={(ci) => ci.id}
            sort={readSort(search.sort)}
            onSort={(sort) => change({ sort: writeSort(sort) })}
            stale={list.stale}
            total={list.total}
            onEnd={list.loadMore}
            selection={selection}
          />
        </ListBody>
      </FillCard>
      {creating && (
        <Suspense>
          <CreateCiDialog onClose={() => setCreating(false)} />
        </Suspense>
      )}
    </Page>
  );
}

function useCiSearch() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback(
    (part: Partial<CiSearch>) => void navigate({ search: (before) => ({ ...before, ...part }), replace: "q" in part }),
    [navigate],
  );
  const clear = useCallback(() => void navigate({ search: ({ sort, cols }) => ({ ...(sort ? { sort } : {}), ...(cols ? { cols } : {}) }) }), [navigate]);
  return { search, change, clear };
}

/** The CIs that are chosen; those of one filter are not those of another. */
function useSelection(query: object, may: boolean): RowSelection<CiItem> | undefined {
  const [chosen, setChosen] = useState<{ of: object; ids: ReadonlySet<string> }>({ of: query, ids: new Set() });
  const onChange = useCallback((ids: ReadonlySet<string>) => setChosen({ of: query, ids }), [query]);
  if (!may) return undefined;
  return { ids: chosen.of === query ? chosen.ids : NONE, name: (ci) => ci.name, onChange };
}

const NONE: ReadonlySet<string> = new Set();

function useShown(cols: string | undefined): string[] {
  const phone = useNarrow();
  return useMemo(() => shownColumns(cols, phone), [cols, phone]);
}

function readSort(sort = DEFAULT_SORT): Sort {
  return { id: sort.replace(/^-/, ""), desc: sort.startsWith("-") };
}

function writeSort({ id, desc }: Sort): string | undefined {
  const sort = `${desc ? "-" : ""}${id}`;
  return sort === DEFAULT_SORT ? undefined : sort;
}
