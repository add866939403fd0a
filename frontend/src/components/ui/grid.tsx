import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactNode,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { t } from "@/lib/i18n";
import { every, nothing, only, pressed, ranged, type Selection, toggled } from "@/lib/selection";
import { Bone } from "./basics";
import css from "./grid.module.css";
import { SortDownIcon, SortUpIcon } from "./icons";

export interface Column<R> {
  id: string;
  label: string;
  /** A CSS grid track, as "minmax(0, 1fr)" or "120px". */
  track: string;
  /** Numbers stand to the right. */
  end?: boolean;
  sortable?: boolean;
  /** Left out when the table is under 760 px ("medium") or 560 px ("narrow") wide. */
  hide?: "medium" | "narrow";
  /** Holds a control of its own size, not text. */
  fit?: boolean;
  cell: (row: R) => ReactNode;
}

export interface Sort {
  by: string;
  order: "asc" | "desc";
}

export interface GridHandle {
  /** Moves the focus to the row that was active last. */
  focus: () => void;
}

interface GridProps<R> {
  /** The table's spoken name. */
  label: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  keyOf: (row: R) => string;
  /** What a row is called when it is spoken about. */
  nameOf: (row: R) => string;
  sort?: Sort | undefined;
  onSort?: ((by: string) => void) | undefined;
  /** Without it rows cannot be selected. */
  selection?: Selection;
  onSelection?: (next: Selection) => void;
  onOpen: (row: R) => void;
  /** Delete was pressed: it concerns the selection, or this row when nothing is selected. */
  onDelete?: ((focused: R) => void) | undefined;
  onMenu?: ((row: R, at: { x: number; y: number }) => void) | undefined;
  /** Other keys, as F2; true when the key was of use. */
  onKey?: (key: string, focused: R) => boolean;
  /** The row whose details are open. */
  openKey?: string | undefined;
  /** Rows there are in all, if known: more than are loaded. */
  total?: number | undefined;
  /** The last loaded row came near the view. */
  onNearEnd?: () => void;
  /** No rows are known yet: bones are shown. */
  loading?: boolean;
  /** In place of the table when there are no rows. */
  empty?: ReactNode;
  handle?: RefObject<GridHandle | null>;
}

const ROW = 36;
/** On narrow screens a row has two lines. */
const TALL_ROW = 52;
const HEAD = 32;
/** Under these widths in px columns are left out. */
const NARROW = 560;
const MEDIUM = 760;
const BONES = ["62%", "44%", "71%", "53%", "38%", "66%", "49%", "58%"];

function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(MEDIUM);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}

/**
 * A table of any length of which only the rows in view are in the page. One row can be reached by Tab, the arrow keys
 * go on from there: Home, End, Page Up and Down; Space selects, with Shift a range; Ctrl-A all; Enter opens, Delete
 * asks, the menu key shows the row's menu.
 */
export function Grid<R>(props: GridProps<R>) {
  const outer = useRef<HTMLDivElement>(null);
  const width = useWidth(outer);
  return (
    <div ref={outer} className={css.outer}>
      {props.rows.length === 0 && !props.loading ? props.empty : <Table {...props} width={width} />}
    </div>
  );
}

