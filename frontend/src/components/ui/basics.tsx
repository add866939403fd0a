import { ActionIcon, type ActionIconProps, Tooltip } from "@mantine/core";
import { type ComponentProps, type ReactNode, useEffect, useRef, useState } from "react";
import { bytes, exactBytes, exactTime, relative } from "@/lib/format";
import { t } from "@/lib/i18n";
import { CheckIcon, CopyIcon } from "./icons";
import css from "./ui.module.css";

export type Tone = "ok" | "warn" | "danger" | "accent";

/** A size in IEC units, with the exact bytes on hover. */
export function Bytes({ size }: { size: number }) {
  return (
    <span className="num" title={exactBytes(size)}>
      {bytes(size)}
    </span>
  );
}

/** A time as a distance from now, kept current, with the exact one on hover. */
export function When({ time }: { time: string }) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 60_000);
    return () => clearInterval(timer);
  }, []);
  const date = new Date(time);
  return (
    <time className="num" dateTime={time} title={exactTime(date)}>
      {relative(date, date > now ? date : now)}
    </time>
  );
}

export function Badge({ tone, title, children }: { tone?: Tone | undefined; title?: string; children: ReactNode }) {
  return (
    <span className={css.badge} data-tone={tone} title={title}>
      {children}
    </span>
  );
}

/** What the server wrote for people: it is in the server's language, whatever the console's is. */
export function ServerText({ children }: { children: string }) {
  return <span lang="en">{children}</span>;
}

type ButtonProps = Omit<ActionIconProps, "children"> & Omit<ComponentProps<"button">, "color" | "style" | "ref">;

/** A button that shows only an icon; `label` is its spoken name and its tooltip. */
export function IconButton({ label, children, ...rest }: { label: string; children: ReactNode } & ButtonProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} {...rest}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** Writes to the clipboard, also where the page is not a secure context and the browser keeps its clipboard closed. */
async function toClipboard(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "hidden-visually";
  const holder = document.activeElement?.closest("[role=dialog]") ?? document.body;
  holder.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

/** Copies `text` and says so for two seconds. `what` names the thing: "Copy URL". */
export function useCopied(): [copied: boolean, copy: (text: string) => void] {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = (text: string) => {
    toClipboard(text).then(
      () => {
        setCopied(true);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => setCopied(false), 2000);
      },
      () => setCopied(false),
    );
  };
  return [copied, copy];
}

export function CopyButton({ text, label, size = 24 }: { text: string; label: string; size?: number }) {
  const [copied, copy] = useCopied();
  return (
    <>
      <IconButton label={copied ? t("action.copied") : label} size={size} onClick={() => copy(text)}>
        {copied ? <CheckIcon size={14} /> : <CopyIcon size={14} />}
      </IconButton>
      <span className="hidden-visually" role="status">
        {copied ? t("action.copied") : ""}
      </span>
    </>
  );
}

/** A key, ETag or ARN: whole, wrapping where it must, with a button that copies it. */
export function Copyable({ text, label }: { text: string; label: string }) {
  return (
    <span className={css.copyable}>
      <span className="mono">{text}</span>
      <CopyButton text={text} label={label} />
    </span>
  );
}

/** Lines to paste into a terminal or a program. */
export function Snippet({ text, label }: { text: string; label: string }) {
  return (
    <div className={css.snippet}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section tabIndex={0} aria-label={label}>
        <pre>{text}</pre>
      </section>
      <span className={css.snippetCopy}>
        <CopyButton text={text} label={t("action.copy-what", { what: label })} />
      </span>
    </div>
  );
}

/** Progress from 0 to 1, or under way without a known end. */
export function Bar({ share, label, tone }: { share: number | undefined; label: string; tone?: Tone | undefined }) {
  const now = share === undefined ? undefined : Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div
      className={css.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={now}
      data-tone={tone}
      data-unknown={now === undefined || undefined}
    >
      <div style={now === undefined ? undefined : { width: `${now}%` }} />
    </div>
  );
}

export function Bone({ width }: { width: number | string }) {
  return <div className={css.bone} style={{ width }} />;
}

/** Names and values, as a list that is spoken as one. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={css.facts}>{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Card({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className={css.card} aria-label={title}>
      <header className={css.cardHead}>
        <h2>{title}</h2>
        {actions}
      </header>
      <div className={css.cardBody}>{children}</div>
    </section>
  );
}

export function Empty(props: {
  icon: ReactNode;
  title: string;
  text?: ReactNode;
  children?: ReactNode;
  /** It is all that the page shows, so its title is the page's. */
  whole?: boolean;
}) {
  const Title = props.whole ? "h1" : "h2";
  return (
    <div className={css.empty}>
      <span className={css.emptyIcon} aria-hidden>
        {props.icon}
      </span>
      <Title>{props.title}</Title>
      {props.text !== undefined && <p className={css.emptyText}>{props.text}</p>}
      {props.children !== undefined && <div className={css.emptyActions}>{props.children}</div>}
    </div>
  );
}
