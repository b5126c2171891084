import {
  columnOrderingFeature,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
  useTable,
  type ColumnDef,
  type Header,
  type SortingState,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from "react";
import { useT } from "../i18n";
import { classes } from "./classes";
import { useRowHeight } from "./density";
import styles from "./DataTable.module.css";
import { Icon } from "./Icon";
import { useKeys } from "./keys";
import { Tick, useSelect, type RowSelection } from "./rowSelection";
import { Toggle, itemKey, none, toggled, withDetails, type RowDetail } from "./rowDetails";
import { useNarrow } from "./useNarrow";

const features = tableFeatures({
  columnVisibilityFeature,
  columnOrderingFeature,
  columnSizingFeature,
  columnResizingFeature,
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
});
type Features = typeof features;

/** A column: what it is called, how a row shows in it, and by which value the browser can sort it. */
export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Width in pixels before the columns share what is left. */
  size: number;
  value?: (row: Row) => string | number | null | undefined;
  /** The server sorts by it. */
  sortable?: boolean;
  align?: "end";
  /** Stays in sight at the right edge when the table scrolls sideways. */
  pinned?: true;
}

export interface Sort {
  id: string;
  desc: boolean;
}

export type { RowDetail, RowSelection };

interface DataTableProps<Row> {
  /** What the table is, for assistive technology. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Shown columns in their order; all when absent. */
  shown?: readonly string[];
  sort?: Sort | null;
  /** Given when the server sorts; otherwise the browser does. */
  onSort?: (sort: Sort) => void;
  /** Where the browser sorts: by what at first. */
  initialSort?: Sort | undefined;
  detail?: RowDetail<Row> | undefined;
  selection?: RowSelection<Row> | undefined;
  /** `fill`: the rest of the page; `bounded`: at most two thirds of the window; `page`: as long as it is. */
  height?: "fill" | "bounded" | "page";
  /** The rows belong to the previous filter. */
  stale?: boolean;
  /** How many rows there are, loaded or not. */
  total?: number | null;
  onEnd?: () => void;
  wrap?: boolean;
  /** The table's rows answer to J and K. */
  hotkeys?: boolean;
  /** Names the scroll position, so that Back restores it. */
  scrollId?: string;
}

/** On a phone wide columns, which hold names, start narrower; numbers and times keep the room that they need. */
const NARROW = 0.66;
const WIDE = 150;
const narrowed = (size: number) => (size > WIDE ? Math.max(WIDE, size * NARROW) : size);
const ALL_UP_TO = 80;