function Table<R>(props: GridProps<R> & { width: number }) {
  const { rows, keyOf, selection, onSelection, onNearEnd, width } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const narrow = width < NARROW;
  const height = narrow ? TALL_ROW : ROW;
  const order = useMemo(() => rows.map(keyOf), [rows, keyOf]);
  const [activeKey, setActiveKey] = useState<string>();
  const lastActive = useRef(0);
  const active = useMemo(() => {
    const found = activeKey === undefined ? -1 : order.indexOf(activeKey);
    // A row that is gone leaves its place to the one that moved up.
    return found >= 0 ? found : Math.max(0, Math.min(lastActive.current, order.length - 1));
  }, [order, activeKey]);
  const focused = useRef(false);
  const toFocus = useRef(false);
  const pivot = useRef<string>(undefined);

  const columns = useMemo(
    () =>
      props.columns.filter((c) => c.hide === undefined || (c.hide === "medium" ? width >= MEDIUM : width >= NARROW)),
    [props.columns, width],
  );
  const tracks = `${selection ? "40px " : ""}${columns.map((c) => c.track).join(" ")}`;

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
    scrollPaddingStart: HEAD,
    // The row that has the focus stays in the page, or the focus would be lost when it scrolls out of view.
    rangeExtractor: (range) => {
      const seen = defaultRangeExtractor(range);
      if (active < rows.length && !seen.includes(active)) seen.push(active);
      return seen.sort((a, b) => a - b);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows' height changed, so all places do
  useLayoutEffect(() => virtual.measure(), [height]);

  const items = virtual.getVirtualItems();
  const lastSeen = items.findLast((item) => item.index !== active)?.index ?? -1;
  useEffect(() => {
    if (rows.length > 0 && lastSeen >= rows.length - 30) onNearEnd?.();
  }, [lastSeen, rows.length, onNearEnd]);

  const goTo = (index: number) => {
    const to = Math.max(0, Math.min(rows.length - 1, index));
    toFocus.current = true;
    setActiveKey(order[to]);
    virtual.scrollToIndex(to, { align: "auto" });
    return to;
  };
  useLayoutEffect(() => {
    lastActive.current = active;
    // The page has the focus now if the row that had it was removed: nobody is told of such a loss.
    if (focused.current && document.activeElement === document.body) toFocus.current = true;
    if (!toFocus.current) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"]`);
    if (row === null || row === undefined) return;
    toFocus.current = false;
    row.focus({ preventScroll: true });
  });
  useImperativeHandle(props.handle, () => ({
    focus: () => {
      if (rows.length > 0) goTo(active);
    },
  }));

  const perPage = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 400) - HEAD) / height) - 1);
  const move = (event: KeyboardEvent, index: number) => {
    event.preventDefault();
    const from = order[active];
    const to = goTo(index);
    if (!event.shiftKey) pivot.current = undefined;
    if (!event.shiftKey || selection === undefined) return;
    // A range by keys begins where the arrows stood when Shift went down.
    pivot.current ??= from;
    onSelection?.(ranged({ ...selection, anchor: pivot.current }, order, order[to] as string));
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const row = rows[active];
    if (row === undefined || !(event.target as HTMLElement).matches("[role=row]")) return;
    const key = order[active] as string;
    const mod = event.ctrlKey || event.metaKey;
    switch (event.key) {
      case "ArrowDown":
        return move(event, active + 1);
      case "ArrowUp":
        return move(event, active - 1);
      case "PageDown":
        return move(event, active + perPage);
      case "PageUp":
        return move(event, active - perPage);
      case "Home":
        return move(event, 0);
      case "End":
        return move(event, rows.length - 1);
      case "Enter":
        event.preventDefault();
        return props.onOpen(row);
      case " ":
        event.preventDefault();
        if (selection === undefined) return;
        return onSelection?.(event.shiftKey ? ranged(selection, order, key, true) : toggled(selection, key));
      case "Delete":
        event.preventDefault();
        return props.onDelete?.(row);
      case "ContextMenu":
      case "F10": {
        if (props.onMenu === undefined || (event.key === "F10" && !event.shiftKey)) return;
        event.preventDefault();
        // The menu takes a key outside of it as a wish to close, so it must not hear of the one that opens it.
        event.stopPropagation();
        const box = (event.target as HTMLElement).getBoundingClientRect();
        return props.onMenu(row, { x: box.left + 56, y: box.bottom });
      }
      default:
        if (mod && event.key.toLowerCase() === "a" && selection !== undefined) {
          event.preventDefault();
          return onSelection?.(every(order, selection));
        }
        if (!mod && props.onKey?.(event.key, row)) event.preventDefault();
    }
  };

  // What rows call: one object for all of them, so that a row is drawn again only when something of its own changed.
  const acts: Acts<R> = {
    press: (row, event) => {
      const key = keyOf(row);
      setActiveKey(key);
      if (selection === undefined) return;
      onSelection?.(pressed(selection, order, key, { shift: event.shiftKey, toggle: event.ctrlKey || event.metaKey }));
    },
    check: (row, shift) => {
      const key = keyOf(row);
      setActiveKey(key);
      if (selection !== undefined) onSelection?.(shift ? ranged(selection, order, key, true) : toggled(selection, key));
    },
    open: props.onOpen,
    menu: (row, at) => {
      const key = keyOf(row);
      setActiveKey(key);
      if (selection !== undefined && !selection.keys.has(key)) onSelection?.(only(key));
      props.onMenu?.(row, at);
    },
  };
  const latest = useRef(acts);
  useLayoutEffect(() => {
    latest.current = acts;
  });

  const checked = selection === undefined ? 0 : selection.keys.size;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of 100,000 rows cannot be in the page as table elements
    <div
      ref={scroller}
      className={css.scroller}
      role="grid"
      tabIndex={-1}
      aria-label={props.label}
      aria-rowcount={props.loading ? -1 : (props.total ?? rows.length) + 1}
      aria-colcount={columns.length + (selection ? 1 : 0)}
      aria-multiselectable={selection !== undefined || undefined}
      aria-busy={props.loading || undefined}
      style={{ "--tracks": tracks } as never}
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        // However a row got the focus, it is the one that keys are about.
        const index = (event.target as HTMLElement).dataset.index;
        focused.current = index !== undefined;
        if (index !== undefined && Number(index) !== active) setActiveKey(order[Number(index)]);
      }}
      onBlur={() => {
        focused.current = false;
      }}
      data-narrow={narrow || undefined}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as the grid itself */}
      <div role="rowgroup" className={css.headGroup}>
        {/* biome-ignore lint/a11y/useSemanticElements: as the grid itself */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: a header row takes no focus */}
        <div role="row" className={css.head} aria-rowindex={1}>
          {selection !== undefined && (
            // biome-ignore lint/a11y/useSemanticElements: as the grid itself
            // biome-ignore lint/a11y/useFocusableInteractive: its checkbox takes the focus
            <div role="columnheader" className={css.title} data-fit>
              <input
                type="checkbox"
                className={css.check}
                aria-label={t("grid.select-all")}
                checked={checked > 0 && checked >= rows.length}
                disabled={rows.length === 0}
                ref={(box) => {
                  if (box !== null) box.indeterminate = checked > 0 && checked < rows.length;
                }}
                onChange={() => onSelection?.(checked >= rows.length ? nothing : every(order, selection))}
              />
            </div>
          )}
          {columns.map((column) => (
            <Title key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
          ))}
        </div>
      </div>
      {props.loading ? (
        <div aria-hidden className="delayed">
          {BONES.map((bone) => (
            <div key={bone} className={css.bones} style={{ height }}>
              <Bone width={bone} />
            </div>
          ))}
        </div>
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: as the grid itself
        <div role="rowgroup" className={css.body} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index] as R;
            const key = order[item.index] as string;
            return (
              <Row
                key={key}
                row={row}
                index={item.index}
                top={item.start}
                height={height}
                columns={columns as readonly Column<unknown>[]}
                name={props.nameOf(row)}
                selected={selection?.keys.has(key)}
                tabbable={item.index === active}
                open={props.openKey === key}
                acts={latest as RefObject<Acts<unknown>>}
              />
            );
          })}
        </div>
      )}
    </div>
  );
}

