import { useLocation } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import css from "./tabs.module.css";

/** What a link among the tabs is given while it leads to where one is. */
export const HERE = { "data-on": true, "aria-current": "page" } as const;

/** The tabs of a place, which are links. */
export function Tabs({ label, children }: { label: string; children: ReactNode }) {
  const tabs = useRef<HTMLElement>(null);
  const place = useLocation({ select: (location) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a narrow screen the tab that is open is brought into view
  useEffect(() => {
    tabs.current?.querySelector("[aria-current=page]")?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [place]);
  return (
    <nav ref={tabs} className={css.tabs} aria-label={label}>
      {children}
    </nav>
  );
}