/** A dense table: sticky head and first column, sorting, resizing, and only the visible rows in the page. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, rowKey, sort, onSort, height = "bounded", stale = false, total, onEnd, wrap = false } = props;
  const [clientSort, setClientSort] = useState<SortingState>(props.initialSort ? [props.initialSort] : []);
  const [opened, setOpened] = useState<ReadonlySet<string>>(none);
  const scroll = useRef<HTMLDivElement>(null);
  const columns = useColumnDefs(props.columns, onSort !== undefined);
  const ids = useMemo(() => props.columns.map((column) => column.id), [props.columns]);
  const order = useMemo(() => [...(props.shown ?? ids)], [props.shown, ids]);
  const visibility = useMemo(() => Object.fromEntries(ids.map((id) => [id, order.includes(id)])), [ids, order]);
  const byId = useMemo(() => new Map(props.columns.map((column) => [column.id, column])), [props.columns]);
  const table = useTable<Features, Row & object>({
    features,
    columns: columns as ColumnDef<Features, Row & object>[],
    data: rows as readonly (Row & object)[] as (Row & object)[],
    getRowId: (row) => rowKey(row),
    manualSorting: onSort !== undefined,
    enableSortingRemoval: false,
    columnResizeMode: "onChange",
    state: { sorting: onSort ? (sort ? [sort] : []) : clientSort, columnVisibility: visibility, columnOrder: order },
    onSortingChange: (update) => {
      const before = onSort ? (sort ? [sort] : []) : clientSort;
      const after = typeof update === "function" ? update(before) : update;
      if (!onSort) setClientSort(after);
      else if (after[0]) onSort(after[0]);
    },
  });
  const model = table.getRowModel().rows;
  const { detail, selection } = props;
  const keys = useMemo(() => model.map((row) => row.id), [model]);
  const select = useSelect(selection, keys);
  const items = useMemo(() => withDetails(model, detail ? opened : none), [model, detail, opened]);
  const keyOf = useCallback((index: number) => itemKey(items[index]), [items]);
  const virtual = useVisibleRows(items.length, scroll, wrap, keyOf);
  useEnd(virtual.last, items.length, onEnd);
  useRowKeys(props.hotkeys === true, scroll, virtual.scrollTo, select);
  const headers = table.getHeaderGroups()[0]?.headers ?? [];
  const narrow = useNarrow();
  const widthOf = (size: number) => (narrow ? narrowed(size) : size);
  const width = headers.reduce((sum, header) => sum + widthOf(header.getSize()), 0);
  return (
    <div
      ref={scroll}
      className={classes(styles.scroll, height === "bounded" && styles.bounded, stale && styles.stale)}
      style={height === "fill" ? { flex: "1 1 0" } : undefined}
      tabIndex={0}
      role="region"
      aria-label={label}
      aria-busy={stale || undefined}
      data-scroll-restoration-id={props.scrollId}
    >
      <table className={classes(styles.table, wrap && styles.wrapping)} style={{ minWidth: width }} aria-label={label} aria-rowcount={total === null || total === undefined ? undefined : total + 1}>
        <thead>
          <tr>
            {headers.map((header, index) => (
              <HeadCell key={header.id} header={header} width={widthOf(header.getSize())} first={index === 0} column={byId.get(header.column.id)} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer height={virtual.before} span={headers.length} />
          {virtual.indexes.map((index) => {
            const item = items[index];
            if (!item) return null;
            const { row } = item;
            if (item.isDetail) {
              return (
                <tr key={itemKey(item)} ref={virtual.measure} data-item={index} className={styles.detail}>
                  <td colSpan={headers.length}>
                    <div>{detail?.show(row.original)}</div>
                  </td>
                </tr>
              );
            }
            const toggle = detail && <Toggle name={detail.name(row.original)} open={opened.has(row.id)} onToggle={() => setOpened(toggled(opened, row.id))} />;
            const tick = selection && select && <Tick name={selection.name(row.original)} checked={selection.ids.has(row.id)} onTick={(range) => select(row.index, range)} />;
            return (
              <tr key={row.id} aria-rowindex={index + 2} data-index={index} onClick={openRow} onAuxClick={openRow}>
                {row.getVisibleCells().map((cell, at) => {
                  const column = byId.get(cell.column.id);
                  return (
                    <td key={cell.id} className={classes(at === 0 && styles.first, column?.align === "end" && styles.end, column?.pinned && styles.pinned)}>
                      {at === 0 && (toggle || tick) ? (
                        <span className={styles.lead}>
                          {tick}
                          {toggle}
                          <span>{column?.cell(row.original)}</span>
                        </span>
                      ) : (
                        column?.cell(row.original)
                      )}
                    </td>
                  );
                })}
              </tr>
            );
          })}
          <Spacer height={virtual.after} span={headers.length} />
        </tbody>
      </table>
    </div>
  );
}

function useColumnDefs<Row>(columns: readonly Column<Row>[], server: boolean) {
  return useMemo(
    () =>
      columns.map((column) => ({
        id: column.id,
        header: column.header,
        size: column.size,
        minSize: 56,
        accessorFn: (row: Row) => column.value?.(row) ?? undefined,
        enableSorting: server ? column.sortable === true : column.value !== undefined,
        sortUndefined: "last" as const,
        sortDescFirst: false,
      })),
    [columns, server],
  );
}

interface HeadCellProps<Row extends object> {
  header: Header<Features, Row>;
  column: Pick<Column<never>, "align" | "pinned"> | undefined;
  first: boolean;
  width: number;
}

function HeadCell<Row extends object>({ header, column: look, first, width }: HeadCellProps<Row>) {
  const t = useT();
  const { column } = header;
  const name = String(column.columnDef.header);
  const sorted = column.getIsSorted();
  const resize = header.getResizeHandler();
  function nudge(event: KeyboardEvent) {
    if (!event.altKey || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
    event.preventDefault();
    const size = Math.max(56, column.getSize() + (event.key === "ArrowLeft" ? -16 : 16));
    header.getContext().table.setColumnSizing((sizes) => ({ ...sizes, [column.id]: size }));
  }
  return (
    <th
      scope="col"
      className={classes(first && styles.first, look?.align === "end" && styles.end, look?.pinned && styles.pinned)}
      style={{ width }}
      aria-sort={sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : undefined}
      onKeyDown={nudge}
    >
      {column.getCanSort() ? (
        <button type="button" className={styles.sort} onClick={() => column.toggleSorting(sorted === "asc")} title={t("ui.sort_by", { name })}>
          {name}
          <span className={classes(!sorted && styles.faint)}>
            <Icon name={sorted === "desc" ? "down" : "up"} size={12} />
          </span>
        </button>
      ) : (
        name
      )}
      <span className={styles.grip} aria-hidden="true" onMouseDown={resize} onTouchStart={resize} />
    </th>
  );
}

function Spacer({ height, span }: { height: number; span: number }) {
  if (height <= 0) return null;
  return (
    <tr className={styles.spacer} aria-hidden="true">
      <td colSpan={span} style={{ height }} />
    </tr>
  );
}

function useVisibleRows(count: number, scroll: React.RefObject<HTMLDivElement | null>, wrap: boolean, keyOf: (index: number) => string) {
  const enabled = count > ALL_UP_TO && !wrap;
  const height = useRowHeight();
  const virtualizer = useVirtualizer({
    count,
    enabled,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    getItemKey: keyOf,
    indexAttribute: "data-item",
    overscan: 12,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, height]);
  if (!enabled) {
    return { indexes: Array.from({ length: count }, (_, index) => index), before: 0, after: 0, last: count - 1, scrollTo: () => {}, measure: undefined };
  }
  const items = virtualizer.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  return {
    indexes: items.map((item) => item.index),
    before: first?.start ?? 0,
    after: virtualizer.getTotalSize() - (last?.end ?? 0),
    last: last?.index ?? 0,
    scrollTo: (index: number) => virtualizer.scrollToIndex(index),
    measure: virtualizer.measureElement,
  };
}

function useEnd(last: number, count: number, onEnd: (() => void) | undefined) {
  const scrolledNear = count > ALL_UP_TO && last >= count - 20;
  useEffect(() => {
    if (scrolledNear) onEnd?.();
  }, [scrolledNear, count, onEnd]);
}

/** A click anywhere in a row opens what lies below it, or follows the row's link, as the link itself would with the same keys held.
 *
 * A dialog opened from the row is its child to React but not to the page: clicks in it do not count.
 */