function Title<R>(props: { column: Column<R>; sort?: Sort | undefined; onSort?: ((by: string) => void) | undefined }) {
  const { column, sort, onSort } = props;
  const on = sort?.by === column.id;
  const Icon = on && sort.order === "desc" ? SortDownIcon : SortUpIcon;
  return (
    // biome-ignore lint/a11y/useSemanticElements: as the grid itself
    // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus
    <div
      role="columnheader"
      className={css.title}
      data-end={column.end || undefined}
      data-fit={column.fit || undefined}
      aria-sort={on ? (sort.order === "asc" ? "ascending" : "descending") : undefined}
    >
      {column.sortable && onSort !== undefined ? (
        <button type="button" className={css.sort} data-off={!on || undefined} onClick={() => onSort(column.id)}>
          {column.label}
          <Icon size={12} aria-hidden />
        </button>
      ) : (
        <span className={column.fit ? "hidden-visually" : undefined}>{column.label}</span>
      )}
    </div>
  );
}

interface Acts<R> {
  press: (row: R, event: MouseEvent) => void;
  check: (row: R, shift: boolean) => void;
  open: (row: R) => void;
  menu: (row: R, at: { x: number; y: number }) => void;
}

interface RowProps {
  row: unknown;
  index: number;
  top: number;
  height: number;
  columns: readonly Column<unknown>[];
  name: string;
  selected: boolean | undefined;
  tabbable: boolean;
  open: boolean;
  acts: RefObject<Acts<unknown>>;
}

const ofControl = (event: MouseEvent): boolean => (event.target as HTMLElement).closest("a, button, input") !== null;

const Row = memo(function Row({ row, acts, ...p }: RowProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as the grid itself
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid listens to the keys for all rows
    <div
      role="row"
      className={css.row}
      style={{ transform: `translateY(${p.top}px)`, height: p.height }}
      tabIndex={p.tabbable ? 0 : -1}
      aria-rowindex={p.index + 2}
      aria-selected={p.selected}
      aria-label={p.name}
      data-index={p.index}
      data-open={p.open || undefined}
      onMouseDown={(event) => {
        // A range is meant, not a selection of text.
        if (event.shiftKey && !ofControl(event)) {
          event.preventDefault();
          event.currentTarget.focus({ preventScroll: true });
        }
      }}
      onClick={(event) => {
        if (!ofControl(event)) acts.current.press(row, event);
      }}
      onDoubleClick={(event) => {
        if (!ofControl(event)) acts.current.open(row);
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        acts.current.menu(row, { x: event.clientX, y: event.clientY });
      }}
    >
      {p.selected !== undefined && (
        // biome-ignore lint/a11y/useSemanticElements: as the grid itself
        // biome-ignore lint/a11y/useFocusableInteractive: the row takes the focus
        <div role="gridcell" className={css.cell} data-fit>
          <input
            type="checkbox"
            className={css.check}
            tabIndex={-1}
            aria-label={t("grid.select", { name: p.name })}
            checked={p.selected}
            onChange={(event) => acts.current.check(row, (event.nativeEvent as unknown as PointerEvent).shiftKey)}
          />
        </div>
      )}
      {p.columns.map((column) => (
        // biome-ignore lint/a11y/useSemanticElements: as the grid itself
        // biome-ignore lint/a11y/useFocusableInteractive: the row takes the focus
        <div
          key={column.id}
          role="gridcell"
          className={css.cell}
          data-end={column.end || undefined}
          data-fit={column.fit || undefined}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
});
