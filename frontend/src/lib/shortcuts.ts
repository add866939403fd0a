import { useEffect } from "react";

/**
 * Keyboard shortcuts of a page: one key ("/", "?", "Delete"), two in a row ("g b"), or with Ctrl or Cmd ("mod+k").
 * Keys typed into a field, a dialog or a menu belong to it; only "mod+…" reaches past a field.
 */
export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => void>>;

const SEQUENCE_MS = 1000;

/** The event's key as the tables above write it. */
export function stroke(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">): string | undefined {
  if (event.altKey) return undefined;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key;
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest("input:not([type=checkbox]), textarea, select") !== null);

const layered = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("[role=dialog], [role=menu], [role=listbox]") !== null;

// A dialog that the key closes is gone when the key comes to the page, and the key was for it all the same.
let covered = false;
window.addEventListener(
  "keydown",
  () => {
    covered = document.querySelector("[role=dialog][aria-modal=true]") !== null;
  },
  true,
);

/** Listens while the component is there. Give a table that keeps its identity. */
export function useShortcuts(table: Shortcuts, enabled = true): void {
  useEffect(() => {
    if (!enabled) return;
    let first = "";
    let at = 0;
    const listen = (event: KeyboardEvent) => {
      const now = stroke(event);
      if (now === undefined || event.defaultPrevented || event.isComposing) return;
      const withMod = now.startsWith("mod+");
      if (covered || layered(event.target) || (typing(event.target) && !withMod)) return;
      const two = event.timeStamp - at < SEQUENCE_MS ? table[`${first} ${now}`] : undefined;
      const run = two ?? table[now];
      first = two === undefined ? now : "";
      at = event.timeStamp;
      if (run === undefined) return;
      event.preventDefault();
      run(event);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [table, enabled]);
}
