import { type ReactNode, useEffect, useRef } from "react";
import { t } from "@/lib/i18n";
import { IconButton } from "./basics";
import { CloseIcon } from "./icons";
import css from "./sidepanel.module.css";

/** All that is known of one entry of a list. On wide screens it stands beside the list, which stays in use. */
export function SidePanel(props: {
  label: string;
  icon?: ReactNode;
  title: ReactNode;
  /** Buttons of what can be done with it. */
  actions?: ReactNode;
  /** What the part that scrolls is called. */
  facts: string;
  onClose: () => void;
  /** Escape closes it, too. */
  escapes?: boolean;
  children: ReactNode;
}) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a narrow screen the panel covers the list, so the focus goes to it.
    if (panel.current !== null && window.innerWidth <= 900) panel.current.focus();
  }, []);
  return (
    <aside
      ref={panel}
      className={css.panel}
      aria-label={props.label}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (props.escapes && event.key === "Escape") props.onClose();
      }}
    >
      <div className={css.top}>
        <header className={css.head}>
          {props.icon}
          <h2>{props.title}</h2>
          <IconButton label={t("details.close")} onClick={props.onClose}>
            <CloseIcon size={16} />
          </IconButton>
        </header>
        {props.actions !== undefined && <div className={css.actions}>{props.actions}</div>}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={css.body} tabIndex={0} aria-label={props.facts}>
        {props.children}
      </section>
    </aside>
  );
}

/** Holds the panel's place until it is loaded. */
export function SidePanelBones({ label }: { label: string }) {
  return <aside className={css.panel} aria-label={label} aria-busy />;
}

/** A titled part of a panel; `empty` is said in place of what is not there. */
export function PanelSection(props: { title: string; empty?: string | undefined; children: ReactNode }) {
  return (
    <section className={css.section} aria-label={props.title}>
      <h3>{props.title}</h3>
      {props.empty === undefined ? props.children : <p className={css.empty}>{props.empty}</p>}
    </section>
  );
}
