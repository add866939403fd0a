/**
 * Where the focus goes when a layer over the page closes. Menus do not count as places: what they offer is done for
 * the control that opened them, and they are gone before a dialog that they open is.
 */
let last: HTMLElement | undefined;

document.addEventListener("focusin", ({ target }) => {
  if (target instanceof HTMLElement && target.closest("[role=menu]") === null) last = target;
});

/** The control that had the focus last. */
export const opener = (): HTMLElement | undefined => last;

/** Gives the focus back, unless it went elsewhere already. A control that is gone, as a deleted row, leaves it to the list. */
export function giveBack(to: HTMLElement | undefined): void {
  if (document.activeElement !== null && document.activeElement !== document.body) return;
  const find = (what: string) => document.querySelector<HTMLElement>(what);
  const place = to?.isConnected ? to : (find("[role=row][tabindex='0']") ?? find("#content"));
  place?.focus({ preventScroll: true });
}
