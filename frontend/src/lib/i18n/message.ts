/** A message: one form, or one for each plural category that English tells apart. `{name}` marks a place for a value. */
export type Message = string | { readonly one: string; readonly other: string };

type Places<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Places<Rest> : never;
type Forms<M> = M extends string ? M : M extends { one: infer A; other: infer B } ? A | B : never;

/** The names that a message's text refers to; a plural message always needs `count`. */
export type PlaceNames<M> = Places<Forms<M>> | (M extends string ? never : "count");

/** One piece of a parsed text: literal words, or the name of a place. */
export type Piece = { text: string } | { place: string };

/** Splits a text at its places: "a {b} c" gives text, place, text. */
export function pieces(text: string): Piece[] {
  const out: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(/\{(\w+)\}/g)) {
    if (match.index > from) out.push({ text: text.slice(from, match.index) });
    out.push({ place: match[1] as string });
    from = match.index + match[0].length;
  }
  if (from < text.length) out.push({ text: text.slice(from) });
  return out;
}

/** Chooses the form of a message for a count; without a count, the general form. */
export function form(message: Message, count: number | undefined, locale: string): string {
  if (typeof message === "string") return message;
  const category = new Intl.PluralRules(locale).select(count ?? 2);
  return category === "one" ? message.one : message.other;
}
