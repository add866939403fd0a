import { type Message, pieces } from "./message";

const PLAIN = "aeiouycnszgdltAEIOUYCNSZGDLT";
const ACCENTED = [..."áéíóúýçñšžğđłŧÁÉÍÓÚÝÇÑŠŽĞĐŁŦ"];

/** Marks at both ends: text on a page without them did not come from a catalogue. */
export const OPEN = "⟦";
export const CLOSE = "⟧";

function disguise(text: string): string {
  const body = pieces(text)
    .map((p) => ("place" in p ? `{${p.place}}` : [...p.text].map((c) => ACCENTED[PLAIN.indexOf(c)] ?? c).join("")))
    .join("");
  // Translations run longer than English: a third more, so that a layout which cannot take it shows.
  const pad = "~".repeat(Math.ceil(text.length / 3));
  return `${OPEN}${body}${pad}${CLOSE}`;
}

/** The pseudo-locale, made from the English catalogue: accented, longer, bracketed; places are kept. */
export function pseudo<C extends Record<string, Message>>(catalogue: C): Record<keyof C, Message> {
  return Object.fromEntries(
    Object.entries(catalogue).map(([id, message]) => [
      id,
      typeof message === "string" ? disguise(message) : { one: disguise(message.one), other: disguise(message.other) },
    ]),
  ) as Record<keyof C, Message>;
}
