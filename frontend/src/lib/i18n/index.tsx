import { Fragment, type ReactNode } from "react";
import { Signal } from "@/lib/signal";
import { remember, remembered } from "@/lib/storage";
import { en } from "@/locales/en";
import { form, type Message, type PlaceNames, pieces } from "./message";
import { pseudo } from "./pseudo";

export type MessageId = keyof typeof en;
type Values<Id extends MessageId, V> = Record<PlaceNames<(typeof en)[Id]>, V>;
type Given<Id extends MessageId, V> = [PlaceNames<(typeof en)[Id]>] extends [never] ? [] : [values: Values<Id, V>];

/** Locales by BCP 47 tag; `en-XA` is the pseudo-locale, made on first use. */
export const LOCALES = ["en", "en-XA"] as const;
export type Locale = (typeof LOCALES)[number];

const catalogues: Partial<Record<Locale, Record<MessageId, Message>>> = { en };

/** The locale in force. A change of it draws the console anew (see App). */
export const locale = new Signal<Locale>(remembered("myfsio.locale") === "en-XA" ? "en-XA" : "en");

export function setLocale(next: Locale): void {
  remember("myfsio.locale", next);
  locale.set(next);
}

/** The tag for Intl: the pseudo-locale formats as English does. */
export const formatLocale = (): string => (locale.value === "en-XA" ? "en" : locale.value);

function message(id: MessageId): Message {
  const now = locale.value;
  let catalogue = catalogues[now];
  if (catalogue === undefined) {
    catalogue = pseudo(en);
    catalogues[now] = catalogue;
  }
  return catalogue[id];
}

const shown = (value: unknown): string =>
  typeof value === "number" ? value.toLocaleString(formatLocale()) : String(value);

/** The text of a message; numbers among the values are written in the locale's way. */
export function t<Id extends MessageId>(id: Id, ...given: Given<Id, string | number>): string {
  const values = (given[0] ?? {}) as Record<string, string | number>;
  const count = typeof values.count === "number" ? values.count : undefined;
  return pieces(form(message(id), count, formatLocale()))
    .map((p) => ("text" in p ? p.text : shown(values[p.place])))
    .join("");
}

/** As `t`, for places that hold elements: `<T id="…" values={{ name: <b>x</b> }} />`. */
export function T<Id extends MessageId>(props: { id: Id; values: Values<Id, ReactNode> }): ReactNode {
  const values = props.values as Record<string, ReactNode>;
  const count = typeof values.count === "number" ? values.count : undefined;
  return pieces(form(message(props.id), count, formatLocale())).map((p, i) => {
    const value = "text" in p ? p.text : values[p.place];
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text keep their places
    return <Fragment key={i}>{typeof value === "number" ? shown(value) : value}</Fragment>;
  });
}
