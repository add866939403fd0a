/**
 * Which rows of a list are selected, as file managers do it: a click selects one, with Ctrl it adds or takes away one,
 * with Shift it selects from the anchor to there. Pure; rows are named by their keys, `order` is the order on screen.
 */
export interface Selection {
  readonly keys: ReadonlySet<string>;
  /** Where a Shift-range begins: the row chosen last without Shift. */
  readonly anchor: string | undefined;
}

export const nothing: Selection = { keys: new Set(), anchor: undefined };

export const only = (key: string): Selection => ({ keys: new Set([key]), anchor: key });

export const every = (order: readonly string[], at: Selection): Selection => ({
  keys: new Set(order),
  anchor: at.anchor ?? order[0],
});

export function toggled(at: Selection, key: string): Selection {
  const keys = new Set(at.keys);
  if (!keys.delete(key)) keys.add(key);
  return { keys, anchor: key };
}

/** From the anchor to `key`, both included; `keep` adds the range to what is selected already. */
export function ranged(at: Selection, order: readonly string[], key: string, keep = false): Selection {
  const to = order.indexOf(key);
  const from = at.anchor === undefined ? to : order.indexOf(at.anchor);
  if (to < 0) return at;
  const start = from < 0 ? to : from;
  const range = order.slice(Math.min(start, to), Math.max(start, to) + 1);
  return { keys: new Set(keep ? [...at.keys, ...range] : range), anchor: order[start] };
}

/** What a mouse press on a row means. */
export function pressed(
  at: Selection,
  order: readonly string[],
  key: string,
  held: { shift: boolean; toggle: boolean },
): Selection {
  if (held.shift) return ranged(at, order, key, held.toggle);
  return held.toggle ? toggled(at, key) : only(key);
}

/** Without rows that are no longer there. The same object if nothing went. */
export function pruned(at: Selection, order: readonly string[]): Selection {
  if (at.keys.size === 0) return at;
  const there = new Set(order);
  const keys = new Set([...at.keys].filter((key) => there.has(key)));
  const anchor = at.anchor !== undefined && there.has(at.anchor) ? at.anchor : undefined;
  return keys.size === at.keys.size && anchor === at.anchor ? at : { keys, anchor };
}