function openRow(event: MouseEvent<HTMLTableRowElement>) {
  const target = event.target as HTMLElement;
  if (!event.currentTarget.contains(target)) return;
  if (event.button === 2 || target.closest("a,button,input,select,label,summary") || getSelection()?.toString()) return;
  const link = event.currentTarget.querySelector<HTMLElement>("[data-row]");
  if (!link) return;
  if (!(link instanceof HTMLAnchorElement)) {
    if (event.button === 0) link.click();
    return;
  }
  if (event.button === 1 || event.ctrlKey || event.metaKey || event.shiftKey) window.open(link.href, "_blank", "noopener");
  else link.click();
}

function useRowKeys(on: boolean, scroll: React.RefObject<HTMLDivElement | null>, scrollTo: (index: number) => void, select: ((at: number, range: boolean) => void) | undefined) {
  function move(step: number) {
    const box = scroll.current;
    if (!on || !box) return;
    const current = document.activeElement?.closest("tr[data-index]");
    const from = current && box.contains(current) ? Number(current.getAttribute("data-index")) : step > 0 ? -1 : 1;
    const next = Math.max(0, from + step);
    const link = () => box.querySelector<HTMLElement>(`tr[data-index="${next}"] [data-row]`);
    scrollTo(next);
    link()?.focus();
    if (!link()) requestAnimationFrame(() => link()?.focus());
  }
  function mark(range: boolean) {
    const current = document.activeElement?.closest("tr[data-index]");
    if (select && current && scroll.current?.contains(current)) select(Number(current.getAttribute("data-index")), range);
  }
  useKeys(on ? { j: () => move(1), k: () => move(-1), ...(select ? { x: () => mark(false), X: () => mark(true) } : {}) } : {});
}
