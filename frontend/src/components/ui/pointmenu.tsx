import { Menu } from "@mantine/core";
import { type ReactNode, useCallback, useState } from "react";
import { t } from "@/lib/i18n";

export type PointMenuItem =
  | "line"
  | {
      label: string;
      icon: ReactNode;
      run: () => void;
      danger?: boolean;
      /** The permission that is missing: the entry is there, but cannot be used, and says why. */
      need?: string | undefined;
      keys?: string;
    };

/** At once, where a focus trap would come a moment later: a key that follows the menu key at once is the menu's. */
const focusFirst = (menu: HTMLElement | null) =>
  menu?.querySelector<HTMLElement>("[role=menuitem]")?.focus({ preventScroll: true });

/** A menu that opens at a point, for a row's button, the right mouse button and the menu key alike. */
export function usePointMenu<R>(items: (row: R) => PointMenuItem[]) {
  const [open, setOpen] = useState<{ row: R; x: number; y: number; from: Element | null }>();
  const show = useCallback((row: R, at: { x: number; y: number }) => {
    setOpen({ row, ...at, from: document.activeElement });
  }, []);
  const close = () => {
    setOpen(undefined);
    if (open?.from instanceof HTMLElement) open.from.focus({ preventScroll: true });
  };
  const menu = open !== undefined && (
    <Menu
      opened
      onClose={close}
      position="bottom-start"
      width={220}
      trapFocus={false}
      returnFocus={false}
      hideDetached={false}
    >
      <Menu.Target>
        <span style={{ position: "fixed", left: open.x, top: open.y, width: 0, height: 0 }} aria-hidden />
      </Menu.Target>
      <Menu.Dropdown
        ref={focusFirst}
        onContextMenu={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (event.key !== "Tab") return;
          event.preventDefault();
          close();
        }}
      >
        {items(open.row).map((item, i) =>
          item === "line" ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: the entries of an open menu keep their places
            <Menu.Divider key={i} />
          ) : (
            <Menu.Item
              key={item.label}
              leftSection={item.icon}
              rightSection={item.keys === undefined ? null : <kbd className="muted">{item.keys}</kbd>}
              color={item.danger && item.need === undefined ? "var(--danger-text)" : undefined}
              data-disabled={item.need !== undefined || undefined}
              aria-disabled={item.need !== undefined || undefined}
              closeMenuOnClick={item.need === undefined}
              title={item.need === undefined ? undefined : t("action.needs", { permission: item.need })}
              onClick={() => {
                if (item.need === undefined) item.run();
              }}
            >
              {item.label}
            </Menu.Item>
          ),
        )}
      </Menu.Dropdown>
    </Menu>
  );
  return { show, menu };
}
